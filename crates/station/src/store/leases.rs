//! Leases: those that this station holds, with the server's word, and what the feed tells of everybody's.

use serde::{Deserialize, Serialize};
use viruj_api::leases::{LeaseGrant, LeaseRow, SignedLease};
use viruj_domain::ids::LeaseId;

use super::{Store, StoreFault, facts};

impl Store {
    /// What the feed has told of the leases of the batch.
    pub(crate) async fn leases(&self, batch_id: &str) -> Result<Vec<LeaseRow>, StoreFault> {
        let rows: Vec<String> = sqlx::query_scalar("SELECT row FROM copy_leases WHERE batch_id = ?")
            .bind(batch_id)
            .fetch_all(&self.pool)
            .await
            .map_err(self.fault())?;
        let mut leases: Vec<LeaseRow> =
            rows.iter().map(|row| serde_json::from_str(row)).collect::<Result<_, serde_json::Error>>()?;
        leases.sort_by_key(|lease| lease.fence);
        Ok(leases)
    }

    /// What the server has given to this station, of one batch or of all.
    pub(crate) async fn held_leases(&self, batch_id: Option<&str>) -> Result<Vec<LeaseGrant>, StoreFault> {
        let held = self.held().await?.into_iter().map(|held| held.lease);
        Ok(held.filter(|lease| batch_id.is_none_or(|id| lease.batch_id.as_str() == id)).collect())
    }

    /// Keeps a lease; one of the same id is taken for the newer state of it.
    pub(crate) async fn keep_lease(&self, lease: &LeaseGrant, signed: &SignedLease) -> Result<(), StoreFault> {
        let _writing = self.leasing.lock().await;
        let mut held = self.held().await?;
        held.retain(|known| known.lease.lease_id != lease.lease_id);
        held.push(HeldLease { lease: lease.clone(), signed: signed.clone() });
        self.set_fact(facts::HELD_LEASES, &held).await
    }

    /// Forgets a lease that lives no more.
    pub(crate) async fn forget_lease(&self, id: LeaseId) -> Result<(), StoreFault> {
        let _writing = self.leasing.lock().await;
        let mut held = self.held().await?;
        held.retain(|known| known.lease.lease_id != id);
        self.set_fact(facts::HELD_LEASES, &held).await
    }

    async fn held(&self) -> Result<Vec<HeldLease>, StoreFault> {
        Ok(self.fact(facts::HELD_LEASES).await?.unwrap_or_default())
    }
}

/// A lease of this station with the server's word for it, as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct HeldLease {
    lease: LeaseGrant,
    signed: SignedLease,
}
