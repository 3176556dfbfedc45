//! Rows as they travel.

use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    server::PlantSummary,
    sync::FeedChange,
};
use viruj_domain::ids::{BatchId, DeviationId, OperationId, PhaseId, PlantId, StationId, UserId};

use crate::{
    StorageError, equipment as equipment_rows, leases as lease_rows, lots as lot_rows, people as repository,
    person_keys as key_rows,
    plant_store::{after, master_reference},
    qualifications as qualification_rows,
};

type Found = Vec<(String, FeedChange)>;

pub(crate) fn unreadable(
    table: &'static str,
    id: impl std::fmt::Display,
    cause: &dyn std::error::Error,
) -> StorageError {
    StorageError::Unreadable { table, id: id.to_string(), cause: cause.to_string() }
}

/// One row that cannot be read must not keep a station from all others.
fn readable<T>(rows: Vec<Result<T, StorageError>>, change: impl Fn(T) -> (String, FeedChange)) -> Found {
    rows.into_iter()
        .filter_map(|row| row.inspect_err(|error| tracing::error!(%error, "a row is left out of the feed")).ok())
        .map(change)
        .collect()
}

fn uuids(ids: &[String]) -> Vec<Uuid> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

pub(crate) async fn plants(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = sqlx::query!("SELECT id, name, region, time_zone FROM plants WHERE id = ANY ($1)", ids)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let plant = PlantSummary {
                id: PlantId(row.id.clone()),
                name: row.name,
                region: row.region,
                time_zone: row.time_zone,
            };
            (row.id, FeedChange::Plant(plant))
        })
        .collect())
}

pub(crate) async fn people(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = repository::each_person(connection, ids).await?;
    Ok(readable(rows, |person| (person.id.0.clone(), FeedChange::Person(person))))
}

pub(crate) async fn person_keys(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = key_rows::each(connection, ids).await?;
    Ok(rows.into_iter().map(|row| (row.key_id.clone(), FeedChange::PersonKey(row))).collect())
}

pub(crate) async fn batches(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = sqlx::query!(
        r#"SELECT id, plant_id, batch_number, product_name, quantity, unit, status,
               coalesce(qa_release_status, 'Pending') AS "release_status!",
               coalesce(bmr_status, 'Incomplete') AS "record_status!",
               hold_reason, held_from, assigned_to, start_date, end_date, planned_start, planned_end, master_record_id,
               master_version, version
           FROM production_batches WHERE id = ANY ($1)"#,
        ids,
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let word = |error: viruj_domain::role::UnknownWord| unreadable("production_batches", &row.id, &error);
        Ok(BatchRow {
            status: row.status.parse().map_err(word)?,
            release_status: row.release_status.parse().map_err(word)?,
            record_status: row.record_status.parse().map_err(word)?,
            held_from: row.held_from.as_deref().map(str::parse).transpose().map_err(word)?,
            planned_start: row.planned_start,
            planned_end: row.planned_end,
            id: BatchId(row.id),
            plant_id: PlantId(row.plant_id),
            number: row.batch_number,
            product: row.product_name,
            quantity: row.quantity.into(),
            unit: row.unit,
            hold_reason: row.hold_reason,
            assigned_to: row.assigned_to.map(UserId),
            started_at: row.start_date,
            ended_at: row.end_date,
            master_record: master_reference(row.master_record_id, row.master_version),
            version: row.version,
        })
    });
    Ok(readable(rows.collect(), |row| (row.id.0.clone(), FeedChange::Batch(row))))
}

pub(crate) async fn phases(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = sqlx::query!(
        "SELECT id, plant_id, batch_id, number, unit_procedure, operation, definition, status, version, after_phases,
             conditions
         FROM batch_phases WHERE id = ANY ($1)",
        &uuids(ids),
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let cannot = |error: &dyn std::error::Error| unreadable("batch_phases", row.id, error);
        Ok(PhaseRow {
            number: u32::try_from(row.number).map_err(|error| cannot(&error))?,
            definition: serde_json::from_str(&row.definition).map_err(|error| cannot(&error))?,
            status: row.status.parse().map_err(|error: viruj_domain::role::UnknownWord| cannot(&error))?,
            after: after(row.id, row.after_phases)?,
            conditions: row.conditions,
            id: PhaseId(row.id),
            plant_id: PlantId(row.plant_id),
            batch_id: BatchId(row.batch_id),
            unit_procedure: row.unit_procedure,
            operation: row.operation,
            version: row.version,
        })
    });
    Ok(readable(rows.collect(), |row| (row.id.to_string(), FeedChange::Phase(row))))
}

