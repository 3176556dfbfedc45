//! Who a person is at the company's identity provider.

use chrono::{DateTime, Utc};
use viruj_domain::{ids::UserId, role::Role};

use crate::{Database, StorageError, UnitOfWork};

/// Whom the provider's subject was linked to.
///
/// # Errors
/// Failures of the database.
pub async fn person_of(database: &Database, issuer: &str, subject: &str) -> Result<Option<UserId>, StorageError> {
    let found = sqlx::query_scalar!(
        "SELECT user_id FROM person_identities WHERE issuer = $1 AND subject = $2",
        issuer,
        subject,
    )
    .fetch_optional(database.system())
    .await?;
    Ok(found.map(UserId))
}

/// Links the subject to the person; the link is for good. One that somebody else has made meanwhile is left.
///
/// # Errors
/// Failures of the database.
pub async fn link(
    unit: &mut UnitOfWork,
    issuer: &str,
    subject: &str,
    person: &UserId,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO person_identities (issuer, subject, user_id, linked_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        issuer,
        subject,
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Gives the person the role that the provider names, and ends the sessions that were opened under the old one.
///
/// # Errors
/// Failures of the database.
pub async fn take_role(
    unit: &mut UnitOfWork,
    person: &UserId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!("UPDATE users SET role = $2 WHERE id = $1", person.as_str(), role.as_str())
        .execute(unit.connection())
        .await?;
    sqlx::query!(
        "UPDATE sessions SET revoked_at = $2, revoked_cause = 'role_changed' WHERE user_id = $1 AND revoked_at IS NULL",
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
