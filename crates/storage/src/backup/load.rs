use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, migrate::MigrateError, postgres::PgConnectOptions,
};
use tokio::sync::mpsc::Receiver;

use super::{Manifest, Piece, Table};
use crate::{
    audit::{self, Finding},
    bootstrap::{bootstrap, quote_identifier},
    error::StorageError,
    migrate::{self, MIGRATION_LOCK, MIGRATOR, MigrationReport, known_version},
};

/// Why nothing was restored; the target is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("the database is not empty: it holds {0}; restore into a new one")]
    NotEmpty(String),
    #[error("the backup is of a newer program: it has version {found}, this one knows {known}")]
    Newer { found: i64, known: i64 },
    #[error("the backup is of another program: its migration {0} is not the one that this program knows")]
    OtherMigration(i64),
    #[error("the backup holds {expected} rows of {table}, the database took {found}")]
    Counts { table: String, expected: u64, found: u64 },
    #[error("the audit trail of the backup does not hold: {0}")]
    Trail(Finding),
    #[error("the backup ends before everything was read")]
    Cut,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<sqlx::Error> for RestoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    pub recovery_point: DateTime<Utc>,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    pub verified_entries: u64,
    /// The migrations that the older backup still needed, and what stands against roles and rights.
    pub migrated: MigrationReport,
}

/// Whether the target is empty and this program can restore a backup of these migrations into it.
///
/// # Errors
/// [`RestoreError`].
pub async fn check_target(url: &str, manifest: &Manifest) -> Result<(), RestoreError> {
    check_version(manifest)?;
    let options: PgConnectOptions = url.parse().map_err(StorageError::Unreachable)?;
    let mut connection = options.application_name("viruj-restore").connect().await?;
    check_empty(&mut connection).await
}

fn check_version(manifest: &Manifest) -> Result<(), RestoreError> {
    let (found, known) = (manifest.migration_version(), known_version());
    if found > known {
        return Err(RestoreError::Newer { found, known });
    }
    for applied in &manifest.migrations {
        let known = MIGRATOR.iter().find(|migration| migration.version == applied.version);
        if known.is_none_or(|known| hex::encode(&known.checksum) != applied.checksum) {
            return Err(RestoreError::OtherMigration(applied.version));
        }
    }
    Ok(())
}

async fn check_empty(connection: &mut PgConnection) -> Result<(), RestoreError> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class AS c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
             AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                 AND d.deptype = 'e')
         ORDER BY c.relname LIMIT 1",
    )
    .fetch_optional(connection)
    .await?;
    found.map_or(Ok(()), |name| Err(RestoreError::NotEmpty(name)))
}

/// Fills an empty database; everything or nothing.
///
/// The chain and the counts are verified before the commit, every session ends, and a new feed epoch begins.
///
/// # Errors
/// [`RestoreError`].
pub async fn restore(
    migration_url: &str,
    serving_url: &str,
    manifest: &Manifest,
    mut pieces: Receiver<Piece>,
    now: DateTime<Utc>,
) -> Result<Restored, RestoreError> {
    check_version(manifest)?;
    let options: PgConnectOptions = migration_url.parse().map_err(StorageError::Unreachable)?;
    let serving: PgConnectOptions = serving_url.parse().map_err(StorageError::Unreachable)?;
    let mut connection = options.application_name("viruj-restore").connect().await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATION_LOCK).execute(&mut connection).await?;
    check_empty(&mut connection).await?;
    bootstrap(&mut connection, serving.get_username()).await?;
    sqlx::raw_sql(
        "SET ROLE viruj_owner; SET search_path = public; SET timezone = 'UTC'; SET client_min_messages = warning;
         SET bytea_output = 'hex'; SET datestyle = 'ISO, YMD'; SET client_encoding = 'UTF8';
         SET viruj.actor = 'system:restore'; SET viruj.reason = 'restored from a backup'; SET viruj.plants = '*'",
    )
    .execute(&mut connection)
    .await?;
    let mut transaction = connection.begin().await?;
    make_schema(&mut transaction, manifest).await?;
    let rows = fill(&mut transaction, manifest, &mut pieces).await?;
    let verified_entries = match manifest.migrations.is_empty() {
        true => 0,
        false => {
            let entries = verify(&mut transaction).await?;
            begin_epoch(&mut transaction, manifest, now).await?;
            entries
        }
    };
    transaction.commit().await?;
    // Releases the lock that `migrate` waits for.
    connection.close().await?;
    let migrated = migrate::migrate(migration_url, serving_url).await?;
    Ok(Restored { recovery_point: manifest.recovery_point, rows, verified_entries, migrated })
}

/// The schema as it was when the backup was taken, without a row.
async fn make_schema(connection: &mut PgConnection, manifest: &Manifest) -> Result<(), RestoreError> {
    let target = manifest.migration_version().max(1);
    MIGRATOR.run_direct(Some(target), &mut *connection, false).await.map_err(|error| match error {
        MigrateError::Execute(error) => StorageError::from(error),
        other => StorageError::Migration(other),
    })?;
    // What migrations have put into followed tables goes away with it.
    sqlx::raw_sql("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED").execute(&mut *connection).await?;
    if manifest.migrations.is_empty() {
        // A legacy database has its tables and knows of no migration.
        sqlx::raw_sql("DROP TABLE _sqlx_migrations").execute(&mut *connection).await?;
    }
    Ok(())
}

