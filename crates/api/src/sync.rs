//! Push of recorded operations, pull of the feeds.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;
use uuid::Uuid;
use viruj_domain::ids::{BatchId, DeviationId, OperationId, StationId};

use crate::statement::SignedEnvelope;

/// Envelopes that one push may carry.
pub const MAXIMUM_PUSH: usize = 200;
/// Entries that one pull brings at most.
pub const MAXIMUM_PULL: u32 = 1000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushRequest {
    /// In order of `station_seq`.
    pub envelopes: Vec<SignedEnvelope>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushResponse {
    /// One for each envelope that was taken, in their order.
    pub verdicts: Vec<OperationVerdict>,
    /// Why the rest was not taken; absent when everything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<PushStop>,
    pub server_time: ServerTime,
}

/// The first envelope that was not taken, and why; the ones before it stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushStop {
    /// Index in the request.
    pub index: u32,
    /// `sequence_gap`, `chain_fork`, `bad_signature`, `other_bytes`, `too_new`; an unknown code means "try again later".
    pub code: String,
    /// The `station_seq` that the server expects next.
    pub expected_seq: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationVerdict {
    pub operation_id: OperationId,
    pub station_seq: u64,
    pub verdict: Verdict,
    pub received_at: DateTime<Utc>,
}

/// What the server made of an operation; once given it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Accepted,
    AcceptedWithDeviation { code: String, deviation_id: Option<DeviationId> },
    NotApplied { code: String },
}

impl Verdict {
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedWithDeviation { .. } => "accepted_with_deviation",
            Self::NotApplied { .. } => "not_applied",
        }
    }

    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Accepted => None,
            Self::AcceptedWithDeviation { code, .. } | Self::NotApplied { code } => Some(code),
        }
    }
}

/// The server's time with a token that it can recognise later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerTime {
    pub time: DateTime<Utc>,
    /// `<time>.<key id>.<Ed25519 over "viruj-time-v1\0" and the time text, base64url>`.
    pub token: String,
}

/// Where a reader of a feed stands: everything up to and with `seq` is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedCursor {
    pub feed_epoch: Uuid,
    /// A plant's id, or `system`.
    pub feed: String,
    pub seq: u64,
}

/// What a station has not sent, in a file that is sealed to the server and brought to it by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsentExport {
    pub format: u16,
    pub station_id: StationId,
    pub exported_at: DateTime<Utc>,
    /// In order of `station_seq`.
    pub envelopes: Vec<SignedEnvelope>,
    /// Files that entries name and that have not arrived.
    pub files: Vec<ExportedFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedFile {
    pub batch_id: BatchId,
    /// Lower-case hex.
    pub sha256: String,
    /// Base64.
    pub content: String,
}

/// Where the feeds of a station stand at the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedHeads {
    pub heads: Vec<FeedHead>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedHead {
    pub feed: String,
    /// The newest one; 0 for a feed of which nothing was told yet.
    pub seq: u64,
}

/// The feed of people, stations and materials.
pub const SYSTEM_FEED: &str = "system";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FeedPage {
    /// In order of `seq`, without gaps.
    pub entries: Vec<FeedEntry>,
    /// Where the reader stands when it has applied the page.
    pub cursor: FeedCursor,
    /// The newest `seq` of the feed.
    pub head: u64,
    pub server_time: ServerTime,
}

/// The last line of a chunk of a snapshot: what the chunk is, and what goes on from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SnapshotEnd {
    /// Where the feed stood when the snapshot was begun; the changes since are pulled from here.
    pub cursor: FeedCursor,
    /// Rows of this chunk.
    pub rows: u64,
    /// Rows so far, with those of this chunk.
    pub sent: u64,
    /// Rows that there were when the snapshot was begun.
    pub expected: u64,
    /// SHA-256 of the lines before this one with their line feeds, lower-case hex.
    pub sha256: String,
    /// What asks for the next chunk; absent after the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    pub server_time: ServerTime,
}

/// A row that is there no more; nobody keeps it in a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tombstone {
    /// A kind of this feed.
    pub kind: String,
    pub id: String,
}

/// One changed row, as a projection without secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FeedEntry {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub change: FeedChange,
}

/// The row after the change; kinds that a station does not keep, or does not know yet, arrive as `other`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", content = "row", rename_all = "snake_case")]
pub enum FeedChange {
    Plant(crate::server::PlantSummary),
    Person(crate::people::Person),
    PersonKey(crate::person_keys::PersonKeyRow),
    Batch(crate::batches::BatchRow),
    Phase(crate::batches::PhaseRow),
    Entry(crate::batches::EntryRow),
    Deviation(crate::batches::DeviationRow),
    Lot(crate::lots::LotRow),
    Equipment(crate::equipment::EquipmentRow),
    Qualification(crate::qualifications::QualificationRow),
    Lease(crate::leases::LeaseRow),
    Gone(Tombstone),
    Other,
}

impl<'de> Deserialize<'de> for FeedChange {
    /// A kind of a newer server is `other`, whatever its row is; serde's own `other` refuses one that has a row.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Tagged {
            kind: String,
            #[serde(default)]
            row: serde_json::Value,
        }
        let Tagged { kind, row } = Tagged::deserialize(deserializer)?;
        match kind.as_str() {
            "plant" => serde_json::from_value(row).map(Self::Plant),
            "person" => serde_json::from_value(row).map(Self::Person),
            "person_key" => serde_json::from_value(row).map(Self::PersonKey),
            "batch" => serde_json::from_value(row).map(Self::Batch),
            "phase" => serde_json::from_value(row).map(Self::Phase),
            "entry" => serde_json::from_value(row).map(Self::Entry),
            "deviation" => serde_json::from_value(row).map(Self::Deviation),
            "lot" => serde_json::from_value(row).map(Self::Lot),
            "equipment" => serde_json::from_value(row).map(Self::Equipment),
            "qualification" => serde_json::from_value(row).map(Self::Qualification),
            "lease" => serde_json::from_value(row).map(Self::Lease),
            "gone" => serde_json::from_value(row).map(Self::Gone),
            _ => Ok(Self::Other),
        }
        .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hard case 9: an older station reads the feed of a newer server and leaves out what it does not know.
    #[test]
    fn a_kind_of_the_future_is_read_as_other() {
        for text in [
            r#"{"kind":"other"}"#,
            r#"{"kind":"campaign","row":{"id":"x","turn":7}}"#,
            r#"{"kind":"campaign","row":"x"}"#,
            r#"{"kind":"campaign"}"#,
        ] {
            let read: Result<FeedChange, _> = serde_json::from_str(text);
            assert_eq!(read.unwrap(), FeedChange::Other, "{text}");
        }
        assert_eq!(serde_json::to_string(&FeedChange::Other).unwrap(), r#"{"kind":"other"}"#);
    }
}
