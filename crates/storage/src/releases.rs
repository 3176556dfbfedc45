//! Releases of the station's program.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;
use viruj_api::releases::{Publisher, ReleaseRow, UpdateCounts, UpdateReport};
use viruj_domain::{
    ids::{ReleaseId, StationId, UserId},
    release::{Ring, Rollout},
};

use crate::{Database, StorageError, UnitOfWork};

/// What is written of a release that was examined.
#[derive(Clone, Debug)]
pub struct NewRelease<'a> {
    pub id: ReleaseId,
    pub version: [u32; 3],
    pub target: &'a str,
    pub sha256: &'a str,
    /// Bytes.
    pub size: u64,
    pub signature: &'a str,
    pub builder_key: &'a str,
    pub notes: &'a str,
    pub ring: Ring,
    pub percentage: u8,
    pub published_by: &'a Publisher,
    pub published_at: DateTime<Utc>,
}

/// A release as its stations need it.
#[derive(Clone, Debug)]
pub struct GivenRelease {
    pub row: ReleaseRow,
    pub version: [u32; 3],
    pub signature: String,
}

struct Row {
    id: Uuid,
    major: i32,
    minor: i32,
    patch: i32,
    target: String,
    sha256: String,
    size_bytes: i64,
    signature: String,
    builder_key: String,
    notes: String,
    state: String,
    ring: String,
    percentage: i16,
    stopped_because: Option<String>,
    published_by: String,
    published_by_name: Option<String>,
    published_at: DateTime<Utc>,
    counts: Vec<i64>,
}

impl Row {
    fn read(self) -> Result<GivenRelease, StorageError> {
        let unreadable = |cause: &str| StorageError::Unreadable {
            table: "releases",
            id: self.id.to_string(),
            cause: cause.to_owned(),
        };
        let number = |number: i32| u32::try_from(number).map_err(|_| unreadable("a version below zero"));
        let version = [number(self.major)?, number(self.minor)?, number(self.patch)?];
        let [major, minor, patch] = version;
        let row = ReleaseRow {
            id: ReleaseId(self.id),
            version: format!("{major}.{minor}.{patch}"),
            state: self.state.parse().map_err(|_| unreadable("its state is unknown"))?,
            ring: self.ring.parse().map_err(|_| unreadable("its ring is unknown"))?,
            percentage: u8::try_from(self.percentage).map_err(|_| unreadable("its percentage"))?,
            target: self.target,
            sha256: self.sha256,
            size_bytes: self.size_bytes,
            builder_key: self.builder_key,
            notes: self.notes,
            stopped_because: self.stopped_because,
            published_by: self.published_by,
            published_by_name: self.published_by_name,
            published_at: self.published_at,
            stations: counts(&self.counts),
        };
        Ok(GivenRelease { row, version, signature: self.signature })
    }
}

/// Writes a release; `false` when this version of it is there already.
///
/// # Errors
/// Failures of the database.
pub async fn publish(unit: &mut UnitOfWork, release: &NewRelease<'_>) -> Result<bool, StorageError> {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let [major, minor, patch] = release.version.map(number);
    let written = sqlx::query!(
        "INSERT INTO releases (id, major, minor, patch, target, sha256, size_bytes, signature, builder_key, notes, state,
             ring, percentage, published_by, published_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'running', $11, $12, $13, $14)
         ON CONFLICT (target, major, minor, patch) DO NOTHING",
        release.id.0,
        major,
        minor,
        patch,
        release.target,
        release.sha256,
        i64::try_from(release.size).unwrap_or(i64::MAX),
        release.signature,
        release.builder_key,
        release.notes,
        release.ring.as_str(),
        i16::from(release.percentage),
        publisher(release.published_by),
        release.published_at,
    )
    .execute(unit.connection())
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Every release, the highest version first: there are a few a year.
///
/// # Errors
/// Failures of the database.
pub async fn list(database: &Database) -> Result<Vec<GivenRelease>, StorageError> {
    all(&database.system_statements()).await
}

/// The release, held until the transaction ends.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: ReleaseId) -> Result<Option<GivenRelease>, StorageError> {
    sqlx::query!("SELECT id FROM releases WHERE id = $1 FOR UPDATE", id.0).fetch_optional(unit.connection()).await?;
    Ok(all(unit.connection()).await?.into_iter().find(|release| release.row.id == id))
}

