//! Which backups were taken, and which failed.

use chrono::{DateTime, Utc};
use sqlx::Connection;
use uuid::Uuid;
use viruj_api::backups::{Backup, BackupCause};
use viruj_domain::plant::PlantScope;

use crate::{ChangeContext, Database, StorageError, audit};

/// A backup that has ended.
#[derive(Clone, Debug)]
pub struct NewBackup {
    pub id: Uuid,
    pub recovery_point: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    pub cause: BackupCause,
    /// The person who asked for it.
    pub requested_by: Option<String>,
    pub file_name: String,
    pub migration_version: i64,
    /// The code of what went wrong otherwise.
    pub outcome: Result<WholeBackup, &'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeBackup {
    pub size_bytes: u64,
    pub row_count: u64,
    /// Of the file, lower-case hex.
    pub sha256: String,
}

const INSERT: &str = "
    INSERT INTO backups (id, recovery_point, finished_at, cause, requested_by, file_name, size_bytes, row_count, sha256,
        migration_version, failure)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

fn insert(backup: &NewBackup) -> sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments> {
    let whole = backup.outcome.as_ref().ok();
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    sqlx::query(INSERT)
        .bind(backup.id)
        .bind(backup.recovery_point)
        .bind(backup.finished_at)
        .bind(backup.cause.as_str())
        .bind(backup.requested_by.as_deref())
        .bind(&backup.file_name)
        .bind(whole.map(|whole| number(whole.size_bytes)))
        .bind(whole.map(|whole| number(whole.row_count)))
        .bind(whole.map(|whole| whole.sha256.as_str()))
        .bind(backup.migration_version)
        .bind(backup.outcome.as_ref().err().copied())
}

/// Writes down that a backup has ended.
///
/// # Errors
/// Failures of the database.
pub async fn note(database: &Database, backup: &NewBackup) -> Result<(), StorageError> {
    let context = match &backup.requested_by {
        Some(person) => ChangeContext::person(PlantScope::All, person, Some("backup")),
        None => ChangeContext::system(PlantScope::All, "backup", Some("backup")),
    };
    let mut unit = database.begin(context).await?;
    insert(backup).execute(unit.connection()).await?;
    unit.commit().await
}

/// As [`note`], by a command that serves nobody.
///
/// # Errors
/// Failures of the database.
pub async fn note_by_owner(url: &str, backup: &NewBackup) -> Result<(), StorageError> {
    let mut connection = audit::connect(url).await?;
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql("SET LOCAL viruj.actor = 'system:backup'; SET LOCAL viruj.reason = 'backup'")
        .execute(&mut *transaction)
        .await?;
    insert(backup).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// The newest backups, failed ones included.
///
/// # Errors
/// Failures of the database.
pub async fn recent(database: &Database, limit: u32) -> Result<Vec<Backup>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT backup.id, recovery_point, finished_at, cause, name AS "requested_by_name?", file_name,
               size_bytes::text, row_count::text, sha256, failure
           FROM backups AS backup LEFT JOIN users ON users.id = requested_by
           ORDER BY finished_at DESC, backup.id DESC LIMIT $1"#,
        i64::from(limit),
    )
    .fetch_all(database.system())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Backup {
            id: row.id,
            recovery_point: row.recovery_point,
            finished_at: row.finished_at,
            cause: match row.cause.as_str() {
                "first" => BackupCause::First,
                "migrate" => BackupCause::Migrate,
                "nightly" => BackupCause::Nightly,
                "person" => BackupCause::Person,
                _ => BackupCause::Command,
            },
            requested_by_name: row.requested_by_name,
            file_name: row.file_name,
            size_bytes: row.size_bytes,
            row_count: row.row_count,
            sha256: row.sha256,
            failure: row.failure,
        })
        .collect())
}

/// The newest moment that a whole backup holds.
///
/// # Errors
/// Failures of the database.
pub async fn last_success(database: &Database) -> Result<Option<DateTime<Utc>>, StorageError> {
    Ok(sqlx::query_scalar!("SELECT max(recovery_point) FROM backups WHERE failure IS NULL")
        .fetch_one(database.system())
        .await?)
}
