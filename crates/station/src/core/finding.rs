//! Searching from anywhere: in the station's own copy, with or without the server.

use viruj_api::station::finding::Found;

use super::StationCore;
use crate::StationError;

/// Batches, and as many lots: what a person looks over at once.
const MOST: u32 = 6;

impl StationCore {
    /// Batches and lots of the plant whose words begin as what was typed.
    ///
    /// # Errors
    /// Nobody is signed in, or the store fails.
    pub async fn find(&self, text: &str) -> Result<Found, StationError> {
        self.session()?;
        Ok(self.store.find(&self.registered()?.plant_id, text, MOST).await?)
    }
}
