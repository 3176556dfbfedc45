use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::sync::mpsc::Sender;

use super::{AppliedMigration, Manifest, Piece, Table};
use crate::{
    bootstrap::quote_identifier,
    error::StorageError,
    tables::{PLANT_TABLES, SYSTEM_TABLES},
};

/// Made by the migrations, or empty at the end of every transaction.
const NOT_COPIED: &[&str] = &["_sqlx_migrations", "audit_pending"];
/// Rows are handed on in pieces of about this size.
const PIECE: usize = 64 * 1024;

/// Why a database was not copied.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("the login may not read {0}; MIGRATION_DATABASE_URL names one that may")]
    MayNotRead(String),
    /// Nobody takes the pieces any more; whoever took them knows why.
    #[error("the backup was given up")]
    GivenUp,
}

impl From<sqlx::Error> for DumpError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// Hands out every table as of one moment.
///
/// # Errors
/// [`DumpError`].
pub async fn dump(url: &str, out: &Sender<Piece>) -> Result<Manifest, DumpError> {
    let options: PgConnectOptions = url.parse().map_err(StorageError::Unreachable)?;
    let mut connection = options.application_name("viruj-backup").connect().await?;
    see_everything(&mut connection).await?;
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    let manifest = manifest(&mut transaction).await?;
    give(out, Piece::Manifest(Box::new(manifest.clone()))).await?;
    for table in &manifest.tables {
        let rows = copy_out(&mut transaction, table, out).await?;
        give(out, Piece::TableEnds { rows }).await?;
    }
    give(out, Piece::End).await?;
    transaction.rollback().await?;
    // A failed farewell changes nothing.
    let _ = connection.close().await;
    Ok(manifest)
}

async fn give(out: &Sender<Piece>, piece: Piece) -> Result<(), DumpError> {
    out.send(piece).await.map_err(|_| DumpError::GivenUp)
}

/// As the owner of the tables; where the login may not, as the application role that sees the rows of every plant.
async fn see_everything(connection: &mut PgConnection) -> Result<(), StorageError> {
    let (is_super, is_owner, is_runtime): (bool, bool, bool) = sqlx::query_as(
        "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user),
            coalesce(bool_or(r.rolname = 'viruj_owner'), false), coalesce(bool_or(r.rolname = 'viruj_runtime'), false)
         FROM pg_roles AS r WHERE pg_has_role(r.oid, 'MEMBER') AND r.rolname IN ('viruj_owner', 'viruj_runtime')",
    )
    .fetch_one(&mut *connection)
    .await?;
    let owns: bool = sqlx::query_scalar(
        "SELECT coalesce(bool_and(pg_has_role(relowner, 'USAGE')), true) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname = ANY ($1)",
    )
    .bind(known_tables().into_iter().collect::<Vec<_>>())
    .fetch_one(&mut *connection)
    .await?;
    let role = match (is_super || owns, is_owner, is_runtime) {
        // Also a legacy database without the roles.
        (true, ..) => "",
        (false, true, _) => "SET ROLE viruj_owner;",
        (false, false, true) => "SET ROLE viruj_runtime; SET viruj.plants = '*';",
        (false, false, false) => "",
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "{role} SET search_path = public; SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
         SET bytea_output = 'hex'; SET extra_float_digits = 3; SET client_encoding = 'UTF8'"
    )))
    .execute(&mut *connection)
    .await?;
    Ok(())
}

fn known_tables() -> BTreeSet<&'static str> {
    PLANT_TABLES.iter().chain(SYSTEM_TABLES).copied().collect()
}

async fn manifest(connection: &mut PgConnection) -> Result<Manifest, StorageError> {
    let present: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class AS c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
             AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                 AND d.deptype = 'e')
         ORDER BY c.relname",
    )
    .fetch_all(&mut *connection)
    .await?;
    let known = known_tables();
    let (ours, left_out): (Vec<String>, Vec<String>) =
        present.into_iter().partition(|name| known.contains(name.as_str()));
    let is_migrated = ours.iter().any(|name| name == "_sqlx_migrations");
    let mut tables = Vec::new();
    for name in ours.iter().filter(|name| !NOT_COPIED.contains(&name.as_str())) {
        let columns = sqlx::query_scalar(
            "SELECT attname::text FROM pg_attribute
             WHERE attrelid = format('public.%I', $1::text)::regclass AND attnum > 0 AND NOT attisdropped
                 AND attgenerated = ''
             ORDER BY attnum",
        )
        .bind(name)
        .fetch_all(&mut *connection)
        .await?;
        tables.push(Table { name: name.clone(), columns });
    }
    let recovery_point = sqlx::query_scalar("SELECT transaction_timestamp()").fetch_one(&mut *connection).await?;
    let mut manifest = Manifest {
        recovery_point,
        server_id: None,
        feed_epoch: None,
        migrations: Vec::new(),
        tables,
        sequences: [].into(),
        heads: [].into(),
        left_out,
    };
    if is_migrated {
        manifest.migrations = sqlx::query_as::<_, (i64, Vec<u8>)>(
            "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version",
        )
        .fetch_all(&mut *connection)
        .await?
        .into_iter()
        .map(|(version, checksum)| AppliedMigration { version, checksum: hex::encode(checksum) })
        .collect();
        let server: Option<String> = sqlx::query_scalar("SELECT value FROM installation WHERE key = 'server_id'")
            .fetch_optional(&mut *connection)
            .await?;
        manifest.server_id = server.and_then(|text| text.parse().ok());
        manifest.feed_epoch =
            sqlx::query_scalar("SELECT epoch FROM feed_epochs ORDER BY began_at DESC, epoch DESC LIMIT 1")
                .fetch_optional(&mut *connection)
                .await?;
        // The one sequence; what it has given and was rolled back may be given again.
        let next: i64 = sqlx::query_scalar("SELECT coalesce(max(entry_id), 0) + 1 FROM audit_entries")
            .fetch_one(&mut *connection)
            .await?;
        manifest.sequences.insert("audit_order".to_owned(), next);
        let heads: Vec<(String, i64)> = sqlx::query_as("SELECT feed, seq FROM feeds").fetch_all(connection).await?;
        manifest.heads.extend(heads);
    }
    Ok(manifest)
}

async fn copy_out(connection: &mut PgConnection, table: &Table, out: &Sender<Piece>) -> Result<u64, DumpError> {
    let columns: Vec<String> = table.columns.iter().map(|column| quote_identifier(column)).collect();
    // A query and not the table itself: `COPY table` refuses where row policies are in force.
    let name = quote_identifier(&table.name);
    let statement = format!("COPY (SELECT {} FROM {name}) TO STDOUT", columns.join(", "));
    let refused = |error: sqlx::Error| match StorageError::from(error) {
        StorageError::Forbidden(_) => DumpError::MayNotRead(table.name.clone()),
        error => error.into(),
    };
    let mut stream = connection.copy_out_raw(&statement).await.map_err(refused)?;
    let (mut rows, mut piece) = (0, Vec::with_capacity(PIECE + 4096));
    while let Some(bytes) = stream.try_next().await? {
        // A line break ends a row and stands nowhere else.
        rows += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            give(out, Piece::Rows(std::mem::replace(&mut piece, Vec::with_capacity(PIECE + 4096)))).await?;
        }
    }
    if !piece.is_empty() {
        give(out, Piece::Rows(piece)).await?;
    }
    Ok(rows)
}