async fn all(executor: impl PgExecutor<'_>) -> Result<Vec<GivenRelease>, StorageError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT release.id, major, minor, patch, target, sha256, size_bytes, signature, builder_key, notes, state, ring,
               percentage, stopped_because, published_by, users.name AS "published_by_name?", published_at,
               ARRAY (SELECT count(told.outcome) FROM unnest(ARRAY ['installing', 'healthy', 'refused', 'put_back', 'silent'])
                          WITH ORDINALITY AS known (outcome, place)
                      LEFT JOIN station_updates AS told ON told.release_id = release.id AND told.outcome = known.outcome
                      GROUP BY place ORDER BY place) AS "counts!"
           FROM releases AS release LEFT JOIN users ON users.id = published_by
           ORDER BY major DESC, minor DESC, patch DESC, target"#,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Takes a release further, or stops it.
///
/// # Errors
/// Failures of the database.
pub async fn set_rollout(
    unit: &mut UnitOfWork,
    id: ReleaseId,
    rollout: Rollout,
    stopped_because: Option<&str>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE releases SET state = $2, ring = $3, percentage = $4, stopped_because = $5 WHERE id = $1",
        id.0,
        rollout.state.as_str(),
        rollout.ring.as_str(),
        i16::from(rollout.percentage),
        stopped_because,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Writes down what a station tells of an update; `None` when there is no such release, or it has been told already. A
/// station that has a version and refuses it a second time still has it.
///
/// # Errors
/// Failures of the database.
pub async fn note_update(
    unit: &mut UnitOfWork,
    station: StationId,
    report: &UpdateReport,
    version: [u32; 3],
    now: DateTime<Utc>,
) -> Result<Option<ReleaseId>, StorageError> {
    let [major, minor, patch] = version.map(|number| i32::try_from(number).unwrap_or(i32::MAX));
    let release = sqlx::query_scalar!(
        "INSERT INTO station_updates AS known (station_id, release_id, outcome, code, detail, begun_at, told_at)
         SELECT $1, id, $2, $3, $4, $5, $5 FROM releases
         WHERE target = $6 AND major = $7 AND minor = $8 AND patch = $9
         ON CONFLICT (station_id, release_id) DO UPDATE
         SET outcome = excluded.outcome, code = excluded.code, detail = excluded.detail, told_at = excluded.told_at
         WHERE known.outcome <> excluded.outcome AND NOT (known.outcome = 'healthy' AND excluded.outcome = 'refused')
         RETURNING release_id",
        station.0,
        report.outcome.as_str(),
        report.code,
        report.detail,
        now,
        report.target,
        major,
        minor,
        patch,
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(release.map(ReleaseId))
}

/// Writes down which stations began before `before` and have said nothing since; gives back their releases.
///
/// # Errors
/// Failures of the database.
pub async fn note_silence(
    unit: &mut UnitOfWork,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<ReleaseId>, StorageError> {
    let mut silent = sqlx::query_scalar!(
        "UPDATE station_updates SET outcome = 'silent', told_at = $2
         WHERE outcome = 'installing' AND told_at < $1 RETURNING release_id",
        before,
        now,
    )
    .fetch_all(unit.connection())
    .await?;
    silent.sort_unstable();
    silent.dedup();
    Ok(silent.into_iter().map(ReleaseId).collect())
}

/// Whether a package of this hash is one of a release.
///
/// # Errors
/// Failures of the database.
pub async fn is_published(database: &Database, sha256: &str) -> Result<bool, StorageError> {
    let found = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM releases WHERE sha256 = $1) AS "found!""#, sha256)
        .fetch_one(&database.system_statements())
        .await?;
    Ok(found)
}

/// The ring that a station belongs to.
///
/// # Errors
/// Failures of the database.
pub async fn ring_of_station(database: &Database, id: StationId) -> Result<Option<Ring>, StorageError> {
    let ring = sqlx::query_scalar!("SELECT ring FROM stations WHERE id = $1", id.0)
        .fetch_optional(&database.system_statements())
        .await?;
    Ok(ring.and_then(|ring| ring.parse().ok()))
}

fn counts(found: &[i64]) -> UpdateCounts {
    let of = |place: usize| found.get(place).and_then(|count| u32::try_from(*count).ok()).unwrap_or_default();
    UpdateCounts { installing: of(0), healthy: of(1), refused: of(2), put_back: of(3), silent: of(4) }
}

fn publisher(publisher: &Publisher) -> &str {
    match publisher {
        Publisher::Person(UserId(id)) => id,
        Publisher::Command => "system:command",
    }
}
