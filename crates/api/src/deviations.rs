//! Deviations: what went another way, what was found out about it, and what becomes of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    deviation::{DeviationCause, DeviationStatus, Disposition, Severity},
    ids::{BatchId, DeviationId, OperationId, PhaseId, PlantId, UserId},
};

use crate::{
    batches::{EntryRow, PhaseRow},
    capas::CapaRow,
    master_records::RecordSignature,
};

/// The longest text of an investigation's field; longer ones are refused, never cut.
pub const LONGEST_TEXT: usize = 4000;
/// The most batches that one deviation names as affected.
pub const MOST_AFFECTED: usize = 100;

/// A deviation as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeviationSummary {
    pub id: DeviationId,
    pub plant_id: PlantId,
    pub code: String,
    pub cause: DeviationCause,
    pub severity: Severity,
    pub status: DeviationStatus,
    pub description: String,
    pub batch_id: Option<BatchId>,
    pub batch_number: Option<String>,
    pub phase_id: Option<PhaseId>,
    pub phase_number: Option<u32>,
    pub phase_title: Option<String>,
    pub disposition: Option<Disposition>,
    /// Corrective and preventive actions that were opened from it.
    pub capas: u32,
    pub opened_by_name: Option<String>,
    pub opened_at: DateTime<Utc>,
    /// Counts the changes of the deviation; the ETag.
    pub version: u32,
}

/// What was found out, and what becomes of it; signatures are bound to all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeviationContent {
    pub code: String,
    pub cause: DeviationCause,
    pub severity: Severity,
    pub description: String,
    pub batch_id: Option<BatchId>,
    pub phase_id: Option<PhaseId>,
    /// The entry that opened it.
    pub operation_id: Option<OperationId>,
    pub opened_by: Option<UserId>,
    pub opened_at: DateTime<Utc>,
    pub immediate_action: Option<String>,
    pub investigation: Option<String>,
    pub root_cause: Option<String>,
    pub impact_assessment: Option<String>,
    /// Beside its own batch.
    pub affected_batches: Vec<BatchId>,
    pub disposition: Option<Disposition>,
    pub disposition_reason: Option<String>,
    /// Why nothing corrective or preventive is needed.
    pub no_capa_reason: Option<String>,
    /// The codes of the corrective and preventive actions, in order.
    pub capas: Vec<String>,
}

/// Somebody who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct NamedPerson {
    pub id: UserId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct AffectedBatch {
    pub id: BatchId,
    pub number: String,
    pub product: String,
}

/// A deviation with everything that is known of it but its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeviationRecord {
    pub row: DeviationSummary,
    pub content: DeviationContent,
    /// SHA-256 of the content as canonical JSON (RFC 8785), lower-case hex: what a signature is bound to.
    pub content_hash: String,
    /// Everybody who has begun or written the investigation, in the order in which they did.
    pub investigators: Vec<NamedPerson>,
    /// Whoever signed the review that stands.
    pub reviewed_by: Option<NamedPerson>,
    pub closed_by: Option<NamedPerson>,
    pub closed_at: Option<DateTime<Utc>>,
    pub affected_batches: Vec<AffectedBatch>,
    /// Codes of what it lacks to be submitted and approved.
    pub missing: Vec<String>,
    /// The numbers of the phases that wait for its disposition.
    pub holds: Vec<u32>,
    pub capas: Vec<CapaRow>,
    /// Oldest first; one that no longer fits the content says so.
    pub signatures: Vec<RecordSignature>,
}

/// The phase as it was executed, with every entry that was made, in the order in which the server received them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviationEvidence {
    pub phase: PhaseRow,
    pub entries: Vec<EntryRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deviation {
    pub record: DeviationRecord,
    /// Absent for one that belongs to no phase.
    pub evidence: Option<DeviationEvidence>,
}

/// Which deviations, and which page of them; the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct DeviationQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub status: Option<DeviationStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub severity: Option<Severity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub batch_id: Option<BatchId>,
    /// Only those that are neither closed nor rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    /// A part of the code, of the description or of the batch's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// Something that went another way, as a person saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ReportDeviation {
    pub plant_id: PlantId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    /// A phase of the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_id: Option<PhaseId>,
    pub severity: Severity,
    pub description: String,
    /// What was done about it at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediate_action: Option<String>,
}

/// What was found out, whole, in the place of what was written before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct EditDeviation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediate_action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub investigation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact_assessment: Option<String>,
    #[serde(default)]
    pub affected_batches: Vec<BatchId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_capa_reason: Option<String>,
    /// Why it is changed.
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ChangeSeverity {
    pub severity: Severity,
    pub reason: String,
}

/// A step that is not signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct DeviationStepRequest {
    pub reason: String,
}
