//! Conflicts.

use viruj_api::{
    conflicts::{Conflict, ConflictQuery},
    lists::Page,
    record_signing::SignRecord,
};
use viruj_domain::ids::OperationId;

use crate::{Client, administration::with_query, client::Answer};

const CONFLICTS: &str = "/api/v1/conflicts";

impl Client {
    /// One page of conflicts, the newest first.
    ///
    /// # Errors
    /// [`crate::ClientError`].
    pub async fn conflicts(&self, access_token: &str, query: &ConflictQuery) -> Answer<Page<Conflict>> {
        self.get(&with_query(CONFLICTS, query), Some(access_token)).await
    }

    /// Decides a conflict with a signature.
    ///
    /// # Errors
    /// [`crate::ClientError`], for example `content_differs`.
    pub async fn decide_conflict(
        &self,
        access_token: &str,
        operation: OperationId,
        request: &SignRecord,
    ) -> Answer<Conflict> {
        let path = format!("{CONFLICTS}/{operation}/decision");
        self.post(&path, Some(access_token), Some(request)).await
    }
}
