//! Samples of quality control, in the words of the old backend.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use viruj_api::legacy::testing::{AssignedSample, SampleEntry, UnassignedSample};
use viruj_domain::{
    ids::{BatchId, OperationId, PhaseId, PlantId, UserId},
    phase::{PhaseDefinition, PhaseKind},
    plant::PlantScope,
    receiving::{SAMPLE_PRIORITY, SAMPLE_TYPE},
    testing::{SampleStatus, TestStatus},
};

use crate::{Database, StorageError, UnitOfWork, gate_entries::LockedGateEntry};

/// The old backend gave them all at once; nobody scrolls further.
const MOST: i64 = 1000;
/// What a sample of a batch is called, beside those of deliveries.
const BATCH_SAMPLE: &str = "IPC";

/// A sample of a delivery.
#[derive(Clone, Debug)]
pub struct NewSample<'a> {
    pub id: Uuid,
    pub grn_id: Uuid,
    pub gate_entry: &'a LockedGateEntry,
    pub plant_id: &'a PlantId,
    pub sampled_on: NaiveDate,
    pub due_on: NaiveDate,
    pub requested_by: &'a UserId,
    pub requested_by_name: &'a str,
    pub created_at: DateTime<Utc>,
}

/// A sample, locked until the transaction ends.
#[derive(Clone, Debug)]
pub struct LockedSample {
    pub id: Uuid,
    pub status: Option<String>,
    pub plant_id: Option<PlantId>,
}

/// The samples that nobody works on yet, or those that somebody does, the newest first.
///
/// # Errors
/// Failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    is_assigned: bool,
) -> Result<Vec<UnassignedSample>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT sample.id, grn_id, entry_code, product_name, batch_number, sample_type, sample_date, due_date,
               coalesce(status, $2) AS "status!", analyst_id, requested_by_name, priority, qa_notes,
               (SELECT count(*) FROM quality_tests AS test WHERE test.sample_id = sample.id) AS "test_count!"
           FROM quality_samples AS sample WHERE (analyst_id IS NOT NULL) = $1
           ORDER BY CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END DESC, sample.id DESC LIMIT $3"#,
        is_assigned,
        SampleStatus::Pending.as_str(),
        MOST,
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let samples = rows.into_iter().map(|row| UnassignedSample {
        sample: SampleEntry {
            id: row.id,
            grn_id: row.grn_id,
            entry_code: row.entry_code,
            product_name: row.product_name,
            batch_number: row.batch_number,
            sample_type: row.sample_type,
            sample_date: row.sample_date,
            due_date: row.due_date,
            status: row.status,
            analyst_id: row.analyst_id,
            requested_by_name: row.requested_by_name,
            priority: row.priority,
            test_count: row.test_count,
        },
        qa_notes: row.qa_notes,
    });
    Ok(samples.collect())
}

/// Whether the sample is one of these plants.
///
/// # Errors
/// Failures of the database.
pub async fn exists(database: &Database, scope: &PlantScope, id: Uuid) -> Result<bool, StorageError> {
    let exists = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM quality_samples WHERE id = $1) AS "exists!""#, id)
        .fetch_one(&database.reader(scope))
        .await?;
    Ok(exists)
}

/// # Errors
/// Failures of the database.
pub async fn create(unit: &mut UnitOfWork, sample: &NewSample<'_>) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO quality_samples (id, grn_id, entry_code, product_name, batch_number, sample_type, sample_date,
             due_date, status, requested_by, requested_by_name, priority, created_at, updated_at, plant_id)
         VALUES ($1, $2, $3, left($4, 200), $3, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)",
        sample.id,
        sample.grn_id,
        sample.gate_entry.entry_code,
        sample.gate_entry.material_name,
        SAMPLE_TYPE,
        sample.sampled_on,
        sample.due_on,
        SampleStatus::Pending.as_str(),
        sample.requested_by.as_str(),
        sample.requested_by_name,
        SAMPLE_PRIORITY,
        sample.created_at,
        sample.plant_id.as_str(),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: Uuid) -> Result<Option<LockedSample>, StorageError> {
    let row = sqlx::query!("SELECT id, status, plant_id FROM quality_samples WHERE id = $1 FOR UPDATE", id)
        .fetch_optional(unit.connection())
        .await?;
    Ok(row.map(|row| LockedSample { id: row.id, status: row.status, plant_id: row.plant_id.map(PlantId) }))
}

