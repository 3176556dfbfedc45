//! Creations that are sent twice and done once: a key of the caller, and the sealed answer that it was given.

use chrono::{DateTime, Utc};
use viruj_domain::ids::UserId;

use crate::{StorageError, UnitOfWork};

/// Expired rows that one creation clears away.
const CLEARED_AT_ONCE: i64 = 100;

/// What a caller claims.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    pub person: &'a UserId,
    pub key: &'a str,
    /// The operation's id: the same key at another place is another request.
    pub operation: &'a str,
    pub request_hash: [u8; 32],
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Nobody has used it: the work is done now, and its answer kept with [`settle`].
    New,
    /// The same request was done before.
    Done { status: u16, sealed_answer: Vec<u8> },
    /// The key belongs to another request.
    OfAnother,
}

/// Claims a key; a request with the same key that runs at the same time is waited for.
///
/// # Errors
/// Failures of the database.
pub async fn claim(unit: &mut UnitOfWork, claim: &Claim<'_>) -> Result<Claimed, StorageError> {
    sqlx::query!(
        "DELETE FROM idempotency_keys WHERE (user_id, key) IN (
             SELECT user_id, key FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        claim.now,
        CLEARED_AT_ONCE,
    )
    .execute(unit.connection())
    .await?;
    let claimed = sqlx::query_scalar!(
        r#"INSERT INTO idempotency_keys AS known (user_id, key, operation, request_hash, created_at, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (user_id, key) DO UPDATE SET operation = excluded.operation, request_hash = excluded.request_hash,
               created_at = excluded.created_at, expires_at = excluded.expires_at, status = NULL, sealed_answer = NULL
           WHERE known.expires_at <= excluded.created_at
           RETURNING true AS "claimed!""#,
        claim.person.as_str(),
        claim.key,
        claim.operation,
        &claim.request_hash[..],
        claim.now,
        claim.expires_at,
    )
    .fetch_optional(unit.connection())
    .await?;
    if claimed.is_some() {
        return Ok(Claimed::New);
    }
    let known = sqlx::query!(
        "SELECT operation, request_hash, status, sealed_answer FROM idempotency_keys WHERE user_id = $1 AND key = $2",
        claim.person.as_str(),
        claim.key,
    )
    .fetch_one(unit.connection())
    .await?;
    let is_same = known.operation == claim.operation && known.request_hash == claim.request_hash;
    match (is_same, known.status.and_then(|status| u16::try_from(status).ok()), known.sealed_answer) {
        (true, Some(status), Some(sealed_answer)) => Ok(Claimed::Done { status, sealed_answer }),
        _ => Ok(Claimed::OfAnother),
    }
}

/// Keeps the answer beside its key, in the transaction that did the work.
///
/// # Errors
/// Failures of the database.
pub async fn settle(
    unit: &mut UnitOfWork,
    person: &UserId,
    key: &str,
    status: u16,
    sealed_answer: &[u8],
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE idempotency_keys SET status = $3, sealed_answer = $4 WHERE user_id = $1 AND key = $2",
        person.as_str(),
        key,
        i16::try_from(status).unwrap_or(i16::MAX),
        sealed_answer,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
