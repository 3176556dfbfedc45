//! Tests of quality control, in the words of the old backend.

mod steps;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;
use viruj_api::legacy::testing::{
    CreatedTest, Named, OwnTest, ReviewedTest, TestEntry, TestedSample, WarehouseDecision,
};
use viruj_domain::{
    ids::PlantId,
    plant::PlantScope,
    testing::{Standing, TestStatus},
};

pub use self::steps::{assign, assign_officer, decide, recommend, review, start, store, submit};
use crate::{Database, StorageError, UnitOfWork, quality_samples::LockedSample};

/// The old backend gave them all at once; nobody scrolls further.
const MOST: i64 = 1000;

/// Which tests are wanted; what is not named does not matter.
#[derive(Clone, Debug, Default)]
pub struct Selection<'a> {
    pub sample: Option<Uuid>,
    pub statuses: Option<Vec<String>>,
    pub assigned_to: Option<&'a str>,
    pub qa_officer: Option<&'a str>,
    /// Whether the warehouse has acted.
    pub is_stored: Option<bool>,
}

/// A test with its sample and the names of the people.
#[derive(Clone, Debug)]
pub struct TestRow {
    id: Uuid,
    test_name: String,
    method: Option<String>,
    status: String,
    assigned_to: Option<String>,
    instrument_id: Option<String>,
    submitted_on: Option<DateTime<Utc>>,
    reviewed_by: Option<String>,
    manager_notes: Option<String>,
    result_data: Option<Value>,
    qa_officer_id: Option<String>,
    qa_officer_notes: Option<String>,
    qa_officer_recommendation: Option<String>,
    qa_manager_decision: Option<String>,
    qa_manager_decision_notes: Option<String>,
    material_disposition: Option<String>,
    warehouse_action: Option<String>,
    warehouse_notes: Option<String>,
    warehouse_acknowledged_at: Option<DateTime<Utc>>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
    sample_id: Uuid,
    entry_code: Option<String>,
    product_name: String,
    batch_number: Option<String>,
    sample_type: Option<String>,
    sample_date: Option<NaiveDate>,
    due_date: Option<NaiveDate>,
    sample_status: String,
    priority: Option<String>,
    analyst_name: Option<String>,
    reviewer_name: Option<String>,
    officer_name: Option<String>,
}

impl TestRow {
    fn sample(&self, status: Option<String>) -> TestedSample {
        TestedSample {
            id: self.sample_id,
            entry_code: self.entry_code.clone(),
            product_name: self.product_name.clone(),
            batch_number: self.batch_number.clone(),
            sample_type: self.sample_type.clone(),
            sample_date: self.sample_date,
            due_date: self.due_date,
            status,
            priority: self.priority.clone(),
        }
    }
}

impl From<TestRow> for TestEntry {
    fn from(row: TestRow) -> Self {
        Self {
            id: row.id,
            test_name: row.test_name,
            method: row.method,
            status: row.status,
            assigned_to: row.assigned_to,
            instrument_id: row.instrument_id,
            submitted_on: row.submitted_on.map(Into::into),
            reviewed_by: row.reviewed_by,
            manager_notes: row.manager_notes,
        }
    }
}

impl From<TestRow> for OwnTest {
    fn from(row: TestRow) -> Self {
        Self {
            result_data: row.result_data.clone(),
            created_at: row.created_at.map(Into::into),
            updated_at: row.updated_at.map(Into::into),
            sample: row.sample(Some(row.sample_status.clone())),
            test: row.into(),
        }
    }
}

impl From<TestRow> for ReviewedTest {
    fn from(row: TestRow) -> Self {
        Self {
            sample: row.sample(None),
            id: row.id,
            test_name: row.test_name,
            method: row.method,
            status: row.status,
            submitted_on: row.submitted_on.map(Into::into),
            result_data: row.result_data,
            manager_notes: row.manager_notes,
            reviewed_by: row.reviewed_by,
            analyst: Named { id: row.assigned_to.clone(), name: row.analyst_name },
            assigned_to: row.assigned_to,
            reviewer_name: row.reviewer_name,
            qa_officer: Named { id: row.qa_officer_id, name: row.officer_name },
            qa_officer_notes: row.qa_officer_notes,
            qa_officer_recommendation: row.qa_officer_recommendation,
            qa_manager_decision: row.qa_manager_decision,
            qa_manager_decision_notes: row.qa_manager_decision_notes,
            material_disposition: row.material_disposition,
        }
    }
}

impl From<TestRow> for WarehouseDecision {
    fn from(row: TestRow) -> Self {
        Self {
            warehouse_action: row.warehouse_action.clone(),
            warehouse_notes: row.warehouse_notes.clone(),
            warehouse_acknowledged_at: row.warehouse_acknowledged_at.map(Into::into),
            test: row.into(),
        }
    }
}

