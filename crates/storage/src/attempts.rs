//! Attempts to prove to be somebody, counted by every replica together.
//!
//! An attempt is taken before it is judged and given back when it was right: so many at once are so many, however many
//! replicas judge them. Nothing here is a record; what failed is in the trail as an event.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Database, StorageError, UnitOfWork};

/// So many attempts within the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub attempts: u32,
    pub window: TimeDelta,
}

/// What is counted together.
#[derive(Clone, Copy, Debug)]
pub struct Bucket<'a> {
    /// One word.
    pub kind: &'a str,
    /// A tag; what people typed does not come here.
    pub key: &'a [u8],
    /// Whose attempts they are, where that is known.
    pub person_id: Option<&'a str>,
    pub limit: Limit,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It may be made; `count` of the window have been taken, with this one.
    Open {
        id: i64,
        count: i64,
    },
    Closed {
        until: DateTime<Utc>,
    },
}

/// Older attempts are purged; no window is longer.
const LONGEST_WINDOW: TimeDelta = TimeDelta::hours(24);

/// Takes an attempt, unless the window is full. Callers of one bucket wait for each other for the length of this call.
///
/// # Errors
/// Failures of the database.
pub async fn take(database: &Database, bucket: Bucket<'_>, now: DateTime<Utc>) -> Result<Taken, StorageError> {
    let mut transaction = database.system().begin().await?;
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1 || encode($2, 'hex'), 0))", bucket.kind, bucket.key)
        .execute(&mut *transaction)
        .await?;
    let row = sqlx::query!(
        r#"WITH full_since AS (
               SELECT at FROM attempts WHERE kind = $1 AND key = $2 AND at > $3 ORDER BY at DESC OFFSET $4::bigint - 1 LIMIT 1),
           taken AS (
               INSERT INTO attempts (kind, key, person_id, at)
               SELECT $1, $2, $5, $6 WHERE NOT EXISTS (SELECT FROM full_since) RETURNING id)
           SELECT (SELECT id FROM taken) AS id, (SELECT at FROM full_since) AS full_since,
               (SELECT count(*) FROM attempts WHERE kind = $1 AND key = $2 AND at > $3) AS "before!""#,
        bucket.kind,
        bucket.key,
        now - bucket.limit.window,
        i64::from(bucket.limit.attempts),
        bucket.person_id,
        now,
    )
    .fetch_one(&mut *transaction)
    .await?;
    sqlx::query!(
        "DELETE FROM attempts WHERE id IN (
             SELECT id FROM attempts WHERE at < $1 ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED)",
        now - LONGEST_WINDOW,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(match (row.id, row.full_since) {
        (Some(id), _) => Taken::Open { id, count: row.before + 1 },
        (None, since) => Taken::Closed { until: since.unwrap_or(now) + bucket.limit.window },
    })
}

/// Gives attempts back that were right.
///
/// # Errors
/// Failures of the database.
pub async fn give_back(database: &Database, ids: &[i64]) -> Result<(), StorageError> {
    sqlx::query!("DELETE FROM attempts WHERE id = ANY ($1)", ids).execute(database.system()).await?;
    Ok(())
}

/// Empties a bucket: somebody has shown to know what others guess at.
///
/// # Errors
/// Failures of the database.
pub async fn clear(database: &Database, bucket: Bucket<'_>) -> Result<(), StorageError> {
    sqlx::query!("DELETE FROM attempts WHERE kind = $1 AND key = $2", bucket.kind, bucket.key)
        .execute(database.system())
        .await?;
    Ok(())
}

/// Forgets what was counted for a person: an administrator unlocks the account.
///
/// # Errors
/// Failures of the database.
pub async fn forget_person(unit: &mut UnitOfWork, person_id: &str) -> Result<(), StorageError> {
    sqlx::query!("DELETE FROM attempts WHERE person_id = $1", person_id).execute(unit.connection()).await?;
    Ok(())
}
