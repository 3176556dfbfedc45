//! What is done to a deviation, and what follows from it in its batch.

use chrono::{DateTime, Utc};
use viruj_api::deviations::{DeviationSummary, EditDeviation};
use viruj_domain::{
    deviation::{self, DeviationStatus, Severity},
    execution::settle,
    ids::{BatchId, DeviationId, UserId},
};

use super::{NewDeviation, SERIES, next_code};
use crate::{StorageError, UnitOfWork, plant_store::lock_batch};

/// Opens a deviation that a person reports.
///
/// # Errors
/// [`StorageError::Conflict`] when there is one with its id, failures of the database.
pub async fn report(unit: &mut UnitOfWork, new: &NewDeviation<'_>) -> Result<(), StorageError> {
    let code = next_code(unit, SERIES, new.plant_id, new.now).await?;
    sqlx::query!(
        "INSERT INTO deviations (id, plant_id, batch_id, phase_id, code, cause, severity, status, description,
             immediate_action, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        new.id.0,
        new.plant_id.as_str(),
        new.batch_id.map(BatchId::as_str),
        new.phase_id.map(|phase| phase.0),
        code,
        deviation::DeviationCause::RecordedByPerson.as_str(),
        new.severity.as_str(),
        DeviationStatus::Open.as_str(),
        new.description,
        new.immediate_action,
        new.person.as_str(),
        new.now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Somebody takes the investigation on.
///
/// # Errors
/// Failures of the database, which refuses what does not follow from where the deviation stands.
pub async fn begin_investigation(unit: &mut UnitOfWork, id: DeviationId, person: &UserId) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE deviations SET status = $2, assigned_to = $3,
             investigators = CASE WHEN $3 = ANY (investigators) THEN investigators ELSE investigators || $3 END
         WHERE id = $1",
        id.0,
        DeviationStatus::Investigation.as_str(),
        person.as_str(),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Puts what was found out in the place of what was written before; whoever wrote it is one of its investigators.
///
/// # Errors
/// As [`begin_investigation`].
pub async fn edit(
    unit: &mut UnitOfWork,
    id: DeviationId,
    edit: &EditDeviation,
    person: &UserId,
) -> Result<(), StorageError> {
    let affected: Vec<String> = edit.affected_batches.iter().map(|batch| batch.0.clone()).collect();
    sqlx::query!(
        "UPDATE deviations SET immediate_action = $2, investigation = $3, root_cause = $4, impact_assessment = $5,
             affected_batches = $6, disposition = $7, disposition_reason = $8, no_capa_reason = $9,
             investigators = CASE WHEN $10 = ANY (investigators) THEN investigators ELSE investigators || $10 END
         WHERE id = $1",
        id.0,
        edit.immediate_action,
        edit.investigation,
        edit.root_cause,
        edit.impact_assessment,
        &affected,
        edit.disposition.map(deviation::Disposition::as_str),
        edit.disposition_reason,
        edit.no_capa_reason,
        person.as_str(),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// As [`begin_investigation`].
pub async fn change_severity(unit: &mut UnitOfWork, id: DeviationId, severity: Severity) -> Result<(), StorageError> {
    sqlx::query!("UPDATE deviations SET severity = $2 WHERE id = $1", id.0, severity.as_str())
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Counts an action that was opened from it.
///
/// # Errors
/// As [`begin_investigation`].
pub async fn count_capa(unit: &mut UnitOfWork, id: DeviationId) -> Result<(), StorageError> {
    sqlx::query!("UPDATE deviations SET capas = capas + 1 WHERE id = $1", id.0).execute(unit.connection()).await?;
    Ok(())
}

/// Brings a deviation into a status; `person` is whoever reviewed, closed or rejected it with that.
///
/// # Errors
/// As [`begin_investigation`].
pub async fn set_status(
    unit: &mut UnitOfWork,
    id: DeviationId,
    status: DeviationStatus,
    person: &UserId,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let is_reviewed = status == DeviationStatus::PendingFinalApproval;
    // A decision keeps the review that it rests on; going back leaves none standing.
    let keeps_review = !status.is_open();
    sqlx::query!(
        "UPDATE deviations SET status = $2,
             reviewed_by = CASE WHEN $3 THEN $5 WHEN $4 THEN reviewed_by END,
             closed_by = CASE WHEN $4 THEN $5 END, closed_at = CASE WHEN $4 THEN $6::timestamptz END
         WHERE id = $1",
        id.0,
        status.as_str(),
        is_reviewed,
        keeps_review,
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Lets what follows from the decision take effect in the batch: phases that are not executed after all, or are again.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn settle_batch(
    unit: &mut UnitOfWork,
    deviation: &DeviationSummary,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let Some(batch_id) = &deviation.batch_id else { return Ok(()) };
    let Some(batch) = lock_batch(unit.connection(), &deviation.plant_id, batch_id).await? else { return Ok(()) };
    let settlement = settle(batch.status, batch.record_status, &batch.phases);
    for (phase, status) in settlement.phases {
        sqlx::query!("UPDATE batch_phases SET status = $2 WHERE id = $1", phase.0, status.as_str())
            .execute(unit.connection())
            .await?;
    }
    sqlx::query!(
        "UPDATE production_batches SET status = $2, bmr_status = $3, updated_at = $4
         WHERE id = $1 AND (status, coalesce(bmr_status, 'Incomplete')) IS DISTINCT FROM ($2::text, $3::text)",
        batch.id.as_str(),
        settlement.batch_status.as_str(),
        settlement.record_status.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
