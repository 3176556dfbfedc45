//! Second factors: sealed secrets, the newest code that was taken, and recovery codes.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use viruj_domain::ids::UserId;

use crate::{StorageError, UnitOfWork};

/// A second factor, locked until the transaction ends.
#[derive(Clone)]
pub struct SecondFactor {
    pub sealed_secret: Vec<u8>,
    pub is_confirmed: bool,
    pub last_step: i64,
}

/// How it stands with a person's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factors {
    /// It is asked for at sign-in.
    pub has_second_factor: bool,
    pub recovery_codes_left: i64,
}

/// # Errors
/// Failures of the database.
pub async fn of_person(connection: &mut PgConnection, id: &UserId) -> Result<Factors, StorageError> {
    let factors = sqlx::query_as!(
        Factors,
        r#"SELECT EXISTS (SELECT FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)
                   AS "has_second_factor!",
               (SELECT count(*) FROM recovery_codes WHERE user_id = $1) AS "recovery_codes_left!""#,
        id.as_str(),
    )
    .fetch_one(connection)
    .await?;
    Ok(factors)
}

/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: &UserId) -> Result<Option<SecondFactor>, StorageError> {
    let factor = sqlx::query_as!(
        SecondFactor,
        r#"SELECT sealed_secret, confirmed_at IS NOT NULL AS "is_confirmed!", last_step
           FROM second_factors WHERE user_id = $1 FOR UPDATE"#,
        id.as_str(),
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(factor)
}

/// Everybody's sealed secret, locked until the transaction ends.
///
/// # Errors
/// Failures of the database.
pub async fn lock_all(unit: &mut UnitOfWork) -> Result<Vec<(UserId, Vec<u8>)>, StorageError> {
    let factors = sqlx::query!("SELECT user_id, sealed_secret FROM second_factors ORDER BY user_id FOR UPDATE")
        .fetch_all(unit.connection())
        .await?;
    Ok(factors.into_iter().map(|factor| (UserId(factor.user_id), factor.sealed_secret)).collect())
}

/// Keeps the same secret under another seal.
///
/// # Errors
/// Failures of the database.
pub async fn seal_anew(unit: &mut UnitOfWork, id: &UserId, sealed_secret: &[u8]) -> Result<(), StorageError> {
    sqlx::query!("UPDATE second_factors SET sealed_secret = $2 WHERE user_id = $1", id.as_str(), sealed_secret)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Puts a new secret in place that a code must confirm; false when a confirmed one is there.
///
/// # Errors
/// Failures of the database.
pub async fn begin(
    unit: &mut UnitOfWork,
    id: &UserId,
    sealed_secret: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let begun = sqlx::query!(
        "INSERT INTO second_factors (user_id, sealed_secret, begun_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, begun_at = excluded.begun_at,
             last_step = 0
         WHERE second_factors.confirmed_at IS NULL",
        id.as_str(),
        sealed_secret,
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(begun.rows_affected() == 1)
}

/// From now on it is asked for; `recovery_codes` are the hashes of the codes that the person is shown.
///
/// # Errors
/// Failures of the database.
pub async fn confirm(
    unit: &mut UnitOfWork,
    id: &UserId,
    recovery_codes: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!("UPDATE second_factors SET confirmed_at = $2 WHERE user_id = $1", id.as_str(), now)
        .execute(unit.connection())
        .await?;
    sqlx::query!(
        "INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])",
        id.as_str(),
        recovery_codes,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// The code of this step was taken.
///
/// # Errors
/// Failures of the database.
pub async fn use_step(unit: &mut UnitOfWork, id: &UserId, step: i64) -> Result<(), StorageError> {
    sqlx::query!("UPDATE second_factors SET last_step = $2 WHERE user_id = $1", id.as_str(), step)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Uses a recovery code up; false when there is no such one.
///
/// # Errors
/// Failures of the database.
pub async fn use_recovery_code(unit: &mut UnitOfWork, id: &UserId, code_hash: [u8; 32]) -> Result<bool, StorageError> {
    let used =
        sqlx::query!("DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2", id.as_str(), &code_hash[..],)
            .execute(unit.connection())
            .await?;
    Ok(used.rows_affected() == 1)
}

/// Revokes the second factor with its recovery codes: they are of no use from now on. False when there is none.
///
/// # Errors
/// Failures of the database.
pub async fn remove(unit: &mut UnitOfWork, id: &UserId) -> Result<bool, StorageError> {
    let removed =
        sqlx::query!("DELETE FROM second_factors WHERE user_id = $1", id.as_str()).execute(unit.connection()).await?;
    Ok(removed.rows_affected() == 1)
}
