//! What each step of a test writes down. Whether it may be taken is decided by `viruj_domain::testing`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;
use viruj_domain::{
    ids::UserId,
    testing::{TestStatus, Verdict, WarehouseAction},
};

use crate::{StorageError, UnitOfWork};

/// # Errors
/// Failures of the database.
pub async fn assign(
    unit: &mut UnitOfWork,
    id: Uuid,
    analyst: &UserId,
    status: TestStatus,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE quality_tests SET assigned_to = $2, status = $3, updated_at = $4 WHERE id = $1",
        id,
        analyst.as_str(),
        status.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// Failures of the database.
pub async fn start(
    unit: &mut UnitOfWork,
    id: Uuid,
    status: TestStatus,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!("UPDATE quality_tests SET status = $2, updated_at = $3 WHERE id = $1", id, status.as_str(), now)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// # Errors
/// Failures of the database.
pub async fn submit(
    unit: &mut UnitOfWork,
    id: Uuid,
    analyst: &UserId,
    results: &Value,
    status: TestStatus,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE quality_tests SET result_data = $2, submitted_by = $3, submitted_on = $4, status = $5, updated_at = $4
         WHERE id = $1",
        id,
        results,
        analyst.as_str(),
        now,
        status.as_str(),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// Failures of the database.
pub async fn review(
    unit: &mut UnitOfWork,
    id: Uuid,
    reviewer: &UserId,
    notes: Option<&str>,
    status: TestStatus,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE quality_tests SET reviewed_by = $2, manager_notes = $3, status = $4, updated_at = $5 WHERE id = $1",
        id,
        reviewer.as_str(),
        notes,
        status.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// Failures of the database.
pub async fn assign_officer(
    unit: &mut UnitOfWork,
    id: Uuid,
    officer: &UserId,
    notes: Option<&str>,
    status: TestStatus,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE quality_tests SET qa_officer_id = $2, qa_officer_notes = $3, status = $4, updated_at = $5 WHERE id = $1",
        id,
        officer.as_str(),
        notes,
        status.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// The officer's notes take the place of what the officer was told; without any, that stays.
///
/// # Errors
/// Failures of the database.
pub async fn recommend(
    unit: &mut UnitOfWork,
    id: Uuid,
    recommendation: Verdict,
    notes: Option<&str>,
    status: TestStatus,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE quality_tests SET qa_officer_recommendation = $2, qa_officer_notes = coalesce($3, qa_officer_notes),
             status = $4, updated_at = $5
         WHERE id = $1",
        id,
        recommendation.as_str(),
        notes,
        status.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// What becomes of the material is what the status says.
///
/// # Errors
/// Failures of the database.
pub async fn decide(
    unit: &mut UnitOfWork,
    id: Uuid,
    decision: Verdict,
    notes: Option<&str>,
    status: TestStatus,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE quality_tests SET qa_manager_decision = $2, qa_manager_decision_notes = $3, status = $4,
             material_disposition = $5, updated_at = $6
         WHERE id = $1",
        id,
        decision.as_str(),
        notes,
        status.as_str(),
        status.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// Failures of the database.
pub async fn store(
    unit: &mut UnitOfWork,
    id: Uuid,
    action: WarehouseAction,
    notes: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE quality_tests SET warehouse_action = $2, warehouse_notes = $3, warehouse_acknowledged_at = $4,
             updated_at = $4
         WHERE id = $1",
        id,
        action.as_str(),
        notes,
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
