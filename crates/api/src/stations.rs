//! Stations: registration of a key, and signing in as the station.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::{
    ids::{PlantId, StationId},
    release::Ring,
};

use crate::server::ServerIdentity;

/// Registers a station's key; needs `station.register`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterStation {
    pub station_id: StationId,
    pub name: String,
    pub plant_id: PlantId,
    /// Ed25519, 32 bytes, base64.
    pub public_key: String,
    pub program_version: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RegisteredStation {
    pub station_id: StationId,
    pub name: String,
    pub plant_id: PlantId,
    pub registered_at: DateTime<Utc>,
    /// The station pins these keys: it accepts attestations of no other server.
    pub server: ServerIdentity,
}

/// A station as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StationRow {
    pub id: StationId,
    pub name: String,
    pub plant_id: PlantId,
    pub state: StationState,
    pub registered_at: DateTime<Utc>,
    /// When it signed in or pushed last.
    pub last_seen_at: Option<DateTime<Utc>>,
    pub program_version: Option<String>,
    /// When it is offered releases of its program.
    pub ring: Ring,
}

/// Moves a station into another ring of updates; needs `station.register`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStationRing {
    pub ring: Ring,
    /// Up to 500 characters.
    pub reason: String,
}

/// Suspends a station, lets it in again or retires it; needs `station.register`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStationState {
    pub state: StationState,
    /// Up to 500 characters.
    pub reason: String,
}

/// A nonce to be signed; valid for one minute, at the server that made it and at its replicas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StationChallenge {
    pub challenge: String,
}

/// The station proves that it holds its key: Ed25519 over `viruj-station-challenge-v1\0` and the challenge's bytes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationSignIn {
    pub station_id: StationId,
    pub challenge: String,
    /// 64 bytes, base64.
    pub signature: String,
    pub program_version: String,
}

/// A token that speaks for the station; it pushes and pulls and can do nothing else.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct StationSession {
    pub access_token: String,
    pub access_expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for StationSession {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("StationSession").finish_non_exhaustive()
    }
}

/// Where a station stands; the words of the `stations` table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum StationState {
    Pending,
    Active,
    Suspended,
    Retired,
}
