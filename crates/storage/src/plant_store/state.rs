//! A batch with its phases and entries, as the rules judge it.

use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{batches::follows, statement::MasterReference};
use viruj_domain::{
    execution::{PhaseDeviation, PhaseState},
    ids::{BatchId, MasterRecordId, PhaseId, PlantId},
    phase::RecordedEntry,
};
use viruj_sync::store::BatchState;

use crate::{StorageError, feed::rows::unreadable};

/// Loads the batch without locking it; `None` when the connection's reader does not see it.
///
/// # Errors
/// [`StorageError::Unreadable`] and failures of the database.
pub async fn read_batch(
    connection: &mut PgConnection,
    plant: &PlantId,
    id: &BatchId,
) -> Result<Option<BatchState>, StorageError> {
    let row = sqlx::query_as!(
        BatchColumns,
        r#"SELECT batch_number, status, coalesce(bmr_status, 'Incomplete') AS "bmr_status!", master_record_id, master_version
           FROM production_batches WHERE id = $1 AND plant_id = $2"#,
        id.as_str(),
        plant.as_str(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    match row {
        Some(row) => {
            let phases = sqlx::query_as!(
                PhaseColumns,
                "SELECT id, number, definition, status, version, after_phases, conditions
                 FROM batch_phases WHERE batch_id = $1 ORDER BY number",
                id.as_str(),
            )
            .fetch_all(&mut *connection)
            .await?;
            Ok(Some(with_phases(connection, plant, id, row, phases).await?))
        }
        None => Ok(None),
    }
}

/// Loads the batch and keeps it locked, so that two stations are judged one after the other.
pub(crate) async fn lock_batch(
    connection: &mut PgConnection,
    plant: &PlantId,
    id: &BatchId,
) -> Result<Option<BatchState>, StorageError> {
    let row = sqlx::query_as!(
        BatchColumns,
        r#"SELECT batch_number, status, coalesce(bmr_status, 'Incomplete') AS "bmr_status!", master_record_id, master_version
           FROM production_batches WHERE id = $1 AND plant_id = $2 FOR UPDATE"#,
        id.as_str(),
        plant.as_str(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let phases = sqlx::query_as!(
        PhaseColumns,
        "SELECT id, number, definition, status, version, after_phases, conditions
         FROM batch_phases WHERE batch_id = $1 ORDER BY number FOR UPDATE",
        id.as_str(),
    )
    .fetch_all(&mut *connection)
    .await?;
    Ok(Some(with_phases(connection, plant, id, row, phases).await?))
}

struct BatchColumns {
    batch_number: String,
    status: String,
    bmr_status: String,
    master_record_id: Option<Uuid>,
    master_version: Option<i32>,
}

struct PhaseColumns {
    id: Uuid,
    number: i32,
    definition: String,
    status: String,
    version: i64,
    after_phases: Option<Vec<i32>>,
    conditions: Vec<String>,
}

async fn with_phases(
    connection: &mut PgConnection,
    plant: &PlantId,
    id: &BatchId,
    row: BatchColumns,
    phases: Vec<PhaseColumns>,
) -> Result<BatchState, StorageError> {
    Ok(BatchState {
        phases: self::phases(connection, id, phases).await?,
        plant_id: plant.clone(),
        status: row.status.parse().map_err(|error| unreadable("production_batches", id, &error))?,
        record_status: row.bmr_status.parse().map_err(|error| unreadable("production_batches", id, &error))?,
        master_record: master_reference(row.master_record_id, row.master_version),
        number: row.batch_number,
        id: id.clone(),
    })
}

pub(crate) fn master_reference(id: Option<Uuid>, version: Option<i32>) -> Option<MasterReference> {
    Some(MasterReference { id: MasterRecordId(id?), version: u32::try_from(version?).ok()? })
}

async fn phases(
    connection: &mut PgConnection,
    batch: &BatchId,
    rows: Vec<PhaseColumns>,
) -> Result<Vec<PhaseState>, StorageError> {
    let mut phases = Vec::with_capacity(rows.len());
    for row in rows {
        let number = u32::try_from(row.number).map_err(|error| unreadable("batch_phases", row.id, &error))?;
        phases.push(PhaseState {
            id: PhaseId(row.id),
            after: after(row.id, row.after_phases)?.unwrap_or_else(|| follows(number)),
            conditions: row.conditions,
            number,
            definition: serde_json::from_str(&row.definition)
                .map_err(|error| unreadable("batch_phases", row.id, &error))?,
            status: row.status.parse().map_err(|error| unreadable("batch_phases", row.id, &error))?,
            version: row.version,
            entries: Vec::new(),
            deviations: Vec::new(),
        });
    }
    add_entries(connection, batch, &mut phases).await?;
    add_deviations(connection, batch, &mut phases).await?;
    Ok(phases)
}

/// The numbers of the phases directly before; none are stored for a batch whose phases simply follow each other.
pub(crate) fn after(phase: Uuid, stored: Option<Vec<i32>>) -> Result<Option<Vec<u32>>, StorageError> {
    let numbers = stored.map(|numbers| numbers.into_iter().map(u32::try_from).collect::<Result<Vec<_>, _>>());
    numbers.transpose().map_err(|error| unreadable("batch_phases", phase, &error))
}

async fn add_entries(
    connection: &mut PgConnection,
    batch: &BatchId,
    phases: &mut [PhaseState],
) -> Result<(), StorageError> {
    let rows = sqlx::query!(
        "SELECT operation_id, phase_id, entry, person_id, person_name, recorded_at, reason, signature, deviation, corrects
         FROM phase_entries WHERE batch_id = $1 AND is_effective ORDER BY received_at, operation_id",
        batch.as_str(),
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        let Some(phase) = phases.iter_mut().find(|phase| phase.id.0 == row.phase_id) else { continue };
        let id = row.operation_id;
        phase.entries.push(RecordedEntry {
            operation_id: id,
            entry: serde_json::from_str(&row.entry).map_err(|error| unreadable("phase_entries", id, &error))?,
            corrects: row.corrects,
            person_id: row.person_id,
            person_name: row.person_name,
            recorded_at: row.recorded_at,
            reason: row.reason,
            signature: row
                .signature
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|error| unreadable("phase_entries", id, &error))?,
            deviation: row
                .deviation
                .map(|word| word.parse())
                .transpose()
                .map_err(|error: viruj_domain::role::UnknownWord| unreadable("phase_entries", id, &error))?,
        });
    }
    Ok(())
}

/// What is known of the deviations that the entries have opened: they say what has to wait.
async fn add_deviations(
    connection: &mut PgConnection,
    batch: &BatchId,
    phases: &mut [PhaseState],
) -> Result<(), StorageError> {
    let rows = sqlx::query!(
        r#"SELECT id, phase_id AS "phase_id!", operation_id AS "operation_id!", code, status, disposition FROM deviations
           WHERE batch_id = $1 AND phase_id IS NOT NULL AND operation_id IS NOT NULL ORDER BY opened_at, id"#,
        batch.as_str(),
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        let Some(phase) = phases.iter_mut().find(|phase| phase.id.0 == row.phase_id) else { continue };
        let word = |error: viruj_domain::role::UnknownWord| unreadable("deviations", row.id, &error);
        phase.deviations.push(PhaseDeviation {
            operation_id: row.operation_id,
            status: row.status.parse().map_err(word)?,
            disposition: row.disposition.as_deref().map(str::parse).transpose().map_err(word)?,
            code: row.code,
        });
    }
    Ok(())
}
