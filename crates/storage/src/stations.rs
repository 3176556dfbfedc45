//! Stations and their keys.

use chrono::{DateTime, Utc};
use viruj_api::{
    lists::{Page, PageQuery},
    stations::{StationRow, StationState},
};
use viruj_domain::{
    ids::{PlantId, StationId, UserId},
    plant::PlantScope,
    release::Ring,
};
use viruj_sync::store::KnownStation;

use crate::{
    Database, StorageError, UnitOfWork,
    lists::{After, Placed, page},
};

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

struct KeyedStation {
    id: uuid::Uuid,
    name: String,
    plant_id: String,
    public_key: Vec<u8>,
    state: String,
    registered_at: DateTime<Utc>,
}

impl KeyedStation {
    fn read(self) -> Result<Station, StorageError> {
        let unreadable = |cause: &str| StorageError::Unreadable {
            table: "stations",
            id: self.id.to_string(),
            cause: cause.to_owned(),
        };
        let public_key = self.public_key.as_slice().try_into().map_err(|_| unreadable("the key has another length"))?;
        let state = state(self.id, &self.state)?;
        let known = KnownStation { id: StationId(self.id), plant_id: PlantId(self.plant_id), public_key, state };
        Ok(Station { known, name: self.name, registered_at: self.registered_at })
    }
}

/// # Errors
/// Failures of the database.
pub async fn find(database: &Database, id: StationId) -> Result<Option<Station>, StorageError> {
    let row = sqlx::query_as!(
        KeyedStation,
        "SELECT id, name, plant_id, public_key, state, registered_at FROM stations WHERE id = $1",
        id.0,
    )
    .fetch_optional(&database.system_statements())
    .await?;
    row.map(KeyedStation::read).transpose()
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
        KeyedStation,
        "SELECT id, name, plant_id, public_key, state, registered_at FROM stations
         WHERE id = $1 OR public_key = $2 ORDER BY id",
        id.0,
        &public_key[..],
    )
    .fetch_all(unit.connection())
    .await?;
    rows.into_iter().map(KeyedStation::read).collect()
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

/// A page of the stations of the plants that the reader sees, those that were registered last first.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &PageQuery,
) -> Result<Page<StationRow>, StorageError> {
    let after = After::<uuid::Uuid>::read(query)?;
    let plants = match scope {
        PlantScope::All => None,
        PlantScope::Only(plants) => Some(plants.iter().map(|plant| plant.0.clone()).collect::<Vec<_>>()),
    };
    let rows = sqlx::query_as!(
        ListedStation,
        "SELECT id, name, plant_id, state, registered_at, last_seen_at, program_version, ring FROM stations
         WHERE (registered_at, id) < ($1, $2) AND ($3::text[] IS NULL OR plant_id = ANY ($3))
         ORDER BY registered_at DESC, id DESC LIMIT $4",
        after.time,
        after.id,
        plants.as_deref(),
        after.fetch_limit(),
    )
    .fetch_all(&database.system_statements())
    .await?;
    let placed = |row: ListedStation| {
        let (time, id) = (row.registered_at, row.id.to_string());
        Ok(Placed { time, id, item: row.read()? })
    };
    Ok(page(after.limit, rows.into_iter().map(placed).collect::<Result<_, StorageError>>()?))
}

struct ListedStation {
    id: uuid::Uuid,
    name: String,
    plant_id: String,
    state: String,
    registered_at: DateTime<Utc>,
    last_seen_at: Option<DateTime<Utc>>,
    program_version: Option<String>,
    ring: String,
}

impl ListedStation {
    fn read(self) -> Result<StationRow, StorageError> {
        Ok(StationRow {
            id: StationId(self.id),
            state: state(self.id, &self.state)?,
            name: self.name,
            plant_id: PlantId(self.plant_id),
            registered_at: self.registered_at,
            last_seen_at: self.last_seen_at,
            program_version: self.program_version,
            ring: self.ring.parse().map_err(|_| StorageError::Unreadable {
                table: "stations",
                id: self.id.to_string(),
                cause: "the ring is unknown".to_owned(),
            })?,
        })
    }
}

/// The station, locked until the transaction ends.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: StationId) -> Result<Option<StationRow>, StorageError> {
    let row = sqlx::query_as!(
        ListedStation,
        "SELECT id, name, plant_id, state, registered_at, last_seen_at, program_version, ring FROM stations
         WHERE id = $1 FOR UPDATE",
        id.0,
    )
    .fetch_optional(unit.connection())
    .await?;
    row.map(ListedStation::read).transpose()
}

/// Lets a station in, or keeps it out.
///
/// # Errors
/// Failures of the database, which refuses to bring back one that is retired.
pub async fn set_state(unit: &mut UnitOfWork, id: StationId, state: StationState) -> Result<(), StorageError> {
    sqlx::query!("UPDATE stations SET state = $2 WHERE id = $1", id.0, word(state)).execute(unit.connection()).await?;
    Ok(())
}

/// Says when a station is offered releases: first, after the pilot, or with all.
///
/// # Errors
/// Failures of the database.
pub async fn set_ring(unit: &mut UnitOfWork, id: StationId, ring: Ring) -> Result<(), StorageError> {
    sqlx::query!("UPDATE stations SET ring = $2 WHERE id = $1", id.0, ring.as_str()).execute(unit.connection()).await?;
    Ok(())
}

fn word(state: StationState) -> &'static str {
    match state {
        StationState::Pending => "Pending",
        StationState::Active => "Active",
        StationState::Suspended => "Suspended",
        StationState::Retired => "Retired",
    }
}

fn state(id: uuid::Uuid, written: &str) -> Result<StationState, StorageError> {
    let states = [StationState::Pending, StationState::Active, StationState::Suspended, StationState::Retired];
    states.into_iter().find(|state| word(*state) == written).ok_or_else(|| StorageError::Unreadable {
        table: "stations",
        id: id.to_string(),
        cause: "the state is unknown".to_owned(),
    })
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
