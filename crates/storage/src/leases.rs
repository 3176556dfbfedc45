//! Leases of batches and of their operations.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::leases::LeaseRow;
use viruj_domain::{
    ids::{BatchId, LeaseId, PhaseId, PlantId, StationId, UserId},
    lease::OperationName,
};

use crate::{StorageError, UnitOfWork};

/// Why a lease ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By the station that held it.
    GivenBack,
    /// To another station.
    HandedOver,
    /// By one of the same station that is for more.
    Replaced,
    /// With the station that held it.
    StationRetired,
}

impl Ended {
    fn word(self) -> &'static str {
        match self {
            Self::GivenBack => "given_back",
            Self::HandedOver => "handed_over",
            Self::Replaced => "replaced",
            Self::StationRetired => "station_retired",
        }
    }
}

struct Columns {
    id: Uuid,
    plant_id: String,
    batch_id: String,
    unit_procedure: Option<String>,
    operation: Option<String>,
    station_id: Uuid,
    station_name: String,
    fence: i64,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<Columns> for LeaseRow {
    fn from(row: Columns) -> Self {
        let operation = row.unit_procedure.zip(row.operation);
        Self {
            id: LeaseId(row.id),
            plant_id: PlantId(row.plant_id),
            batch_id: BatchId(row.batch_id),
            operation: operation.map(|(unit_procedure, operation)| OperationName { unit_procedure, operation }),
            station_id: StationId(row.station_id),
            station_name: row.station_name,
            fence: row.fence.unsigned_abs(),
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
        }
    }
}

/// All leases that ever were of the batch, in order of their fences.
///
/// # Errors
/// Failures of the database.
pub async fn of_batch(connection: &mut PgConnection, batch: &BatchId) -> Result<Vec<LeaseRow>, StorageError> {
    let rows = sqlx::query_as!(
        Columns,
        "SELECT l.id, l.plant_id, l.batch_id, l.unit_procedure, l.operation, l.station_id, s.name AS station_name,
             l.fence, l.issued_at, l.expires_at, l.ended_at
         FROM batch_leases AS l JOIN stations AS s ON s.id = l.station_id WHERE l.batch_id = $1 ORDER BY l.fence",
        batch.as_str(),
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(LeaseRow::from).collect())
}

/// Those of [`of_batch`] that are for the phase.
///
/// # Errors
/// Failures of the database.
pub async fn of_phase(
    connection: &mut PgConnection,
    batch: &BatchId,
    phase: PhaseId,
) -> Result<Vec<LeaseRow>, StorageError> {
    let rows = sqlx::query_as!(
        Columns,
        "SELECT l.id, l.plant_id, l.batch_id, l.unit_procedure, l.operation, l.station_id, s.name AS station_name,
             l.fence, l.issued_at, l.expires_at, l.ended_at
         FROM batch_leases AS l JOIN stations AS s ON s.id = l.station_id
         WHERE l.batch_id = $1 AND (l.operation IS NULL OR EXISTS (SELECT FROM batch_phases AS p WHERE p.id = $2
             AND p.batch_id = l.batch_id AND p.unit_procedure = l.unit_procedure AND p.operation = l.operation))
         ORDER BY l.fence",
        batch.as_str(),
        phase.0,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(LeaseRow::from).collect())
}

pub(crate) async fn each(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<LeaseRow>, StorageError> {
    let rows = sqlx::query_as!(
        Columns,
        "SELECT l.id, l.plant_id, l.batch_id, l.unit_procedure, l.operation, l.station_id, s.name AS station_name,
             l.fence, l.issued_at, l.expires_at, l.ended_at
         FROM batch_leases AS l JOIN stations AS s ON s.id = l.station_id WHERE l.id = ANY ($1)",
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(LeaseRow::from).collect())
}

/// Those of the station that still live, of batches that are still to be executed, locked until the transaction ends.
///
/// # Errors
/// Failures of the database.
pub async fn lock_living(
    unit: &mut UnitOfWork,
    station: StationId,
    ids: &[LeaseId],
    now: DateTime<Utc>,
) -> Result<Vec<LeaseRow>, StorageError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    // The batches first, as whoever leases them does: otherwise the two would wait for each other.
    sqlx::query!(
        "SELECT id FROM production_batches WHERE id IN (SELECT batch_id FROM batch_leases WHERE id = ANY ($1))
         ORDER BY id FOR UPDATE",
        &ids,
    )
    .fetch_all(unit.connection())
    .await?;
    let rows = sqlx::query_as!(
        Columns,
        "SELECT l.id, l.plant_id, l.batch_id, l.unit_procedure, l.operation, l.station_id, s.name AS station_name,
             l.fence, l.issued_at, l.expires_at, l.ended_at
         FROM batch_leases AS l JOIN stations AS s ON s.id = l.station_id
         JOIN production_batches AS b ON b.id = l.batch_id
         WHERE l.id = ANY ($1) AND l.station_id = $2 AND l.ended_at IS NULL AND l.expires_at > $3
             AND b.status NOT IN ('QC Review', 'Completed')
         ORDER BY l.id",
        &ids,
        station.0,
        now,
    )
    .fetch_all(unit.connection())
    .await?;
    Ok(rows.into_iter().map(LeaseRow::from).collect())
}

/// Whether a phase of the batch belongs to the operation.
///
/// # Errors
/// Failures of the database.
pub async fn has_operation(
    connection: &mut PgConnection,
    batch: &BatchId,
    operation: &OperationName,
) -> Result<bool, StorageError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM batch_phases
           WHERE batch_id = $1 AND unit_procedure = $2 AND operation = $3) AS "is_there!""#,
        batch.as_str(),
        operation.unit_procedure,
        operation.operation,
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}

/// Writes a new lease; the caller holds the batch locked, so that no two are for the same.
///
/// # Errors
/// Failures of the database.
pub async fn insert(unit: &mut UnitOfWork, lease: &LeaseRow, asked_by: &UserId) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO batch_leases (id, plant_id, batch_id, unit_procedure, operation, station_id, fence, asked_by,
             issued_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        lease.id.0,
        lease.plant_id.as_str(),
        lease.batch_id.as_str(),
        lease.operation.as_ref().map(|operation| operation.unit_procedure.as_str()),
        lease.operation.as_ref().map(|operation| operation.operation.as_str()),
        lease.station_id.0,
        i64::try_from(lease.fence).unwrap_or(i64::MAX),
        asked_by.as_str(),
        lease.issued_at,
        lease.expires_at,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Lets a lease live until then.
///
/// # Errors
/// Failures of the database, which refuses to shorten one.
pub async fn extend(unit: &mut UnitOfWork, id: LeaseId, until: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!("UPDATE batch_leases SET expires_at = $2 WHERE id = $1", id.0, until)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Ends a lease.
///
/// # Errors
/// Failures of the database, which refuses for one that has ended.
pub async fn end(unit: &mut UnitOfWork, id: LeaseId, now: DateTime<Utc>, cause: Ended) -> Result<(), StorageError> {
    sqlx::query!("UPDATE batch_leases SET ended_at = $2, ended_cause = $3 WHERE id = $1", id.0, now, cause.word())
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Ends everything that the station holds.
///
/// # Errors
/// Failures of the database.
pub async fn end_of_station(unit: &mut UnitOfWork, station: StationId, now: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE batch_leases SET ended_at = $2, ended_cause = $3
         WHERE station_id = $1 AND ended_at IS NULL AND expires_at > $2",
        station.0,
        now,
        Ended::StationRetired.word(),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
