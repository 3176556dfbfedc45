//! What the screen of the backups shows.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

view! {
    /// The newest backups of the server.
    pub struct BackupList {
        pub items: Vec<BackupView>,
        /// On the server.
        pub folder: Option<String>,
        pub last_recovery_point: Option<String>,
        /// `not_configured` or `overdue`.
        pub warning: Option<String>,
    }

    pub struct BackupView {
        pub id: Uuid,
        pub recovery_point: String,
        pub finished_at: String,
        /// `command`, `first`, `migrate`, `nightly`, `person`.
        pub cause: String,
        pub requested_by_name: Option<String>,
        pub file_name: String,
        pub size_bytes: Option<String>,
        pub row_count: Option<String>,
        pub sha256: Option<String>,
        /// The code of what went wrong.
        pub failure: Option<String>,
    }
}
