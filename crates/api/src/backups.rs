//! Backups of the plant database.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The last backups, the newest first, and whether somebody must do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backups {
    pub items: Vec<Backup>,
    /// Where the files are put, on the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The newest moment that a whole backup holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_recovery_point: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<BackupWarning>,
}

/// Why somebody must look after the backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupWarning {
    /// The server was not told for whom and where; nothing is backed up.
    NotConfigured,
    /// The newest one is older than 24 hours, or there is none.
    Overdue,
}

/// One backup, or one that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backup {
    pub id: Uuid,
    /// The moment that it holds.
    pub recovery_point: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    pub cause: BackupCause,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by_name: Option<String>,
    pub file_name: String,
    /// Bytes of the file, as a text: a number may be too large for some readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<String>,
    /// Rows of all tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_count: Option<String>,
    /// Of the file, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The code of what went wrong; absent when the backup is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What a backup was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupCause {
    /// `viruj-server backup`.
    Command,
    /// There was none yet.
    First,
    /// Before the database was changed by a newer program.
    Migrate,
    Nightly,
    /// Somebody asked for it.
    Person,
}

impl BackupWarning {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::Overdue => "overdue",
        }
    }
}

impl BackupCause {
    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::First => "first",
            Self::Migrate => "migrate",
            Self::Nightly => "nightly",
            Self::Person => "person",
        }
    }
}
