//! The one event that the station sends to its window.

use serde::{Deserialize, Serialize};
use viruj_api::station::QueryKey;

/// Cached queries that no longer hold.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct StaleQueries {
    pub queries: Vec<QueryKey>,
}
