//! Keys of machines and reports.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    api_keys::{ApiKey, ApiKeyQuery, ApiKeyRevocation, ApiKeyRevocationCause},
    lists::Page,
};
use viruj_domain::{
    api_key::{ApiKeyState, SOON_DAYS},
    capability::Capability,
    ids::{ApiKeyId, PlantId, UserId},
    plant::PlantScope,
};

use crate::{Database, StorageError, UnitOfWork, keyset::After};

/// Keys are sorted by their age, the newest first.
const ORDER: &str = "-created_at";
/// The last use is kept so exactly: a request of a key that is in use writes nothing.
const USE_KEPT: TimeDelta = TimeDelta::hours(1);

/// What is written of a new key.
#[derive(Clone, Debug)]
pub struct NewApiKey<'a> {
    pub id: ApiKeyId,
    pub name: &'a str,
    pub secret_hash: [u8; 32],
    pub plant_ids: &'a [PlantId],
    pub scopes: &'a [Capability],
    pub created_by: &'a UserId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// What a request with a key is judged by.
#[derive(Clone, Debug)]
pub struct KnownApiKey {
    pub secret_hash: Vec<u8>,
    pub plant_ids: Vec<PlantId>,
    pub scopes: Vec<Capability>,
    pub state: ApiKeyState,
    last_used_at: Option<DateTime<Utc>>,
}

struct Row {
    id: Uuid,
    name: String,
    plant_ids: Vec<String>,
    scopes: Vec<String>,
    created_by: String,
    created_by_name: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    revoked_by: Option<String>,
    revoked_by_name: Option<String>,
    revoked_cause: Option<String>,
    place: String,
}

impl Row {
    fn read(self, now: DateTime<Utc>) -> ApiKey {
        let revocation = match (self.revoked_at, self.revoked_by) {
            (Some(at), Some(by)) => Some(ApiKeyRevocation {
                at,
                by,
                by_name: self.revoked_by_name,
                cause: match self.revoked_cause.as_deref() {
                    Some("maker_deactivated") => ApiKeyRevocationCause::MakerDeactivated,
                    _ => ApiKeyRevocationCause::ByAPerson,
                },
            }),
            _ => None,
        };
        ApiKey {
            id: ApiKeyId(self.id),
            name: self.name,
            plant_ids: self.plant_ids.into_iter().map(PlantId).collect(),
            scopes: known(&self.scopes),
            state: ApiKeyState::of(self.expires_at, revocation.is_some(), now),
            created_at: self.created_at,
            created_by: UserId(self.created_by),
            created_by_name: self.created_by_name,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            revocation,
        }
    }
}

/// A scope that this program does not know, or that a machine can no longer have, lets nobody do anything.
fn known(scopes: &[String]) -> Vec<Capability> {
    scopes.iter().filter_map(|word| word.parse().ok()).filter(|scope: &Capability| scope.is_for_machines()).collect()
}

/// Whether somebody who sees these plants manages the key: all of its plants must be among them.
#[must_use]
pub fn is_managed_in(scope: &PlantScope, key: &ApiKey) -> bool {
    key.plant_ids.iter().all(|plant| scope.sees(plant))
}

/// Writes a new key, unless its maker has been deactivated meanwhile: then the answer is `false`.
///
/// # Errors
/// Failures of the database.
pub async fn create(unit: &mut UnitOfWork, key: &NewApiKey<'_>) -> Result<bool, StorageError> {
    // Whoever deactivates the maker waits until the key is there to be revoked, or was first and is seen here.
    let is_active = sqlx::query_scalar!(
        r#"SELECT coalesce(is_active, false) AS "is_active!" FROM users WHERE id = $1 FOR SHARE"#,
        key.created_by.as_str(),
    )
    .fetch_optional(unit.connection())
    .await?;
    if is_active != Some(true) {
        return Ok(false);
    }
    let plants: Vec<String> = key.plant_ids.iter().map(|plant| plant.0.clone()).collect();
    let scopes: Vec<String> = key.scopes.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "INSERT INTO api_keys (id, name, secret_hash, plant_ids, scopes, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        key.id.0,
        key.name,
        &key.secret_hash[..],
        &plants,
        &scopes,
        key.created_by.as_str(),
        key.created_at,
        key.expires_at,
    )
    .execute(unit.connection())
    .await?;
    Ok(true)
}

