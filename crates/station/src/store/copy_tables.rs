//! The tables of the copy: those that everybody reads, a new set that is filled beside them, and an old one that goes.

use sqlx::{AssertSqlSafe, SqliteConnection};
use viruj_api::sync::SYSTEM_FEED;

const PROGRESS: &str = include_str!("../../../../migrations/station/copy/progress.sql");
const SYSTEM: &str = include_str!("../../../../migrations/station/copy/system.sql");
const PLANT: &str = include_str!("../../../../migrations/station/copy/plant.sql");

const SYSTEM_TABLES: &[&str] = &["plants", "people"];
const PLANT_TABLES: &[&str] = &[
    "batches",
    "batch_words",
    "phases",
    "entries",
    "deviations",
    "lots",
    "lot_words",
    "equipment",
    "qualifications",
    "leases",
];

/// Rows that one statement takes out of an old table.
const ROWS: i64 = 2_000;

/// Which set of tables is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// What everybody reads.
    Copy,
    /// What is filled until it takes the place of that.
    New,
}

impl Set {
    /// What the names of its tables begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Copy => "copy_",
            Self::New => "new_",
        }
    }
}

pub(super) fn tables_of(feed: &str) -> &'static [&'static str] {
    if feed == SYSTEM_FEED { SYSTEM_TABLES } else { PLANT_TABLES }
}

async fn run(connection: &mut SqliteConnection, sql: String) -> Result<(), sqlx::Error> {
    // The names come from the lists above and from the schema that this program wrote.
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(|_| ())
}

/// Drops whatever there is of a copy, and makes empty tables.
pub(super) async fn make_anew(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for prefix in ["copy_", "new_", "old_"] {
        drop_all(connection, prefix).await?;
    }
    for sql in [PROGRESS, SYSTEM, PLANT] {
        sqlx::raw_sql(sql).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn drop_all(connection: &mut SqliteConnection, prefix: &str) -> Result<(), sqlx::Error> {
    // A virtual table takes the tables with it that stand behind it.
    while let Some(table) = sqlx::query_scalar::<_, String>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, length(?1)) = ?1 \
         ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC LIMIT 1",
    )
    .bind(prefix)
    .fetch_optional(&mut *connection)
    .await?
    {
        run(connection, format!("DROP TABLE \"{table}\"")).await?;
    }
    Ok(())
}

/// Empty tables for a new copy of the feed, whatever was left of one before.
pub(super) async fn begin(connection: &mut SqliteConnection, feed: &str) -> Result<(), sqlx::Error> {
    discard(connection, feed).await?;
    // An index keeps its name when its table is renamed, so each generation has names of its own.
    let generation = hex::encode(getrandom::u64().unwrap_or_default().to_be_bytes());
    let sql = if feed == SYSTEM_FEED { SYSTEM } else { PLANT };
    let sql = sql.replace("copy_", "new_").replace("CREATE INDEX new_", &format!("CREATE INDEX of_{generation}_"));
    run(connection, sql).await
}

/// Forgets the tables of a new copy.
pub(super) async fn discard(connection: &mut SqliteConnection, feed: &str) -> Result<(), sqlx::Error> {
    for table in tables_of(feed) {
        run(connection, format!("DROP TABLE IF EXISTS new_{table}")).await?;
    }
    Ok(())
}

/// Puts the new tables in the place of those that everybody reads; these are named `old_` and go later, piece by piece,
/// since to drop a gigabyte takes longer than anybody should wait for an entry.
pub(super) async fn take_over(connection: &mut SqliteConnection, feed: &str) -> Result<(), sqlx::Error> {
    for table in tables_of(feed) {
        run(connection, format!("DROP TABLE IF EXISTS old_{table}")).await?;
        run(connection, format!("ALTER TABLE copy_{table} RENAME TO old_{table}")).await?;
        run(connection, format!("ALTER TABLE new_{table} RENAME TO copy_{table}")).await?;
    }
    Ok(())
}

/// Takes one piece of what is old away; `false` when nothing is left.
pub(super) async fn take_away_old(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let next: Option<(String, bool)> = sqlx::query_as(
        "SELECT name, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_schema WHERE type = 'table' AND name GLOB 'old_*' \
         ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC LIMIT 1",
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some((table, is_virtual)) = next else { return Ok(false) };
    let count = format!("SELECT count(*) FROM (SELECT 1 FROM \"{table}\" LIMIT {})", ROWS + 1);
    let is_small =
        is_virtual || sqlx::query_scalar::<_, i64>(AssertSqlSafe(count)).fetch_one(&mut *connection).await? <= ROWS;
    if !is_small {
        let piece = format!("DELETE FROM \"{table}\" WHERE key IN (SELECT key FROM \"{table}\" LIMIT {ROWS})");
        sqlx::query(AssertSqlSafe(piece)).execute(&mut *connection).await?;
        return Ok(true);
    }
    run(connection, format!("DROP TABLE \"{table}\"")).await?;
    Ok(true)
}
