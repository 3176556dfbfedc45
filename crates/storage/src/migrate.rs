//! Prepares a database: roles, migrations, and the legacy rows taken into the audit trail.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection,
    migrate::{MigrateError, Migrator},
    postgres::PgConnectOptions,
};

use crate::{bootstrap, error::StorageError};

pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/server");

/// Programs that migrate the same database wait for each other.
pub(crate) const MIGRATION_LOCK: i64 = 0x7669_7275_6a01;

/// What `migrate` did and what somebody should look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationReport {
    /// The versions of the migrations that ran now.
    pub applied: Vec<i64>,
    /// Rows taken into the trail now, by table.
    pub adopted: BTreeMap<String, u64>,
    /// Rows that belong to no plant; only people who see all plants see them.
    pub orphans: Vec<Orphan>,
    /// Plants whose zone could not be told, or that named an unknown one; they use UTC.
    pub unknown_time_zones: Vec<String>,
    /// Addresses that more than one person has, once case and Unicode form are set aside.
    /// While there are any, the database does not enforce that addresses are unique.
    pub clashing_addresses: Vec<String>,
    /// What could not be done about roles and rights; serving works all the same.
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    pub table: String,
    pub id: String,
}

/// The newest migration that this program knows.
#[must_use]
pub fn known_version() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// A number that changes with every change of a migration, for names of prepared databases.
#[must_use]
pub fn fingerprint() -> u64 {
    let mut hash = Sha256::new();
    for migration in MIGRATOR.iter() {
        hash.update(migration.version.to_be_bytes());
        hash.update(&migration.checksum);
    }
    let bytes: [u8; 32] = hash.finalize().into();
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Brings a database, empty or of the legacy system, to what this program needs; running it again changes nothing.
///
/// `migration_url` names a superuser, or a login with CREATEROLE and BYPASSRLS that owns the legacy tables;
/// `serving_url` the login that the server uses, which may be the same.
///
/// # Errors
/// [`StorageError::DatabaseNewer`] when a newer program has migrated it; [`StorageError::Forbidden`] when the login is
/// too weak; [`StorageError::Unreachable`].
pub async fn migrate(migration_url: &str, serving_url: &str) -> Result<MigrationReport, StorageError> {
    let options: PgConnectOptions = migration_url.parse().map_err(StorageError::Unreachable)?;
    let serving: PgConnectOptions = serving_url.parse().map_err(StorageError::Unreachable)?;
    let mut connection = options.application_name("viruj-migrate").connect().await?;
    let report = migrate_locked(&mut connection, serving.get_username()).await;
    // The lock goes with the connection; a failed farewell changes nothing.
    let _ = connection.close().await;
    report
}

/// Whether there is something in the database that [`migrate`] would change.
///
/// # Errors
/// [`StorageError::Unreachable`] and other failures of the database.
pub async fn would_change(migration_url: &str) -> Result<bool, StorageError> {
    let options: PgConnectOptions = migration_url.parse().map_err(StorageError::Unreachable)?;
    let mut connection = options.application_name("viruj-migrate").connect().await?;
    let holds_something: bool =
        sqlx::query_scalar("SELECT to_regclass('public.users') IS NOT NULL").fetch_one(&mut connection).await?;
    let applied = applied_versions(&mut connection).await?;
    let _ = connection.close().await;
    Ok(holds_something && MIGRATOR.iter().any(|migration| !applied.contains(&migration.version)))
}

async fn migrate_locked(connection: &mut PgConnection, serving_login: &str) -> Result<MigrationReport, StorageError> {
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATION_LOCK).execute(&mut *connection).await?;
    let mut report = MigrationReport {
        warnings: bootstrap::bootstrap(connection, serving_login).await?,
        ..MigrationReport::default()
    };
    sqlx::raw_sql(
        "SET ROLE viruj_owner; SET search_path = public; SET timezone = 'UTC'; SET client_min_messages = warning;
         SET viruj.actor = 'system:migrate'; SET viruj.reason = 'migration'; SET viruj.plants = '*'",
    )
    .execute(&mut *connection)
    .await?;
    let before = applied_versions(connection).await?;
    MIGRATOR.run_direct(None, connection, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(found) => StorageError::DatabaseNewer { found, known: known_version() },
        MigrateError::Execute(error) => error.into(),
        other => StorageError::Migration(other),
    })?;
    sqlx::raw_sql("GRANT SELECT ON _sqlx_migrations TO viruj_runtime").execute(&mut *connection).await?;
    report.applied =
        applied_versions(connection).await?.into_iter().filter(|version| !before.contains(version)).collect();

    let mut transaction = connection.begin().await?;
    let is_first = adopt(&mut transaction, &mut report).await?;
    set_time_zones(&mut transaction, is_first, &mut report).await?;
    transaction.commit().await?;
    keep_addresses_unique(connection, &mut report).await?;
    list_orphans(connection, &mut report).await?;
    Ok(report)
}

