//! What a server says of itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use viruj_domain::ids::PlantId;

/// Answer of `GET /api/v1/server`: who the server is and how its signatures are verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerIdentity {
    /// Stays the same for one database, on every replica.
    pub server_id: Uuid,
    pub version: String,
    /// The newest migration that the program knows; a database beyond it is newer than the program.
    pub schema_version: i64,
    /// Changes when the database is restored or fails over with loss.
    pub feed_epoch: Uuid,
    /// Live signing keys, the signing one first.
    pub signing_keys: Vec<ServerKey>,
    pub plants: Vec<PlantSummary>,
    /// The database holds demo data.
    pub is_demo: bool,
    /// What a station seals its unsent entries to, when they are brought here by hand; absent at an older server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export_recipient: Option<ExportRecipient>,
    /// To whom a station seals its own keys, so that a lost keychain loses no record; absent where nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_recipients: Option<RecoveryRecipients>,
    /// An identity provider is set up: people may sign in there.
    #[serde(default)]
    pub single_sign_on: bool,
    pub time: DateTime<Utc>,
}

/// A key that only this server opens what is sealed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportRecipient {
    /// X25519, as age writes it: `age1…`.
    pub recipient: String,
    /// Of the server's signing key.
    pub key_id: String,
    /// Ed25519 over `viruj-export-recipient-v1\0` and the recipient's text, base64.
    pub signature: String,
}

/// The site's recovery keys: whoever opens its backups opens what a station has sealed of its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecoveryRecipients {
    /// X25519, as age writes them (`age1…`), with commas between them.
    pub recipients: String,
    /// Of the server's signing key.
    pub key_id: String,
    /// Ed25519 over `viruj-recovery-recipients-v1\0` and the recipients' text, base64.
    pub signature: String,
}

/// The public half of a server signing key (Ed25519).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerKey {
    /// First 16 hex digits of the SHA-256 of the public key.
    pub key_id: String,
    /// 32 bytes, base64.
    pub public_key: String,
    /// The signature of the key before it that this one follows, base64; absent on a server's first key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endorsement: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlantSummary {
    pub id: PlantId,
    pub name: String,
    pub region: String,
    /// IANA name.
    pub time_zone: String,
}
