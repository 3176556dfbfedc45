//! Rows of a batch record as they travel in the feed and over REST.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus, ReleaseStatus},
    decimal::ExactDecimal,
    deviation::{DeviationCause, DeviationStatus, Disposition, Severity},
    execution::{PhaseDeviation, PhaseState},
    ids::{BatchId, DeviationId, OperationId, PhaseId, PlantId, StationId, UserId},
    lease::OperationName,
    phase::{EntrySignature, PhaseDefinition, PhaseEntry, PhaseStatus, RecordedEntry},
};

use crate::statement::MasterReference;

pub mod making;

pub use making::{BatchMasterRecord, BatchReason, CreateBatch};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchRow {
    pub id: BatchId,
    pub plant_id: PlantId,
    pub number: String,
    pub product: String,
    pub quantity: ExactDecimal,
    pub unit: String,
    pub status: BatchStatus,
    pub release_status: ReleaseStatus,
    pub record_status: RecordStatus,
    pub hold_reason: Option<String>,
    /// Where a batch on hold goes back to; absent for one that the legacy system put on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_from: Option<BatchStatus>,
    pub assigned_to: Option<UserId>,
    /// Of a batch that has not begun: when it is to begin.
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Absent for batches of the legacy system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_start: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_end: Option<DateTime<Utc>>,
    /// Absent for batches of the legacy system, which have no phases here.
    pub master_record: Option<MasterReference>,
    /// Counts the changes of the row.
    pub version: i64,
}

impl BatchRow {
    /// The row with the status that people see at that time; in the feed and in the database the written one stands.
    #[must_use]
    pub fn seen_at(self, now: DateTime<Utc>) -> Self {
        Self { status: self.status.apparent(self.planned_end, now, false), ..self }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhaseRow {
    pub id: PhaseId,
    pub plant_id: PlantId,
    pub batch_id: BatchId,
    /// From 1, dense within the batch.
    pub number: u32,
    pub unit_procedure: String,
    pub operation: String,
    pub definition: PhaseDefinition,
    /// The numbers of the phases that must be settled directly before; absent for the one before it in the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<u32>>,
    /// Expressions that must all hold for the phase to be executed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    pub status: PhaseStatus,
    /// Counts the changes of the phase.
    pub version: i64,
}

impl PhaseRow {
    /// The operation that the phase belongs to.
    #[must_use]
    pub fn operation_name(&self) -> OperationName {
        OperationName { unit_procedure: self.unit_procedure.clone(), operation: self.operation.clone() }
    }

    /// The phase as the rules take it, with the entries that count and the deviations of this phase among `deviations`.
    #[must_use]
    pub fn state<'a>(
        &self,
        entries: impl Iterator<Item = &'a EntryRow>,
        deviations: impl Iterator<Item = &'a DeviationRow>,
    ) -> PhaseState {
        PhaseState {
            id: self.id,
            number: self.number,
            definition: self.definition.clone(),
            status: self.status,
            version: self.version,
            after: self.after.clone().unwrap_or_else(|| follows(self.number)),
            conditions: self.conditions.clone(),
            entries: entries.filter(|entry| entry.is_effective).map(EntryRow::recorded).collect(),
            deviations: deviations
                .filter(|deviation| deviation.phase_id == Some(self.id))
                .filter_map(DeviationRow::of_phase)
                .collect(),
        }
    }
}

/// What a phase waits for where nothing else is said.
#[must_use]
pub fn follows(number: u32) -> Vec<u32> {
    number.checked_sub(1).filter(|before| *before > 0).into_iter().collect()
}

/// One recorded entry of a phase, kept for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryRow {
    pub operation_id: OperationId,
    pub plant_id: PlantId,
    pub batch_id: BatchId,
    pub phase_id: PhaseId,
    pub entry: PhaseEntry,
    /// The entry in whose place this one comes; that one stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<OperationId>,
    pub person_id: UserId,
    pub person_name: String,
    pub station_id: StationId,
    /// The station's time.
    pub recorded_at: DateTime<Utc>,
    /// The server's time.
    pub received_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub signature: Option<EntrySignature>,
    pub deviation: Option<DeviationCause>,
    /// `accepted`, `accepted_with_deviation`, `not_applied`.
    pub verdict: String,
    pub verdict_code: Option<String>,
    /// Whether the entry counts for the phase; a duplicate that was kept beside another does not.
    pub is_effective: bool,
}

impl EntryRow {
    #[must_use]
    pub fn recorded(&self) -> RecordedEntry {
        RecordedEntry {
            operation_id: self.operation_id.0,
            entry: self.entry.clone(),
            corrects: self.corrects.map(|entry| entry.0),
            person_id: self.person_id.0.clone(),
            person_name: self.person_name.clone(),
            recorded_at: self.recorded_at,
            reason: self.reason.clone(),
            signature: self.signature.clone(),
            deviation: self.deviation,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviationRow {
    pub id: DeviationId,
    pub plant_id: PlantId,
    pub batch_id: Option<BatchId>,
    pub phase_id: Option<PhaseId>,
    pub operation_id: Option<OperationId>,
    pub code: String,
    pub cause: DeviationCause,
    pub severity: Severity,
    pub status: DeviationStatus,
    pub description: String,
    pub opened_at: DateTime<Utc>,
    /// Holds once the deviation is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
}

impl DeviationRow {
    /// What the rules of execution need to know of it; nothing of one that no entry has opened.
    #[must_use]
    pub fn of_phase(&self) -> Option<PhaseDeviation> {
        Some(PhaseDeviation {
            operation_id: self.operation_id?.0,
            code: self.code.clone(),
            status: self.status,
            disposition: self.disposition,
        })
    }
}

/// Which batches, in which order, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct BatchQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// `-started_at`, the newest first, when left out; a minus in front turns the order round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub sort: Option<BatchOrder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub status: Option<BatchStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub release_status: Option<ReleaseStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub assigned_to: Option<UserId>,
    /// A part of the number or of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// What batches are sorted by; nothing else is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum BatchOrder {
    #[serde(rename = "started_at")]
    StartedAt,
    #[default]
    #[serde(rename = "-started_at")]
    StartedAtDescending,
    #[serde(rename = "number")]
    Number,
    #[serde(rename = "-number")]
    NumberDescending,
}
