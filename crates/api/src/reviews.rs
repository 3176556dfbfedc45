//! The review of a finished batch: what is out of the ordinary, questions to production, release, certificates.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use viruj_domain::{
    batch::BatchStatus,
    deviation::Severity,
    ids::{BatchId, PhaseId, PlantId},
    review::{Blocker, ExceptionKind, QueryStatus, TestConclusion},
};

use crate::{
    batch_record::RecordPhase,
    batches::{BatchRow, DeviationRow},
    deviations::NamedPerson,
    master_records::RecordSignature,
    statement::MasterReference,
};

/// The longest question, answer or comment; longer ones are refused, never cut.
pub const LONGEST_TEXT: usize = 2000;

/// Something out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ReviewException {
    pub kind: ExceptionKind,
    /// The entry, phase or deviation that it is about; of the trail, none.
    pub subject: Uuid,
    /// Counts the changes of what it is about: a decision holds for the state that was looked at.
    #[cfg_attr(feature = "bindings", specta(type = String))]
    #[serde(with = "crate::reviews::counted")]
    #[schema(value_type = String, example = "7")]
    pub evidence: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_id: Option<PhaseId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Absent while nobody has judged it as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<ExceptionDecision>,
}

/// What somebody of quality assurance said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ExceptionDecision {
    pub comment: String,
    pub person: NamedPerson,
    pub decided_at: DateTime<Utc>,
}

/// A question to production.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct ReviewQuery {
    pub id: Uuid,
    /// From 1 within the batch.
    pub number: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_id: Option<PhaseId>,
    pub status: QueryStatus,
    pub question: String,
    pub asked_by: NamedPerson,
    pub asked_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<NamedPerson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<NamedPerson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    /// SHA-256 of question and answer as canonical JSON, lower-case hex: what the closing signature is bound to.
    pub content_hash: String,
    /// The closing one.
    pub signatures: Vec<RecordSignature>,
    /// Counts the changes of the query.
    pub version: u32,
}

/// What is signed when a query is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryContent {
    pub batch_id: BatchId,
    pub number: u32,
    pub question: String,
    pub asked_by: String,
    pub asked_at: DateTime<Utc>,
    pub answer: Option<String>,
    pub answered_by: Option<String>,
    pub answered_at: Option<DateTime<Utc>>,
}

/// A test of the laboratory on a sample of the batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct BatchTest {
    pub test: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The container of the sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// What the analyst reported, as it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    pub conclusion: TestConclusion,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<DateTime<Utc>>,
}

/// One thing that stands against the release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ReleaseBlocker {
    PhaseOpen { number: u32 },
    DeviationOpen { deviation: String, severity: Severity },
    ExceptionNotReviewed { kind: ExceptionKind, count: u32 },
    QueryOpen { number: u32 },
    TestPending { test: String },
    TestFailed { test: String },
    AttachmentMissing { number: u32, file: String },
    ReviewMissing {},
}

impl From<Blocker> for ReleaseBlocker {
    fn from(blocker: Blocker) -> Self {
        match blocker {
            Blocker::PhaseOpen { number } => Self::PhaseOpen { number },
            Blocker::DeviationOpen { code, severity } => Self::DeviationOpen { deviation: code, severity },
            Blocker::ExceptionNotReviewed { kind, count } => Self::ExceptionNotReviewed { kind, count },
            Blocker::QueryOpen { number } => Self::QueryOpen { number },
            Blocker::TestPending { test } => Self::TestPending { test },
            Blocker::TestFailed { test } => Self::TestFailed { test },
            Blocker::AttachmentMissing { number, file } => Self::AttachmentMissing { number, file },
            Blocker::ReviewMissing => Self::ReviewMissing {},
        }
    }
}

/// What the signatures on a batch are bound to: all of it as canonical JSON (RFC 8785), SHA-256.
///
/// The batch's own status and the audit trail are no part of it: signing changes both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewedContent {
    pub batch_id: BatchId,
    pub number: String,
    pub product: String,
    pub quantity: String,
    pub unit: String,
    pub master_record: Option<MasterReference>,
    pub phases: Vec<RecordPhase>,
    pub deviations: Vec<DeviationRow>,
    /// Without those of the trail.
    pub exceptions: Vec<ReviewException>,
    pub queries: Vec<ReviewQuery>,
    pub tests: Vec<BatchTest>,
}

/// A finished batch as quality assurance looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchReview {
    pub batch: BatchRow,
    /// What a signature is bound to: SHA-256, lower-case hex.
    pub content_hash: String,
    pub exceptions: Vec<ReviewException>,
    pub queries: Vec<ReviewQuery>,
    pub tests: Vec<BatchTest>,
    /// On the batch, the oldest first: reviewed, released, rejected.
    pub signatures: Vec<RecordSignature>,
    /// Everything that stands against the release.
    pub blockers: Vec<ReleaseBlocker>,
    /// Everybody who recorded or verified an entry.
    pub workers: Vec<NamedPerson>,
    /// Whoever signed the review that fits the batch as it is now.
    pub reviewers: Vec<NamedPerson>,
    /// The evidence: every phase with every entry.
    pub phases: Vec<RecordPhase>,
    pub deviations: Vec<DeviationRow>,
}

/// A batch in the list of those that wait for quality assurance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ReviewSummary {
    pub batch_id: BatchId,
    pub plant_id: PlantId,
    pub number: String,
    pub product: String,
    pub status: BatchStatus,
    /// When production finished it.
    pub ended_at: Option<DateTime<Utc>>,
    /// What nobody has judged yet, by kind; the trail is looked at in the batch itself.
    pub exceptions: Vec<ExceptionCount>,
    /// Deviations that must be closed first.
    pub grave_deviations: u32,
    pub open_queries: u32,
    pub open_tests: u32,
    /// A review of it has been signed.
    pub is_reviewed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ExceptionCount {
    pub kind: ExceptionKind,
    pub count: u32,
}

/// Which page of the batches that wait, those that were finished first coming first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReviewListQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    /// A part of the number or of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// Quality assurance has looked at something out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptException {
    pub kind: ExceptionKind,
    pub subject: Uuid,
    /// As it was shown.
    #[serde(with = "crate::reviews::counted")]
    #[schema(value_type = String, example = "7")]
    pub evidence: i64,
    /// Why the batch may go on with it.
    pub comment: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskProduction {
    /// A phase of the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase_id: Option<PhaseId>,
    pub question: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerQuery {
    pub answer: String,
}

/// Counts travel as text, because 64 bits do not fit a JSON number of a browser; canonical JSON refuses them, too.
pub mod counted {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
