//! What the search finds while somebody types.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{batch::BatchStatus, lot::LotStatus};

view! {
    /// Batches and lots of the station's own copy, best first.
    pub struct Found {
        pub batches: Vec<FoundBatch>,
        pub lots: Vec<FoundLot>,
    }

    pub struct FoundBatch {
        pub id: String,
        pub number: String,
        pub product: String,
        pub status: BatchStatus,
    }

    pub struct FoundLot {
        pub id: Uuid,
        pub number: String,
        pub material: String,
        pub material_code: String,
        pub status: LotStatus,
    }
}