async fn applied_versions(connection: &mut PgConnection) -> Result<Vec<i64>, StorageError> {
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('public._sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(&mut *connection).await?)
}

/// Writes an `adopted` entry for each row that was there before the trail, once for every table.
///
/// A row that turns up later without an entry is no legacy row: the verifier names it, and it is never adopted.
async fn adopt(connection: &mut PgConnection, report: &mut MigrationReport) -> Result<bool, StorageError> {
    let due: Vec<String> = sqlx::query_scalar(
        "SELECT entity FROM audited_tables
         WHERE NOT EXISTS (SELECT FROM installation WHERE key = 'adopted:' || entity) ORDER BY entity",
    )
    .fetch_all(&mut *connection)
    .await?;
    for entity in &due {
        let rows: i64 = sqlx::query_scalar("SELECT viruj_adopt($1)").bind(entity).fetch_one(&mut *connection).await?;
        if rows > 0 {
            report.adopted.insert(entity.clone(), rows.unsigned_abs());
        }
    }
    sqlx::query("INSERT INTO installation (key, value) SELECT 'adopted:' || entity, now()::text FROM unnest($1::text[]) AS entity")
        .bind(&due)
        .execute(&mut *connection)
        .await?;
    Ok(due.iter().any(|entity| entity == "plants"))
}

/// The zones of places that the legacy system ran in; its database does not name any.
fn zone_of_place(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    [("hyderabad", "Asia/Kolkata"), ("dublin", "Europe/Dublin"), ("new jersey", "America/New_York")]
        .into_iter()
        .find_map(|(place, zone)| name.contains(place).then_some(zone))
}

async fn set_time_zones(
    connection: &mut PgConnection,
    is_first: bool,
    report: &mut MigrationReport,
) -> Result<(), StorageError> {
    let plants: Vec<(String, String, String)> =
        sqlx::query_as("SELECT id, name, time_zone FROM plants ORDER BY id").fetch_all(&mut *connection).await?;
    for (id, name, zone) in plants {
        let is_known = viruj_domain::plant::time_zone(&zone).is_some();
        let wanted = match (is_known, is_first) {
            (true, false) => continue,
            (true, true) if zone != "UTC" => continue,
            _ => zone_of_place(&name).unwrap_or("UTC"),
        };
        if wanted == "UTC" {
            report.unknown_time_zones.push(id.clone());
        }
        if wanted != zone {
            sqlx::query("SELECT set_config('viruj.reason', $1, true)")
                .bind(format!("time zone of {name}"))
                .execute(&mut *connection)
                .await?;
            sqlx::query("UPDATE plants SET time_zone = $2 WHERE id = $1")
                .bind(&id)
                .bind(wanted)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

/// 21 CFR 11.300(a), unless legacy rows contradict it; then they are listed, and a later run tries again.
async fn keep_addresses_unique(
    connection: &mut PgConnection,
    report: &mut MigrationReport,
) -> Result<(), StorageError> {
    report.clashing_addresses =
        sqlx::query_scalar("SELECT login_key FROM users GROUP BY login_key HAVING count(*) > 1 ORDER BY login_key")
            .fetch_all(&mut *connection)
            .await?;
    if report.clashing_addresses.is_empty() {
        sqlx::raw_sql("CREATE UNIQUE INDEX IF NOT EXISTS users_login_key_unique ON users (login_key)")
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn list_orphans(connection: &mut PgConnection, report: &mut MigrationReport) -> Result<(), StorageError> {
    for table in ["gate_entries", "goods_receipt_notes", "quality_samples", "quality_tests", "notifications"] {
        let ids: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT id::text FROM {table} WHERE plant_id IS NULL ORDER BY id"
        )))
        .fetch_all(&mut *connection)
        .await?;
        report.orphans.extend(ids.into_iter().map(|id| Orphan { table: table.to_owned(), id }));
    }
    // The legacy system let a batch name a plant that was not there.
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM production_batches AS batch
         WHERE NOT EXISTS (SELECT FROM plants WHERE plants.id = batch.plant_id) ORDER BY id",
    )
    .fetch_all(&mut *connection)
    .await?;
    report.orphans.extend(ids.into_iter().map(|id| Orphan { table: "production_batches".to_owned(), id }));
    Ok(())
}