/// The selected tests of these plants, in the order in which they were made.
///
/// # Errors
/// Failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    selection: &Selection<'_>,
) -> Result<Vec<TestRow>, StorageError> {
    let rows = sqlx::query_as!(
        TestRow,
        r#"SELECT test.id, test.test_name, test.method, coalesce(test.status, $6) AS "status!", test.assigned_to,
               test.instrument_id, test.submitted_on, test.reviewed_by, test.manager_notes, test.result_data,
               test.qa_officer_id, test.qa_officer_notes, test.qa_officer_recommendation, test.qa_manager_decision,
               test.qa_manager_decision_notes, test.material_disposition, test.warehouse_action, test.warehouse_notes,
               test.warehouse_acknowledged_at, test.created_at, test.updated_at, test.sample_id, sample.entry_code,
               sample.product_name, sample.batch_number, sample.sample_type, sample.sample_date, sample.due_date,
               coalesce(sample.status, 'Pending') AS "sample_status!", sample.priority,
               analyst.name AS "analyst_name?", reviewer.name AS "reviewer_name?", officer.name AS "officer_name?"
           FROM quality_tests AS test
           JOIN quality_samples AS sample ON sample.id = test.sample_id
           LEFT JOIN users AS analyst ON analyst.id = test.assigned_to
           LEFT JOIN users AS reviewer ON reviewer.id = test.reviewed_by
           LEFT JOIN users AS officer ON officer.id = test.qa_officer_id
           WHERE ($1::uuid IS NULL OR test.sample_id = $1)
               AND ($2::text[] IS NULL OR test.status = ANY ($2))
               AND ($3::text IS NULL OR test.assigned_to = $3)
               AND ($4::text IS NULL OR test.qa_officer_id = $4)
               AND ($5::boolean IS NULL OR (test.warehouse_action IS NOT NULL) = $5)
           ORDER BY CASE WHEN test.created_at IS NULL THEN 'epoch' ELSE test.created_at END, test.id LIMIT $7"#,
        selection.sample,
        selection.statuses.as_deref(),
        selection.assigned_to,
        selection.qa_officer,
        selection.is_stored,
        TestStatus::NotStarted.as_str(),
        MOST,
    )
    .fetch_all(&database.reader(scope))
    .await?;
    Ok(rows)
}

/// A test that is added to a sample.
#[derive(Clone, Debug)]
pub struct NewTest {
    pub id: Uuid,
    pub name: String,
    pub method: Option<String>,
}

/// Adds tests to a sample, in this order.
///
/// # Errors
/// Failures of the database.
pub async fn create(
    unit: &mut UnitOfWork,
    sample: Uuid,
    plant: Option<&PlantId>,
    tests: &[NewTest],
    now: DateTime<Utc>,
) -> Result<Vec<CreatedTest>, StorageError> {
    let status = TestStatus::NotStarted.as_str();
    sqlx::query!(
        "INSERT INTO quality_tests (id, sample_id, test_name, method, status, created_at, updated_at, plant_id)
         SELECT id, $4, test_name, method, $5, $6, $6, $7
         FROM unnest($1::uuid[], $2::text[], $3::text[]) AS test (id, test_name, method)",
        &tests.iter().map(|test| test.id).collect::<Vec<_>>(),
        &tests.iter().map(|test| test.name.clone()).collect::<Vec<_>>(),
        &tests.iter().map(|test| test.method.clone()).collect::<Vec<_>>() as &[Option<String>],
        sample,
        status,
        now,
        plant.map(PlantId::as_str),
    )
    .execute(unit.connection())
    .await?;
    let created = tests.iter().map(|test| CreatedTest {
        id: test.id,
        test_name: test.name.clone(),
        method: test.method.clone(),
        status: status.to_owned(),
    });
    Ok(created.collect())
}

/// Adds tests to a sample that is there already.
///
/// # Errors
/// Failures of the database.
pub async fn add(
    unit: &mut UnitOfWork,
    sample: &LockedSample,
    tests: &[NewTest],
    now: DateTime<Utc>,
) -> Result<Vec<CreatedTest>, StorageError> {
    create(unit, sample.id, sample.plant_id.as_ref(), tests, now).await
}

/// A test before its next step, locked until the transaction ends.
#[derive(Clone, Debug)]
pub struct LockedTest {
    pub id: Uuid,
    pub test_name: String,
    pub plant_id: Option<PlantId>,
    pub product_name: Option<String>,
    pub entry_code: Option<String>,
    pub submitted_on: Option<DateTime<Utc>>,
    status: Option<String>,
    assigned_to: Option<String>,
    submitted_by: Option<String>,
    reviewed_by: Option<String>,
    qa_officer_id: Option<String>,
    warehouse_action: Option<String>,
}

impl LockedTest {
    /// What the rules ask for.
    #[must_use]
    pub fn standing(&self) -> Standing<'_> {
        Standing {
            status: self.status.as_deref(),
            assigned_to: self.assigned_to.as_deref(),
            submitted_by: self.submitted_by.as_deref(),
            reviewed_by: self.reviewed_by.as_deref(),
            qa_officer: self.qa_officer_id.as_deref(),
            warehouse_action: self.warehouse_action.as_deref(),
        }
    }
}

/// Locks a test, so that its steps are taken one after the other.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: Uuid) -> Result<Option<LockedTest>, StorageError> {
    let row = sqlx::query!(
        r#"SELECT test.id, test.test_name, test.plant_id, sample.product_name AS "product_name?",
               sample.entry_code AS "entry_code?", test.submitted_on, test.status, test.assigned_to, test.submitted_by,
               test.reviewed_by, test.qa_officer_id, test.warehouse_action
           FROM quality_tests AS test LEFT JOIN quality_samples AS sample ON sample.id = test.sample_id
           WHERE test.id = $1 FOR UPDATE OF test"#,
        id,
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(row.map(|row| LockedTest {
        id: row.id,
        test_name: row.test_name,
        plant_id: row.plant_id.map(PlantId),
        product_name: row.product_name,
        entry_code: row.entry_code,
        submitted_on: row.submitted_on,
        status: row.status,
        assigned_to: row.assigned_to,
        submitted_by: row.submitted_by,
        reviewed_by: row.reviewed_by,
        qa_officer_id: row.qa_officer_id,
        warehouse_action: row.warehouse_action,
    }))
}