pub(crate) async fn entries(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = sqlx::query!(
        "SELECT operation_id, plant_id, batch_id, phase_id, entry, person_id, person_name, station_id, recorded_at,
             received_at, reason, signature, deviation, verdict, verdict_code, is_effective, corrects
         FROM phase_entries WHERE operation_id = ANY ($1)",
        &uuids(ids),
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let cannot = |error: &dyn std::error::Error| unreadable("phase_entries", row.operation_id, error);
        let signature = row.signature.as_deref().map(serde_json::from_str).transpose();
        let deviation = row.deviation.as_deref().map(str::parse).transpose();
        Ok(EntryRow {
            entry: serde_json::from_str(&row.entry).map_err(|error| cannot(&error))?,
            signature: signature.map_err(|error| cannot(&error))?,
            deviation: deviation.map_err(|error: viruj_domain::role::UnknownWord| cannot(&error))?,
            operation_id: OperationId(row.operation_id),
            plant_id: PlantId(row.plant_id),
            batch_id: BatchId(row.batch_id),
            phase_id: PhaseId(row.phase_id),
            person_id: UserId(row.person_id),
            person_name: row.person_name,
            station_id: StationId(row.station_id),
            recorded_at: row.recorded_at,
            received_at: row.received_at,
            reason: row.reason,
            verdict: row.verdict,
            verdict_code: row.verdict_code,
            is_effective: row.is_effective,
            corrects: row.corrects.map(OperationId),
        })
    });
    Ok(readable(rows.collect(), |row| (row.operation_id.to_string(), FeedChange::Entry(row))))
}

pub(crate) async fn deviations(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = sqlx::query!(
        "SELECT id, plant_id, batch_id, phase_id, operation_id, code, cause, severity, status, description, opened_at,
             disposition
         FROM deviations WHERE id = ANY ($1)",
        &uuids(ids),
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let word = |error: viruj_domain::role::UnknownWord| unreadable("deviations", row.id, &error);
        Ok(DeviationRow {
            cause: row.cause.parse().map_err(word)?,
            severity: row.severity.parse().map_err(word)?,
            status: row.status.parse().map_err(word)?,
            id: DeviationId(row.id),
            plant_id: PlantId(row.plant_id),
            batch_id: row.batch_id.map(BatchId),
            phase_id: row.phase_id.map(PhaseId),
            operation_id: row.operation_id.map(OperationId),
            code: row.code,
            description: row.description,
            opened_at: row.opened_at,
            disposition: row.disposition.as_deref().map(str::parse).transpose().map_err(word)?,
        })
    });
    Ok(readable(rows.collect(), |row| (row.id.to_string(), FeedChange::Deviation(row))))
}

pub(super) async fn lots(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = lot_rows::each(connection, &uuids(ids)).await?;
    Ok(readable(rows, |row| (row.id.to_string(), FeedChange::Lot(row))))
}

pub(super) async fn equipment(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = equipment_rows::each(connection, &uuids(ids)).await?;
    Ok(readable(rows, |row| (row.id.to_string(), FeedChange::Equipment(row))))
}

pub(super) async fn qualifications(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = qualification_rows::each(connection, &uuids(ids)).await?;
    Ok(readable(rows, |row| (row.id.to_string(), FeedChange::Qualification(row))))
}

pub(super) async fn leases(connection: &mut PgConnection, ids: &[String]) -> Result<Found, StorageError> {
    if ids.is_empty() {
        return Ok(Found::new());
    }
    let rows = lease_rows::each(connection, &uuids(ids)).await?;
    Ok(rows.into_iter().map(|row| (row.id.to_string(), FeedChange::Lease(row))).collect())
}