async fn fill(
    connection: &mut PgConnection,
    manifest: &Manifest,
    pieces: &mut Receiver<Piece>,
) -> Result<BTreeMap<String, u64>, RestoreError> {
    let names: Vec<String> = manifest.tables.iter().map(|table| quote_identifier(&table.name)).collect();
    // The trail already tells of these rows. All of this the owner may do, so no superuser is needed.
    set_triggers(connection, &names, "DISABLE").await?;
    sqlx::raw_sql(AssertSqlSafe(format!("TRUNCATE {}", names.join(", ")))).execute(&mut *connection).await?;
    let forced = forced_tables(connection).await?;
    for table in &forced {
        // COPY does not fill a table whose policies are in force.
        run(connection, format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")).await?;
    }
    let constraints = drop_constraints(connection).await?;
    let mut rows = BTreeMap::new();
    for table in &manifest.tables {
        rows.insert(table.name.clone(), copy_in(connection, table, pieces).await?);
    }
    if pieces.recv().await != Some(Piece::End) {
        return Err(RestoreError::Cut);
    }
    for statement in constraints {
        run(connection, statement).await?;
    }
    for table in &forced {
        run(connection, format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY")).await?;
    }
    set_triggers(connection, &names, "ENABLE").await?;
    for (sequence, next) in &manifest.sequences {
        sqlx::query("SELECT setval(format('public.%I', $1)::regclass, $2, false)")
            .bind(sequence)
            .bind(next)
            .execute(&mut *connection)
            .await?;
    }
    Ok(rows)
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), RestoreError> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

async fn set_triggers(connection: &mut PgConnection, tables: &[String], word: &str) -> Result<(), RestoreError> {
    for table in tables {
        run(connection, format!("ALTER TABLE {table} {word} TRIGGER USER")).await?;
    }
    Ok(())
}

async fn forced_tables(connection: &mut PgConnection) -> Result<Vec<String>, RestoreError> {
    Ok(sqlx::query_scalar(
        "SELECT oid::regclass::text FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relforcerowsecurity ORDER BY relname",
    )
    .fetch_all(connection)
    .await?)
}

/// Tables may name each other in a circle, and legacy rows may contradict a check that was made later and says so.
///
/// Gives back what makes the constraints again, which checks every row.
async fn drop_constraints(connection: &mut PgConnection) -> Result<Vec<String>, RestoreError> {
    let constraints: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND (contype = 'f' OR (contype = 'c' AND NOT convalidated))
         ORDER BY conname",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut again = Vec::new();
    for (table, name, definition) in constraints {
        run(connection, format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await?;
        again.push(format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"));
    }
    Ok(again)
}

async fn copy_in(
    connection: &mut PgConnection,
    table: &Table,
    pieces: &mut Receiver<Piece>,
) -> Result<u64, RestoreError> {
    let columns: Vec<String> = table.columns.iter().map(|column| quote_identifier(column)).collect();
    let statement = format!("COPY {} ({}) FROM STDIN", quote_identifier(&table.name), columns.join(", "));
    let mut copy = connection.copy_in_raw(&statement).await?;
    let expected = loop {
        match pieces.recv().await {
            Some(Piece::Rows(bytes)) => {
                copy.send(bytes).await?;
            }
            Some(Piece::TableEnds { rows }) => break rows,
            _ => {
                copy.abort("the backup is cut").await?;
                return Err(RestoreError::Cut);
            }
        }
    };
    let found = copy.finish().await?;
    if found != expected {
        return Err(RestoreError::Counts { table: table.name.clone(), expected, found });
    }
    Ok(found)
}

async fn verify(connection: &mut PgConnection) -> Result<u64, RestoreError> {
    let verification = audit::verify_here(connection).await?;
    match verification.findings.into_iter().next() {
        Some(finding) => Err(RestoreError::Trail(finding)),
        None => Ok(verification.entries),
    }
}

/// Stations fetch their copies anew and offer again what the backup did not have yet; nobody is signed in any more, since
/// a session that ended after the backup would live again.
async fn begin_epoch(
    connection: &mut PgConnection,
    manifest: &Manifest,
    now: DateTime<Utc>,
) -> Result<(), RestoreError> {
    let tables: BTreeSet<&str> = manifest.tables.iter().map(|table| table.name.as_str()).collect();
    if tables.contains("sessions") {
        sqlx::query("UPDATE sessions SET revoked_at = $1, revoked_cause = 'restored' WHERE revoked_at IS NULL")
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    // A backup from before migration 13 has no place for the heads; they came with it.
    let has_heads = manifest.tables.iter().any(|table| table.columns.iter().any(|column| column == "heads"));
    let heads = if has_heads { ", heads" } else { "" };
    let value = if has_heads { ", (SELECT jsonb_object_agg(feed, seq) FROM feeds)" } else { "" };
    // A clock that is behind must not make an older epoch the newest.
    sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO feed_epochs (epoch, began_at, cause{heads})
         SELECT gen_random_uuid(), greatest($1, max(began_at) + interval '1 microsecond'), $2{value} FROM feed_epochs"
    )))
    .bind(now)
    .bind(format!("restored, as of {}", manifest.recovery_point.to_rfc3339()))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO installation (key, value) VALUES ('restored', $1)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, set_at = now()",
    )
    .bind(format!("recovery point {}, restored at {}", manifest.recovery_point.to_rfc3339(), now.to_rfc3339()))
    .execute(&mut *connection)
    .await?;
    Ok(())
}
