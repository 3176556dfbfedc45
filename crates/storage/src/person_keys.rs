//! Keys with which people sign at a station that has lost its server. The private halves never come here.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use viruj_api::person_keys::{PersonKeyCertificate, PersonKeyRow};
use viruj_domain::ids::{StationId, UserId};

use crate::{StorageError, UnitOfWork};

/// Makes a key known that was certified; the one that the person had at this station before is retired.
///
/// The same key once more gets its new life and is retired no sooner than before: `false` when it was retired already,
/// or is somebody else's.
///
/// # Errors
/// Failures of the database.
pub async fn certify(
    unit: &mut UnitOfWork,
    certificate: &PersonKeyCertificate,
    public_key: &[u8; 32],
) -> Result<bool, StorageError> {
    sqlx::query!(
        "UPDATE person_keys SET retired_at = $4, retired_cause = 'replaced'
         WHERE user_id = $1 AND station_id = $2 AND key_id <> $3 AND retired_at IS NULL",
        certificate.person_id.as_str(),
        certificate.station_id.0,
        certificate.key_id,
        certificate.certified_at,
    )
    .execute(unit.connection())
    .await?;
    let written = sqlx::query!(
        "INSERT INTO person_keys (key_id, user_id, station_id, public_key, certified_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (key_id) DO UPDATE SET certified_at = excluded.certified_at, expires_at = excluded.expires_at
         WHERE (person_keys.user_id, person_keys.station_id, person_keys.public_key)
             = (excluded.user_id, excluded.station_id, excluded.public_key) AND person_keys.retired_at IS NULL",
        certificate.key_id,
        certificate.person_id.as_str(),
        certificate.station_id.0,
        &public_key[..],
        certificate.certified_at,
        certificate.expires_at,
    )
    .execute(unit.connection())
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Since when the key is retired.
///
/// # Errors
/// Failures of the database.
pub async fn retired_at(connection: &mut PgConnection, key_id: &str) -> Result<Option<DateTime<Utc>>, StorageError> {
    let found = sqlx::query_scalar!("SELECT retired_at FROM person_keys WHERE key_id = $1", key_id)
        .fetch_optional(connection)
        .await?;
    Ok(found.flatten())
}

pub(crate) async fn each(connection: &mut PgConnection, ids: &[String]) -> Result<Vec<PersonKeyRow>, StorageError> {
    let rows = sqlx::query!(
        "SELECT key_id, user_id, station_id, expires_at, retired_at FROM person_keys WHERE key_id = ANY ($1)",
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| PersonKeyRow {
            key_id: row.key_id,
            person_id: UserId(row.user_id),
            station_id: StationId(row.station_id),
            expires_at: row.expires_at,
            retired_at: row.retired_at,
        })
        .collect())
}
