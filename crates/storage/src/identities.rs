//! Who a person is at the company's identity provider.

use chrono::{DateTime, Utc};
use viruj_domain::ids::UserId;

use crate::{Database, StorageError, UnitOfWork};

/// Whom the provider's subject is linked to.
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

/// Links the subject to the person; false when either is linked to another already. The link stays until [`forget`].
///
/// # Errors
/// Failures of the database.
pub async fn link(
    unit: &mut UnitOfWork,
    issuer: &str,
    subject: &str,
    person: &UserId,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
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
    // Of two first sign-ins at once one has made the link for both.
    let is_linked = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM person_identities WHERE issuer = $1 AND subject = $2 AND user_id = $3) AS "is!""#,
        issuer,
        subject,
        person.as_str(),
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(is_linked)
}

/// Forgets every link of the person; false when there was none.
///
/// # Errors
/// Failures of the database.
pub async fn forget(unit: &mut UnitOfWork, person: &UserId) -> Result<bool, StorageError> {
    let forgotten = sqlx::query!("DELETE FROM person_identities WHERE user_id = $1", person.as_str())
        .execute(unit.connection())
        .await?;
    Ok(forgotten.rows_affected() > 0)
}
