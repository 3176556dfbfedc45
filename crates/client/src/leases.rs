//! Leases of batches.

use http::Method;
use viruj_api::leases::{AskLease, ExtendLeases, GiveLeaseBack, SignedLease, TransferLease};
use viruj_domain::ids::BatchId;

use crate::{
    Client,
    client::{Answer, escaped},
};

impl Client {
    /// Asks for the lease of a batch, or of one of its operations.
    pub async fn ask_lease(&self, access_token: &str, batch: &BatchId, request: &AskLease) -> Answer<SignedLease> {
        self.post(&path(batch), Some(access_token), Some(request)).await
    }

    /// Takes over what other stations hold of a batch.
    pub async fn transfer_lease(
        &self,
        access_token: &str,
        batch: &BatchId,
        request: &TransferLease,
    ) -> Answer<SignedLease> {
        self.post(&format!("{}/transfer", path(batch)), Some(access_token), Some(request)).await
    }

    /// Gives back what the station holds of a batch.
    pub async fn give_lease_back(&self, access_token: &str, batch: &BatchId, request: &GiveLeaseBack) -> Answer<()> {
        let path = format!("{}/give-back", path(batch));
        self.command(Method::POST, &path, Some(access_token), Some(request)).await
    }

    /// Lets leases of the station live on; those that do are in the answer.
    pub async fn extend_leases(&self, station_token: &str, request: &ExtendLeases) -> Answer<Vec<SignedLease>> {
        self.post("/api/v1/sync/leases", Some(station_token), Some(request)).await
    }
}

fn path(batch: &BatchId) -> String {
    format!("/api/v1/batches/{}/leases", escaped(batch.as_str()))
}
