//! A batch as a frozen copy of a master batch record.

use chrono::{DateTime, Datelike, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use viruj_api::batches::{BatchMasterRecord, BatchRow};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus, ReleaseStatus, number_series},
    ids::{BatchId, MasterRecordId, PlantId, UserId},
    master::Procedure,
    phase::PhaseStatus,
    plant::{PlantScope, time_zone},
};

use super::find_on;
use crate::{Database, StorageError, UnitOfWork, master_records::StoredVersion};

/// A batch that is made; everything else follows from its master record.
#[derive(Clone, Debug)]
pub struct NewBatch<'a> {
    pub id: &'a BatchId,
    pub master: &'a StoredVersion,
    /// What the master's text says.
    pub procedure: &'a Procedure,
    pub planned_start: DateTime<Utc>,
    pub planned_end: DateTime<Utc>,
    pub assigned_to: Option<&'a UserId>,
    pub author: &'a UserId,
    pub now: DateTime<Utc>,
}

/// Draws the number and writes batch, frozen copy and phases.
///
/// The number's counter, which all plants share, is locked from here to the end of the transaction: the caller holds
/// [`Database::gate`] and commits soon.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn create(unit: &mut UnitOfWork, new: &NewBatch<'_>) -> Result<BatchRow, StorageError> {
    let plant = &new.master.row.plant_id;
    let year = year_of(unit, plant, new.now).await?;
    let series = format!("{}-{:02}", number_series(&new.procedure.product_code), year.rem_euclid(100));
    let phases = Columns::of(new.procedure)?;
    // One statement: what follows the drawn number would keep others waiting for the next one.
    sqlx::query!(
        r#"WITH drawn AS (
               INSERT INTO counters (name, value) VALUES ($1, 1)
               ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value
           ), batch AS (
               INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit,
                   assigned_to, plant_id, qa_release_status, bmr_status, created_at, master_record_id, master_version,
                   planned_start, planned_end)
               SELECT $2, $3, $1 || '-' || lpad(value::text, greatest(3, length(value::text)), '0'), $4, $5, $6, $7, $8,
                   $9, $10, $11, $12, $13, $14, $5, $15
               FROM drawn RETURNING id
           ), record AS (
               INSERT INTO batch_records (batch_id, plant_id, master_record_id, master_version, procedure, content_hash,
                   frozen_at, frozen_by)
               SELECT id, $9, $13, $14, $16, $17, $12, $18 FROM batch
           )
           INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status,
               after_phases, conditions)
           SELECT p.id, $9, batch.id, p.number, p.unit_procedure, p.operation, p.definition, $19,
               ARRAY(SELECT part::integer FROM jsonb_array_elements_text(p.after::jsonb) WITH ORDINALITY AS a (part, place)
                   ORDER BY place),
               ARRAY(SELECT part FROM jsonb_array_elements_text(p.conditions::jsonb) WITH ORDINALITY AS c (part, place)
                   ORDER BY place)
           FROM batch, unnest($20::uuid[], $21::integer[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[])
               AS p (id, number, unit_procedure, operation, definition, after, conditions)"#,
        series,
        new.id.as_str(),
        new.procedure.product,
        BatchStatus::Planned.as_str(),
        new.planned_start,
        new.procedure.batch_size.value(),
        new.procedure.batch_unit.symbol(),
        new.assigned_to.map(UserId::as_str),
        plant.as_str(),
        ReleaseStatus::Pending.as_str(),
        RecordStatus::Incomplete.as_str(),
        new.now,
        new.master.row.id.0,
        i32::try_from(new.master.row.version).unwrap_or(i32::MAX),
        new.planned_end,
        new.master.procedure_text,
        new.master.content_hash,
        new.author.as_str(),
        PhaseStatus::Pending.as_str(),
        &phases.ids,
        &phases.numbers,
        &phases.unit_procedures,
        &phases.operations,
        &phases.definitions,
        &phases.after,
        &phases.conditions,
    )
    .execute(unit.connection())
    .await?;
    let made = find_on(unit.connection(), new.id).await?;
    made.ok_or_else(|| StorageError::Database(sqlx::Error::RowNotFound))
}

/// The phases of a procedure, column by column.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    numbers: Vec<i32>,
    unit_procedures: Vec<String>,
    operations: Vec<String>,
    definitions: Vec<String>,
    /// Lists as JSON: an array of arrays would be one long array.
    after: Vec<String>,
    conditions: Vec<String>,
}

impl Columns {
    fn of(procedure: &Procedure) -> Result<Self, StorageError> {
        let mut columns = Self::default();
        for placed in procedure.phases() {
            let number = i32::try_from(placed.number).unwrap_or(i32::MAX);
            columns.ids.push(Uuid::now_v7());
            columns.numbers.push(number);
            columns.unit_procedures.push(placed.unit_procedure.to_owned());
            columns.operations.push(placed.operation.to_owned());
            columns.definitions.push(json(placed.phase)?);
            columns.after.push(json(&placed.after)?);
            columns.conditions.push(json(&placed.conditions)?);
        }
        Ok(columns)
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError::Database(sqlx::Error::Encode(Box::new(error))))
}

async fn year_of(unit: &mut UnitOfWork, plant: &PlantId, now: DateTime<Utc>) -> Result<i32, StorageError> {
    let zone = sqlx::query_scalar!("SELECT time_zone FROM plants WHERE id = $1", plant.as_str())
        .fetch_optional(unit.connection())
        .await?;
    let zone = zone.as_deref().and_then(time_zone);
    Ok(zone.map_or_else(|| now.year(), |zone| now.with_timezone(&zone).year()))
}

/// The master record that a batch is executed by, as it was frozen.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn frozen_master(
    database: &Database,
    scope: &PlantScope,
    id: &BatchId,
) -> Result<Option<BatchMasterRecord>, StorageError> {
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query!(
        r#"SELECT r.batch_id, r.master_record_id, r.master_version, r.procedure, r.content_hash, r.frozen_at,
               coalesce(u.name, r.frozen_by) AS frozen_by_name
           FROM batch_records AS r LEFT JOIN users AS u ON u.id = r.frozen_by WHERE r.batch_id = $1"#,
        id.as_str(),
    )
    .fetch_optional(&database.reader(scope))
    .await?;
    let Some(row) = row else { return Ok(None) };
    let unreadable = |cause: String| StorageError::Unreadable { table: "batch_records", id: id.0.clone(), cause };
    let hash = Sha256::digest(&row.procedure).to_vec();
    Ok(Some(BatchMasterRecord {
        procedure: serde_json::from_str(&row.procedure).map_err(|error| unreadable(error.to_string()))?,
        master_version: u32::try_from(row.master_version).map_err(|error| unreadable(error.to_string()))?,
        is_as_frozen: hash == row.content_hash,
        content_hash: hex::encode(hash),
        batch_id: BatchId(row.batch_id),
        master_record_id: MasterRecordId(row.master_record_id),
        frozen_at: row.frozen_at,
        frozen_by_name: row.frozen_by_name,
    }))
}