/// Gives the sample to an analyst.
///
/// # Errors
/// Failures of the database.
pub async fn assign(
    unit: &mut UnitOfWork,
    id: Uuid,
    analyst: &UserId,
    status: SampleStatus,
    now: DateTime<Utc>,
) -> Result<AssignedSample, StorageError> {
    let product_name = sqlx::query_scalar!(
        "UPDATE quality_samples SET analyst_id = $2, status = $3, updated_at = $4 WHERE id = $1 RETURNING product_name",
        id,
        analyst.as_str(),
        status.as_str(),
        now,
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(AssignedSample { id, product_name, analyst_id: analyst.0.clone(), status: status.as_str().to_owned() })
}

/// A sample that somebody took in a batch.
#[derive(Clone, Debug)]
pub struct TakenSample<'a> {
    pub operation: OperationId,
    /// The entry in whose place this one comes: the same sample, with another container.
    pub corrects: Option<OperationId>,
    pub batch: &'a BatchId,
    pub plant: &'a PlantId,
    pub phase: PhaseId,
    pub container: &'a str,
    pub person_id: &'a UserId,
    pub person_name: &'a str,
    pub taken_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
}

/// Hands a sample of a batch to the laboratory, with the tests that its phase asks for.
///
/// # Errors
/// [`StorageError::Unreadable`] for a phase whose definition cannot be read, failures of the database.
pub async fn take(unit: &mut UnitOfWork, taken: &TakenSample<'_>) -> Result<(), StorageError> {
    if let Some(corrected) = taken.corrects {
        let done = sqlx::query!(
            "UPDATE quality_samples SET operation_id = $2, container = $3, updated_at = $4 WHERE operation_id = $1",
            corrected.0,
            taken.operation.0,
            taken.container,
            taken.received_at,
        )
        .execute(unit.connection())
        .await?;
        if done.rows_affected() > 0 {
            return Ok(());
        }
    }
    let phase = sqlx::query!(
        "SELECT phase.definition, batch.batch_number, batch.product_name
         FROM batch_phases AS phase JOIN production_batches AS batch ON batch.id = phase.batch_id WHERE phase.id = $1",
        taken.phase.0,
    )
    .fetch_one(unit.connection())
    .await?;
    let definition: PhaseDefinition = serde_json::from_str(&phase.definition).map_err(|error| {
        StorageError::Unreadable { table: "batch_phases", id: taken.phase.to_string(), cause: error.to_string() }
    })?;
    let PhaseKind::SampleRequest { tests, .. } = definition.kind else { return Ok(()) };
    let id = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO quality_samples (id, product_name, batch_number, sample_type, sample_date, status, requested_by,
             requested_by_name, priority, created_at, updated_at, plant_id, batch_id, operation_id, container)
         VALUES ($1, left($2, 200), left($3, 100), $4, $5, $6, $7, left($8, 200), $9, $10, $10, $11, $12, $13, $14)",
        id,
        phase.product_name,
        phase.batch_number,
        BATCH_SAMPLE,
        taken.taken_at.date_naive(),
        SampleStatus::Pending.as_str(),
        taken.person_id.as_str(),
        taken.person_name,
        SAMPLE_PRIORITY,
        taken.received_at,
        taken.plant.as_str(),
        taken.batch.as_str(),
        taken.operation.0,
        taken.container,
    )
    .execute(unit.connection())
    .await?;
    let ids: Vec<Uuid> = tests.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "INSERT INTO quality_tests (id, sample_id, test_name, status, created_at, updated_at, plant_id)
         SELECT asked.id, $1, left(asked.name, 200), $2, $3, $3, $4 FROM unnest($5::uuid[], $6::text[]) AS asked (id, name)",
        id,
        TestStatus::NotStarted.as_str(),
        taken.received_at,
        taken.plant.as_str(),
        &ids,
        &tests,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
