//! What is done to an action.

use chrono::{DateTime, Utc};
use viruj_api::capas::{OpenCapa, PlanCapa};
use viruj_domain::{
    deviation::capa::{CapaStatus, Effectiveness},
    ids::{CapaId, PlantId, UserId},
};

use crate::{StorageError, UnitOfWork, deviations::next_code};

/// The series of the codes, for example `CAPA-26-001`.
const SERIES: &str = "CAPA";

/// Opens an action; the deviation counts it.
///
/// # Errors
/// [`StorageError::Conflict`] when there is one with its id, failures of the database.
pub async fn open(
    unit: &mut UnitOfWork,
    id: CapaId,
    plant: &PlantId,
    new: &OpenCapa,
    (person, now): (&UserId, DateTime<Utc>),
) -> Result<(), StorageError> {
    let code = next_code(unit, SERIES, plant, now).await?;
    sqlx::query!(
        "INSERT INTO capas (id, plant_id, deviation_id, code, title, problem, status, owner_id, due_on, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.0,
        plant.as_str(),
        new.deviation_id.0,
        code,
        new.title.trim(),
        new.problem.trim(),
        CapaStatus::Open.as_str(),
        new.owner_id.as_str(),
        new.due_on,
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// Failures of the database, which refuses what does not follow from where the action stands.
pub async fn set_status(unit: &mut UnitOfWork, id: CapaId, status: CapaStatus) -> Result<(), StorageError> {
    sqlx::query!("UPDATE capas SET status = $2 WHERE id = $1", id.0, status.as_str())
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// # Errors
/// As [`set_status`].
pub async fn plan(unit: &mut UnitOfWork, id: CapaId, status: CapaStatus, plan: &PlanCapa) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE capas SET status = $2, action = $3, owner_id = $4, due_on = $5 WHERE id = $1",
        id.0,
        status.as_str(),
        plan.action.trim(),
        plan.owner_id.as_str(),
        plan.due_on,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Notes that it was done; a verdict of the round before no longer stands.
///
/// # Errors
/// As [`set_status`].
pub async fn report_done(
    unit: &mut UnitOfWork,
    id: CapaId,
    status: CapaStatus,
    note: &str,
    (person, now): (&UserId, DateTime<Utc>),
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE capas SET status = $2, done_note = $3, done_by = $4, done_at = $5, effectiveness = NULL,
             effectiveness_note = NULL, judged_by = NULL, judged_at = NULL
         WHERE id = $1",
        id.0,
        status.as_str(),
        note.trim(),
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Notes what the check has shown; one that did not work begins another round.
///
/// # Errors
/// As [`set_status`].
pub async fn judge(
    unit: &mut UnitOfWork,
    id: CapaId,
    status: CapaStatus,
    (effectiveness, note): (Effectiveness, &str),
    (person, now): (&UserId, DateTime<Utc>),
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE capas SET status = $2, effectiveness = $3, effectiveness_note = $4, judged_by = $5, judged_at = $6,
             rounds = rounds + CASE WHEN $3 = 'not_effective' THEN 1 ELSE 0 END
         WHERE id = $1",
        id.0,
        status.as_str(),
        effectiveness.as_str(),
        note.trim(),
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// As [`set_status`].
pub async fn close(
    unit: &mut UnitOfWork,
    id: CapaId,
    (person, now): (&UserId, DateTime<Utc>),
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE capas SET status = $2, closed_by = $3, closed_at = $4 WHERE id = $1",
        id.0,
        CapaStatus::Closed.as_str(),
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
