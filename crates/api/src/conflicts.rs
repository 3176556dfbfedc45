//! Conflicts: what was recorded and could not take effect beside what the record holds.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    deviation::DeviationStatus,
    ids::{BatchId, DeviationId, OperationId, PhaseId, PlantId},
};

use crate::{batches::EntryRow, deviations::NamedPerson};

/// An entry with the station that it was made at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConflictEntry {
    pub entry: EntryRow,
    pub station_name: String,
}

/// The deviation that the entry opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ConflictDeviation {
    pub id: DeviationId,
    pub code: String,
    pub status: DeviationStatus,
}

/// What quality assurance has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ConflictDecision {
    pub comment: String,
    pub person: NamedPerson,
    pub decided_at: DateTime<Utc>,
    /// Decided with a signature; one that was made in the review of the batch before conflicts had a screen has none.
    pub is_signed: bool,
}

/// An entry that is kept without effect, beside the one that the phase holds. Neither is ever deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Conflict {
    pub operation_id: OperationId,
    pub plant_id: PlantId,
    pub batch_id: BatchId,
    pub batch_number: String,
    pub product: String,
    pub phase_id: PhaseId,
    pub phase_number: u32,
    pub phase_title: String,
    /// What is kept without effect; its verdict and code say why.
    pub kept: ConflictEntry,
    /// What the phase holds; absent where nothing has taken effect there.
    pub standing: Option<ConflictEntry>,
    pub deviation: Option<ConflictDeviation>,
    pub decision: Option<ConflictDecision>,
    /// SHA-256 of both entries as canonical JSON (RFC 8785), lower-case hex: what the decision is bound to.
    pub content_hash: String,
}

/// Which conflicts, and which page of them; the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ConflictQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Only those that wait for a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
}
