//! Stations and their keys.

use chrono::{DateTime, Utc};
use viruj_api::stations::StationState;
use viruj_domain::ids::{PlantId, StationId, UserId};
use viruj_sync::store::KnownStation;

use crate::{Database, StorageError, UnitOfWork};

/// A station with what people call it.
#[derive(Clone, Debug)]
pub struct Station {
    pub known: KnownStation,
    pub name: String,
    pub registered_at: DateTime<Utc>,
}

/// A station that is registered.
#[derive(Clone, Debug)]
pub struct NewStation<'a> {
    pub id: StationId,
    pub name: &'a str,
    pub plant_id: &'a PlantId,
    pub public_key: [u8; 32],
    /// It runs its own server on its own database.
    pub is_embedded: bool,
    /// Absent when an embedded station registers itself.
    pub registered_by: Option<&'a UserId>,
    pub registered_at: DateTime<Utc>,
    pub program_version: &'a str,
}

struct StationRow {
    id: uuid::Uuid,
    name: String,
    plant_id: String,
    public_key: Vec<u8>,
    state: String,
    registered_at: DateTime<Utc>,
}

impl StationRow {
    fn read(self) -> Result<Station, StorageError> {
        let unreadable = |cause: &str| StorageError::Unreadable {
            table: "stations",
            id: self.id.to_string(),
            cause: cause.to_owned(),
        };
        let public_key = self.public_key.as_slice().try_into().map_err(|_| unreadable("the key has another length"))?;
        let state = match self.state.as_str() {
            "Pending" => StationState::Pending,
            "Active" => StationState::Active,
            "Suspended" => StationState::Suspended,
            "Retired" => StationState::Retired,
            _ => return Err(unreadable("the state is unknown")),
        };
        let known = KnownStation { id: StationId(self.id), plant_id: PlantId(self.plant_id), public_key, state };
        Ok(Station { known, name: self.name, registered_at: self.registered_at })
    }
}

/// # Errors
/// Failures of the database.
pub async fn find(database: &Database, id: StationId) -> Result<Option<Station>, StorageError> {
    let row = sqlx::query_as!(
        StationRow,
        "SELECT id, name, plant_id, public_key, state, registered_at FROM stations WHERE id = $1",
        id.0,
    )
    .fetch_optional(&database.system_statements())
    .await?;
    row.map(StationRow::read).transpose()
}

/// The station that has this id or this key, inside the transaction that is about to register one.
///
/// # Errors
/// Failures of the database.
pub async fn with_id_or_key(
    unit: &mut UnitOfWork,
    id: StationId,
    public_key: &[u8; 32],
) -> Result<Vec<Station>, StorageError> {
    let rows = sqlx::query_as!(
        StationRow,
        "SELECT id, name, plant_id, public_key, state, registered_at FROM stations
         WHERE id = $1 OR public_key = $2 ORDER BY id",
        id.0,
        &public_key[..],
    )
    .fetch_all(unit.connection())
    .await?;
    rows.into_iter().map(StationRow::read).collect()
}

/// Registers a station as active.
///
/// # Errors
/// [`StorageError::Conflict`] when the id or the key is known, or the plant is not.
pub async fn register(unit: &mut UnitOfWork, station: &NewStation<'_>) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO stations (id, name, plant_id, public_key, state, is_embedded, registered_by, registered_at,
             program_version)
         VALUES ($1, $2, $3, $4, 'Active', $5, $6, $7, $8)",
        station.id.0,
        station.name,
        station.plant_id.as_str(),
        &station.public_key[..],
        station.is_embedded,
        station.registered_by.map(UserId::as_str),
        station.registered_at,
        station.program_version,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Notes that the station was there; not followed by the trail.
///
/// # Errors
/// Failures of the database.
pub async fn note_seen(
    unit: &mut UnitOfWork,
    id: StationId,
    program_version: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE stations SET last_seen_at = $2, program_version = coalesce($3, program_version) WHERE id = $1",
        id.0,
        now,
        program_version,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
