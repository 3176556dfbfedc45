//! What the screen of the releases shows and sends.

use serde::{Deserialize, Serialize};
use viruj_domain::{
    ids::ReleaseId,
    release::{Ring, RolloutState},
};

view! {
    pub struct ReleaseView {
        pub id: ReleaseId,
        pub version: String,
        pub target: String,
        pub sha256: String,
        pub size_bytes: String,
        /// Of the builder's key.
        pub builder_key: String,
        pub notes: String,
        pub state: RolloutState,
        pub ring: Ring,
        /// Of the stations of the ring.
        pub percentage: u8,
        /// A person's words.
        pub stopped_because: Option<String>,
        /// `update_put_back` or `update_silent`, when the server stopped it by itself.
        pub stopped_by_itself: Option<String>,
        /// Absent when it was published at the server itself.
        pub published_by: Option<String>,
        pub published_at: String,
        pub stations: ReleaseStations,
    }

    /// Stations by how a release went with them.
    pub struct ReleaseStations {
        pub healthy: u32,
        pub installing: u32,
        pub refused: u32,
        pub put_back: u32,
        pub silent: u32,
    }

    /// How a release is to go on.
    pub struct RolloutInput {
        pub release_id: ReleaseId,
        pub state: RolloutState,
        pub ring: Ring,
        pub percentage: u8,
        pub reason: String,
    }
}