/// The keys that somebody who sees these plants manages, the newest first.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &ApiKeyQuery,
    now: DateTime<Utc>,
) -> Result<Page<ApiKey>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let plants: Option<Vec<String>> = match scope {
        PlantScope::All => None,
        PlantScope::Only(plants) => Some(plants.iter().map(|plant| plant.0.clone()).collect()),
    };
    let state = query.state.map(|state| match state {
        ApiKeyState::Active => "active",
        ApiKeyState::ExpiresSoon => "expires_soon",
        ApiKeyState::Expired => "expired",
        ApiKeyState::Revoked => "revoked",
    });
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT k.id, k.name, k.plant_ids, k.scopes, k.created_by, maker.name AS created_by_name, k.created_at,
               k.expires_at, k.last_used_at, k.revoked_at, k.revoked_by, revoker.name AS "revoked_by_name?",
               k.revoked_cause, k.place AS "place!"
           FROM (
               SELECT api_keys.*, to_char(created_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') AS place,
                   CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= $1 THEN 'expired'
                       WHEN expires_at <= $2 THEN 'expires_soon' ELSE 'active' END AS state
               FROM api_keys) AS k
           JOIN users AS maker ON maker.id = k.created_by
           LEFT JOIN users AS revoker ON revoker.id = k.revoked_by
           WHERE ($3::text IS NULL OR (k.place, k.id::text) < ($3, $4::text))
               AND ($5::text IS NULL OR k.state = $5)
               AND ($6::text[] IS NULL OR k.plant_ids <@ $6)
           ORDER BY k.place DESC, k.id::text DESC LIMIT $7"#,
        now,
        now + TimeDelta::days(SOON_DAYS),
        after.place.as_deref(),
        after.id.as_deref(),
        state,
        plants.as_deref(),
        after.fetch_limit(),
    )
    .fetch_all(&database.system_statements())
    .await?;
    let rows = rows.into_iter().map(|row| (row.place.clone(), row.id.to_string(), row.read(now))).collect();
    Ok(after.page(ORDER, rows))
}

/// The key as it is within the transaction.
///
/// # Errors
/// Failures of the database.
pub async fn find_in(unit: &mut UnitOfWork, id: ApiKeyId, now: DateTime<Utc>) -> Result<Option<ApiKey>, StorageError> {
    find_on(unit.connection(), id, now).await
}

/// The key, which nobody else changes until the transaction ends.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: ApiKeyId, now: DateTime<Utc>) -> Result<Option<ApiKey>, StorageError> {
    sqlx::query_scalar!("SELECT id FROM api_keys WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(unit.connection())
        .await?;
    find_on(unit.connection(), id, now).await
}

async fn find_on(
    connection: &mut PgConnection,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<Option<ApiKey>, StorageError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT k.id, k.name, k.plant_ids, k.scopes, k.created_by, maker.name AS created_by_name, k.created_at,
               k.expires_at, k.last_used_at, k.revoked_at, k.revoked_by, revoker.name AS "revoked_by_name?",
               k.revoked_cause, '' AS "place!"
           FROM api_keys AS k
           JOIN users AS maker ON maker.id = k.created_by
           LEFT JOIN users AS revoker ON revoker.id = k.revoked_by
           WHERE k.id = $1"#,
        id.0,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| row.read(now)))
}

/// Ends a key that lives; from the commit on no replica takes it.
///
/// # Errors
/// Failures of the database.
pub async fn revoke(unit: &mut UnitOfWork, id: ApiKeyId, by: &UserId, now: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE api_keys SET revoked_at = $2, revoked_by = $3, revoked_cause = $4 WHERE id = $1 AND revoked_at IS NULL",
        id.0,
        now,
        by.as_str(),
        ApiKeyRevocationCause::ByAPerson.as_str(),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// What a request with the key of this id is judged by: one statement for every request, so an end counts at once.
///
/// # Errors
/// Failures of the database.
pub async fn known_key(
    database: &Database,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<Option<KnownApiKey>, StorageError> {
    let row = sqlx::query!(
        "SELECT secret_hash, plant_ids, scopes, expires_at, last_used_at, revoked_at FROM api_keys WHERE id = $1",
        id.0,
    )
    .fetch_optional(&database.system_statements())
    .await?;
    Ok(row.map(|row| KnownApiKey {
        secret_hash: row.secret_hash,
        plant_ids: row.plant_ids.into_iter().map(PlantId).collect(),
        scopes: known(&row.scopes),
        state: ApiKeyState::of(row.expires_at, row.revoked_at.is_some(), now),
        last_used_at: row.last_used_at,
    }))
}

/// Writes down that the key is used, at most once an hour.
///
/// # Errors
/// Failures of the database.
pub async fn note_use(
    database: &Database,
    id: ApiKeyId,
    key: &KnownApiKey,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let before = now - USE_KEPT;
    if key.last_used_at.is_some_and(|last| last > before) {
        return Ok(());
    }
    // Asked again: another replica may have written it.
    sqlx::query!(
        "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)",
        id.0,
        now,
        before,
    )
    .execute(database.system())
    .await?;
    Ok(())
}
