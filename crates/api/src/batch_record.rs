//! The whole record of one batch as a document that proves it (21 CFR 211.188, 21 CFR 11.10(b)).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::ids::{MasterRecordId, PlantId};

use crate::{
    audit::AuditEntry,
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    master_records::RecordSignature,
    reviews::{BatchTest, ReviewException, ReviewQuery},
};

/// Stands in every record that is written out.
pub const RECORD_FORMAT: &str = "viruj-batch-record";
pub const RECORD_VERSION: u16 = 2;

/// Everything that is known of a batch at one moment; nothing in it depends on when it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRecord {
    /// [`RECORD_FORMAT`].
    pub format: String,
    /// [`RECORD_VERSION`].
    pub format_version: u16,
    /// The time of the newest change that the record holds, by the server's clock.
    pub as_of: DateTime<Utc>,
    pub plant: RecordPlant,
    pub batch: BatchRow,
    /// Absent for a batch of the legacy system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master: Option<RecordMaster>,
    /// In the order of their numbers.
    pub phases: Vec<RecordPhase>,
    /// In the order in which they were opened.
    pub deviations: Vec<DeviationRow>,
    /// Of the laboratory, on samples that were taken in the batch.
    pub tests: Vec<BatchTest>,
    /// What quality assurance has said about the batch.
    pub review: RecordReview,
    /// The audit trail of the batch, its phases, entries, deviations, queries and decisions, in the order of the changes.
    pub trail: Vec<AuditEntry>,
}

/// The review by exception and its signatures (21 CFR 211.192).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordReview {
    pub exceptions: Vec<ReviewException>,
    pub queries: Vec<ReviewQuery>,
    /// SHA-256 of the [`crate::reviews::ReviewedContent`] that this record holds, lower-case hex.
    pub content_hash: String,
    /// On the batch, the oldest first: reviewed, released, rejected.
    pub signatures: Vec<RecordSignature>,
}

/// Where the batch was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPlant {
    pub id: PlantId,
    pub name: String,
    /// IANA name; the times of the printed record are of this zone.
    pub time_zone: String,
}

/// The version of the master batch record that the batch is a frozen copy of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordMaster {
    pub id: MasterRecordId,
    pub version: u32,
    pub product_code: String,
    /// SHA-256 of the frozen copy, lower-case hex.
    pub content_hash: String,
    /// On the version itself: submitted, approved.
    pub signatures: Vec<RecordSignature>,
}

/// A phase with every entry that was ever recorded for it, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPhase {
    pub phase: PhaseRow,
    pub entries: Vec<EntryRow>,
}

/// A record as a file, with the server's signature over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedRecord {
    pub record: BatchRecord,
    pub signature: RecordSeal,
}

/// The server's signature: Ed25519 over `viruj-batch-record-v1`, a zero byte, and the record's canonical JSON (RFC 8785).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordSeal {
    /// `ed25519`.
    pub algorithm: String,
    pub key_id: String,
    /// SHA-256 of the canonical JSON, lower-case hex; the printed record carries it as its QR code.
    pub record_sha256: String,
    /// 64 bytes, base64.
    pub value: String,
}
