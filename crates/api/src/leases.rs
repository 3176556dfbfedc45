//! Leases: the server's word that a batch, or one of its operations, is a station's to execute.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::{
    ids::{BatchId, LeaseId, PlantId, StationId},
    lease::{Lease, OperationName},
};

/// What the server signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaseGrant {
    pub format: u16,
    pub lease_id: LeaseId,
    pub batch_id: BatchId,
    /// Absent for the whole batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationName>,
    pub station_id: StationId,
    /// Counts the leases of the batch.
    pub fence: u64,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A lease's exact bytes with the server's signature over them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedLease {
    /// Canonical JSON of a [`LeaseGrant`], base64.
    pub lease: String,
    /// Of the server's key.
    pub key_id: String,
    /// Ed25519 of the server's key, base64.
    pub signature: String,
}

/// Asks for the lease of a batch for a station.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskLease {
    pub station_id: StationId,
    /// Left out for the whole batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationName>,
}

/// Hands what other stations hold of a batch over to a station.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferLease {
    pub station_id: StationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationName>,
    /// Up to 500 characters.
    pub reason: String,
}

/// The station gives back what it holds of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveLeaseBack {
    pub station_id: StationId,
}

/// Asks for a longer life of what the station holds.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendLeases {
    /// At most [`ExtendLeases::MOST`].
    pub leases: Vec<LeaseId>,
}

impl ExtendLeases {
    /// More than a station ever works on at the same time.
    pub const MOST: usize = 100;
}

/// A lease as the plant's feed tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaseRow {
    pub id: LeaseId,
    pub plant_id: PlantId,
    pub batch_id: BatchId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationName>,
    pub station_id: StationId,
    pub station_name: String,
    pub fence: u64,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl LeaseRow {
    /// As the rules take it.
    #[must_use]
    pub fn lease(&self) -> Lease {
        Lease {
            id: self.id,
            station_id: self.station_id,
            operation: self.operation.clone(),
            fence: self.fence,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            ended_at: self.ended_at,
        }
    }
}
