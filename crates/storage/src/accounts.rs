//! What a person proves to be themselves with, and how it changes.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use viruj_domain::ids::UserId;

use crate::{Database, StorageError, UnitOfWork};

/// How it stands with a person's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Somebody else chose the password: it opens one session, in which it must be changed.
    pub must_change_password: bool,
    pub password_changed_at: Option<DateTime<Utc>>,
}

/// # Errors
/// Failures of the database.
pub async fn standing(connection: &mut PgConnection, id: &UserId) -> Result<Option<Standing>, StorageError> {
    let standing = sqlx::query_as!(
        Standing,
        "SELECT must_change_password, password_changed_at FROM users WHERE id = $1",
        id.as_str(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(standing)
}

/// Uses up a password that must be changed; false when it was used before. Of two at once, one wins.
///
/// # Errors
/// Failures of the database.
pub async fn use_up(unit: &mut UnitOfWork, id: &UserId, now: DateTime<Utc>) -> Result<bool, StorageError> {
    let used = sqlx::query!(
        "UPDATE users SET one_time_used_at = $2 WHERE id = $1 AND must_change_password AND one_time_used_at IS NULL",
        id.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Puts a password of the person's own in place.
///
/// # Errors
/// Failures of the database.
pub async fn change_password(
    unit: &mut UnitOfWork,
    id: &UserId,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE users SET hashed_password = $2, must_change_password = false, password_changed_at = $3 WHERE id = $1",
        id.as_str(),
        password_hash,
        now,
    )
    .execute(unit.connection())
    .await?;
    forget_reset(unit, id).await
}

/// Puts a password in place that somebody else knows: it opens one session, in which it must be changed.
///
/// # Errors
/// Failures of the database.
pub async fn give_one_time_password(
    unit: &mut UnitOfWork,
    id: &UserId,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE users SET hashed_password = $2, must_change_password = true, password_changed_at = $3 WHERE id = $1",
        id.as_str(),
        password_hash,
        now,
    )
    .execute(unit.connection())
    .await?;
    forget_reset(unit, id).await
}

/// Keeps the hash of the code that a person is sent; one that was sent before works no more.
///
/// # Errors
/// Failures of the database.
pub async fn begin_reset(
    unit: &mut UnitOfWork,
    id: &UserId,
    code_hash: [u8; 32],
    expires_at: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO password_resets (user_id, code_hash, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at",
        id.as_str(),
        &code_hash[..],
        expires_at,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Takes the code back; true when it was the one that was sent and its time has not run out. It works once.
///
/// # Errors
/// Failures of the database.
pub async fn redeem_reset(
    unit: &mut UnitOfWork,
    id: &UserId,
    code_hash: [u8; 32],
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let redeemed = sqlx::query!(
        "DELETE FROM password_resets WHERE user_id = $1 AND code_hash = $2 AND expires_at > $3",
        id.as_str(),
        &code_hash[..],
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(redeemed.rows_affected() == 1)
}

async fn forget_reset(unit: &mut UnitOfWork, id: &UserId) -> Result<(), StorageError> {
    sqlx::query!("DELETE FROM password_resets WHERE user_id = $1", id.as_str()).execute(unit.connection()).await?;
    Ok(())
}

/// Closes the account to those who sign in where the person has not been before.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: &UserId, until: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!("UPDATE users SET locked_until = $2 WHERE id = $1", id.as_str(), until)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Until when the account is closed, as above; past times count for nothing.
///
/// # Errors
/// Failures of the database.
pub async fn locked_until(database: &Database, id: &UserId) -> Result<Option<DateTime<Utc>>, StorageError> {
    let until = sqlx::query_scalar!("SELECT locked_until FROM users WHERE id = $1", id.as_str())
        .fetch_optional(database.system())
        .await?;
    Ok(until.flatten())
}

/// Tells those who look after security: every System Admin, and the Security Officers of the person's plants, or of
/// every plant when it is nobody's account.
///
/// # Errors
/// Failures of the database.
pub async fn alert_security(
    unit: &mut UnitOfWork,
    about: Option<&UserId>,
    title: &str,
    message: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "WITH subject AS (
             SELECT plant_id FROM user_plants WHERE user_id = $1
             UNION SELECT plant_id FROM users WHERE id = $1 AND plant_id IS NOT NULL)
         INSERT INTO notifications (id, user_id, title, message, type, is_read, plant_id, created_at)
         SELECT gen_random_uuid()::text, u.id, $2, $3, 'warning', false,
             coalesce(u.plant_id, (SELECT min(plant_id) FROM subject)), $4
         FROM users AS u
         WHERE u.is_active AND (u.role = 'System Admin' OR u.role = 'Security Officer' AND (
             NOT EXISTS (SELECT FROM subject) OR u.plant_id IN (SELECT plant_id FROM subject)
             OR EXISTS (SELECT FROM user_plants AS p WHERE p.user_id = u.id AND p.plant_id IN (SELECT plant_id FROM subject))))",
        about.map(UserId::as_str),
        title,
        message,
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
