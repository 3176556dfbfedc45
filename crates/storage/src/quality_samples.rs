//! Samples of quality control, in the words of the old backend.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use viruj_api::legacy::testing::{AssignedSample, SampleEntry, UnassignedSample};
use viruj_domain::{
    ids::{PlantId, UserId},
    plant::PlantScope,
    receiving::{SAMPLE_PRIORITY, SAMPLE_TYPE},
    testing::SampleStatus,
};

use crate::{Database, StorageError, UnitOfWork, gate_entries::LockedGateEntry};

/// The old backend gave them all at once; nobody scrolls further.
const MOST: i64 = 1000;

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
