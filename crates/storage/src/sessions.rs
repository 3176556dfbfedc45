//! Sign-in sessions. Their rows may be purged; that somebody signed in or out stays in the trail as an event.

use chrono::{DateTime, Utc};
use viruj_api::{people::Person, sessions::SessionSummary};
use viruj_domain::{
    ids::{SessionId, StationId, UserId},
    plant::PlantScope,
};

use crate::{Database, StorageError, UnitOfWork, people};

/// A session that begins.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    pub id: SessionId,
    pub person_id: &'a UserId,
    /// SHA-256 of the refresh token.
    pub refresh_hash: [u8; 32],
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub client_address: &'a str,
    /// The registered station at which the person signs in, where one said so.
    pub station: Option<StationId>,
}

/// A session that is alive, of a person who is active.
#[derive(Clone, Debug)]
pub struct LiveSession {
    pub person: Person,
    /// Until the password is changed, the session may do nothing else.
    pub must_change_password: bool,
    /// When the session's first signature was given; the first one asks for all components (21 CFR 11.200(a)(1)).
    pub first_signed_at: Option<DateTime<Utc>>,
}

impl LiveSession {
    /// The plants whose rows the person sees.
    #[must_use]
    pub fn scope(&self) -> PlantScope {
        people::scope_of(&self.person)
    }
}

/// A session as it is kept, locked until the transaction ends.
#[derive(Clone, Debug)]
pub struct LockedSession {
    pub person_id: UserId,
    pub refresh_hash: Vec<u8>,
    /// The token before the newest; gone once it has been used again.
    pub previous_refresh_hash: Option<Vec<u8>>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// When the newest refresh token was given out.
    pub refreshed_at: DateTime<Utc>,
}

/// # Errors
/// Failures of the database.
pub async fn open(unit: &mut UnitOfWork, session: &NewSession<'_>) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO sessions (id, user_id, family, refresh_hash, created_at, expires_at, last_used_at, client_address,
             station_id)
         VALUES ($1, $2, $1, $3, $4, $5, $4, $6, $7)",
        session.id.0,
        session.person_id.as_str(),
        &session.refresh_hash[..],
        session.created_at,
        session.expires_at,
        session.client_address,
        session.station.map(|station| station.0),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// The session, when neither it nor its person has ended.
///
/// # Errors
/// Failures of the database.
pub async fn live(database: &Database, id: SessionId, now: DateTime<Utc>) -> Result<Option<LiveSession>, StorageError> {
    let mut connection = database.reader(&PlantScope::All).acquire().await?;
    let row = sqlx::query!(
        "SELECT s.user_id, s.first_signed_at, u.must_change_password FROM sessions AS s JOIN users AS u ON u.id = s.user_id
         WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2",
        id.0,
        now,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let person = people::person(&mut connection, &UserId(row.user_id)).await?;
    Ok(person.filter(|person| person.is_active).map(|person| LiveSession {
        person,
        must_change_password: row.must_change_password,
        first_signed_at: row.first_signed_at,
    }))
}

/// Locks the session, so that refreshes of it run one after the other.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: SessionId) -> Result<Option<LockedSession>, StorageError> {
    let row = sqlx::query!(
        "SELECT user_id, refresh_hash, previous_refresh_hash, expires_at, revoked_at, last_used_at
         FROM sessions WHERE id = $1 FOR UPDATE",
        id.0,
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(row.map(|row| LockedSession {
        person_id: UserId(row.user_id),
        refresh_hash: row.refresh_hash,
        previous_refresh_hash: row.previous_refresh_hash,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        refreshed_at: row.last_used_at,
    }))
}

/// Puts a new refresh token in place; `previous` is the one that still works once, for a lost answer.
///
/// # Errors
/// Failures of the database.
pub async fn rotate(
    unit: &mut UnitOfWork,
    id: SessionId,
    refresh_hash: [u8; 32],
    previous: Option<&[u8]>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE sessions SET refresh_hash = $2, previous_refresh_hash = $3, last_used_at = $4 WHERE id = $1",
        id.0,
        &refresh_hash[..],
        previous,
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Ends the session; its tokens work no more. `cause` is one word.
///
/// # Errors
/// Failures of the database.
pub async fn revoke(unit: &mut UnitOfWork, id: SessionId, cause: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE sessions SET revoked_at = $2, revoked_cause = $3 WHERE id = $1 AND revoked_at IS NULL",
        id.0,
        now,
        cause,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Ends every session of a person but `kept`, and says which they were. `cause` is one word.
///
/// # Errors
/// Failures of the database.
pub async fn revoke_all(
    unit: &mut UnitOfWork,
    person_id: &UserId,
    kept: Option<SessionId>,
    cause: &str,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, StorageError> {
    let ended = sqlx::query_scalar!(
        "UPDATE sessions SET revoked_at = $3, revoked_cause = $4
         WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $2 RETURNING id",
        person_id.as_str(),
        kept.map(|id| id.0),
        now,
        cause,
    )
    .fetch_all(unit.connection())
    .await?;
    Ok(ended.into_iter().map(SessionId).collect())
}

/// The most sessions that a person is shown.
const MOST_SHOWN: i64 = 200;

/// The sessions of a person that are alive, the newest first.
///
/// # Errors
/// Failures of the database.
pub async fn of_person(
    database: &Database,
    person_id: &UserId,
    current: SessionId,
    now: DateTime<Utc>,
) -> Result<Vec<SessionSummary>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT s.id, s.created_at, s.last_used_at, s.expires_at, s.client_address, st.name AS "station_name?"
           FROM sessions AS s LEFT JOIN stations AS st ON st.id = s.station_id
           WHERE s.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
           ORDER BY s.created_at DESC, s.id DESC LIMIT $3"#,
        person_id.as_str(),
        now,
        MOST_SHOWN,
    )
    .fetch_all(database.system())
    .await?;
    let rows = rows.into_iter().map(|row| SessionSummary {
        id: SessionId(row.id),
        opened_at: row.created_at,
        refreshed_at: row.last_used_at,
        expires_at: row.expires_at,
        client_address: row.client_address,
        station_name: row.station_name,
        is_current: row.id == current.0,
    });
    Ok(rows.collect())
}

/// Whether the person has signed in from there since `since`.
///
/// # Errors
/// Failures of the database.
pub async fn was_opened_from(
    database: &Database,
    person_id: &UserId,
    client_address: &str,
    since: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let was = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM sessions WHERE user_id = $1 AND client_address = $2 AND created_at > $3) AS "was!""#,
        person_id.as_str(),
        client_address,
        since,
    )
    .fetch_one(database.system())
    .await?;
    Ok(was)
}

/// Notes the session's first signature; later ones change nothing.
///
/// # Errors
/// Failures of the database.
pub async fn note_first_signature(
    unit: &mut UnitOfWork,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!("UPDATE sessions SET first_signed_at = coalesce(first_signed_at, $2) WHERE id = $1", id.0, now)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Ends the person's sessions, or the one that is named, and says which were alive. `cause` is one word.
///
/// # Errors
/// Failures of the database.
pub async fn revoke_of(
    unit: &mut UnitOfWork,
    person: &UserId,
    only: Option<SessionId>,
    cause: &str,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, StorageError> {
    let ended = sqlx::query_scalar!(
        "UPDATE sessions SET revoked_at = $3, revoked_cause = $4
         WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) AND revoked_at IS NULL AND expires_at > $3 RETURNING id",
        person.as_str(),
        only.map(|id| id.0),
        now,
        cause,
    )
    .fetch_all(unit.connection())
    .await?;
    Ok(ended.into_iter().map(SessionId).collect())
}
