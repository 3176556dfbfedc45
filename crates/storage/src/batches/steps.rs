//! What is done to a whole batch.

use chrono::{DateTime, Utc};
use viruj_api::batches::BatchRow;
use viruj_domain::{batch::BatchCourse, ids::BatchId};

use super::find_on;
use crate::{StorageError, UnitOfWork};

/// A batch that nobody else changes until the transaction ends.
#[derive(Clone, Debug)]
pub struct LockedBatch {
    pub row: BatchRow,
    /// What the rules need to know of it.
    pub course: BatchCourse,
}

/// Locks a batch.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn lock(
    unit: &mut UnitOfWork,
    id: &BatchId,
    now: DateTime<Utc>,
) -> Result<Option<LockedBatch>, StorageError> {
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    sqlx::query_scalar!("SELECT id FROM production_batches WHERE id = $1 FOR UPDATE", id.as_str())
        .fetch_optional(unit.connection())
        .await?;
    let Some(row) = find_on(unit.connection(), id).await? else { return Ok(None) };
    let found = sqlx::query!(
        r#"SELECT count(*) AS "phases!", count(*) FILTER (WHERE status <> 'Pending') AS "begun!"
           FROM batch_phases WHERE batch_id = $1"#,
        id.as_str(),
    )
    .fetch_one(unit.connection())
    .await?;
    let course = BatchCourse {
        status: row.status,
        held_from: row.held_from,
        release: row.release_status,
        record: row.record_status,
        // A batch of the legacy system has no phases here; what is left of its course is when it was to begin.
        has_begun: found.begun > 0 || (found.phases == 0 && row.started_at <= now),
    };
    Ok(Some(LockedBatch { row, course }))
}

/// Writes where the batch stands now; `hold_reason` is why it is on hold, when it is.
///
/// # Errors
/// Failures of the database, which refuses what does not follow from where the batch stood.
pub async fn write_course(
    unit: &mut UnitOfWork,
    id: &BatchId,
    course: BatchCourse,
    hold_reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE production_batches SET status = $2, held_from = $3, qa_release_status = $4, hold_reason = $5,
             updated_at = $6
         WHERE id = $1",
        id.as_str(),
        course.status.as_str(),
        course.held_from.map(|status| status.as_str()),
        course.release.as_str(),
        hold_reason,
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// The batch as the transaction has made it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn find_in(unit: &mut UnitOfWork, id: &BatchId) -> Result<Option<BatchRow>, StorageError> {
    find_on(unit.connection(), id).await
}
