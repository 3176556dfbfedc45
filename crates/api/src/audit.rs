//! The audit trail as people read and review it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use viruj_domain::{
    ids::{SessionId, StationId, UserId},
    signature::SignatureMeaning,
};

/// Which entries are wanted; what is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// A plant's id, `system`, or `unassigned`.
    pub feed: Option<String>,
    /// The table of the record, for example `production_batches`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    /// The person's id, or `system:<what>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// The operation of a station that made the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// `created`, `changed`, `deleted`, `adopted`, or the word of an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
}

/// Which entries are exported, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditExportQuery {
    #[serde(default)]
    pub format: ExportFormat,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// For spreadsheets: a cell that one would take for a formula has an apostrophe before it.
    #[default]
    Csv,
    /// One JSON document a line, every text as it is.
    JsonLines,
}

/// One entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// The plant, `system`, or `unassigned`.
    pub feed: String,
    /// Dense from 1 within its feed; as a text, since a number may be too large for some readers.
    pub seq: String,
    /// By the server's clock.
    pub at: DateTime<Utc>,
    /// By the station's clock, where a station recorded the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_at: Option<DateTime<Utc>>,
    pub actor: String,
    /// The person's name as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    pub entity: String,
    pub entity_id: String,
    pub action: String,
    /// What was changed, field by field; nothing for an event.
    pub changes: Vec<AuditChange>,
    /// What an event says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of the chain, lower-case hex.
    pub hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<ReviewMark>,
}

/// One field of a changed row, as the trail holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditChange {
    pub field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// That somebody else than its author has reviewed an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewMark {
    pub person_name: String,
    pub reviewed_at: DateTime<Utc>,
}

/// Signs that a stretch of a feed was reviewed; the password is checked and stored nowhere.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    /// Made by the client; the same one again is refused.
    pub review_id: Uuid,
    pub station_id: StationId,
    pub feed: String,
    pub from_seq: String,
    pub to_seq: String,
    /// The hash of the last entry as it was shown, lower-case hex: what is signed is what was seen.
    pub to_hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The sentence that the person saw, in the language shown.
    pub shown_text: String,
    /// BCP 47.
    pub language: String,
    /// Required at the first signing of a session (21 CFR 11.200(a)(1)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub password: String,
}

impl std::fmt::Debug for ReviewRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ReviewRequest").field("review_id", &self.review_id).finish_non_exhaustive()
    }
}

/// What a reviewer signs; its canonical bytes are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewStatement {
    pub format: u16,
    pub review_id: Uuid,
    pub person_id: UserId,
    pub session_id: SessionId,
    pub feed: String,
    pub from_seq: i64,
    pub to_seq: i64,
    pub to_hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub meaning: SignatureMeaning,
    pub shown_text: String,
    pub language: String,
    pub stated_at: DateTime<Utc>,
}

/// A signed review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditReview {
    pub id: Uuid,
    pub feed: String,
    pub from_seq: String,
    pub to_seq: String,
    /// Entries that were reviewed.
    pub entry_count: String,
    /// The reviewer's own entries between them, which wait for somebody else.
    pub own_entry_count: String,
    pub person_name: String,
    pub meaning: SignatureMeaning,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub reviewed_at: DateTime<Utc>,
}
