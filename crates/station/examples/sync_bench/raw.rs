//! What the file itself can do: the same rows and indexes, from memory, in lists of 500, in one transaction.

use std::{collections::HashMap, path::Path, time::Instant};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{
    ConnectOptions, Connection, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use uuid::Uuid;
use viruj_api::batches::{EntryRow, PhaseRow};
use viruj_sync::snapshot::SnapshotChunk;

use crate::Failure;

const TABLES: &str = include_str!("../../../../migrations/station/copy/plant.sql");
const ROWS: usize = 500;
const READINGS: u64 = 20_000;
const PHASES: &str = "SELECT row FROM copy_phases WHERE key >= ?1 << 16 AND key < (?1 + 1) << 16 ORDER BY key";
const ENTRIES: &str =
    "SELECT row FROM copy_entries WHERE key >= ?1 << 20 AND key < (?1 + 1) << 20 ORDER BY received_at, id";

pub struct Raw {
    /// Seconds.
    pub writing: f64,
    pub reading: f64,
}

impl Raw {
    pub const WORST: Self = Self { writing: f64::INFINITY, reading: f64::INFINITY };

    pub fn best(self, other: Self) -> Self {
        Self { writing: self.writing.min(other.writing), reading: self.reading.min(other.reading) }
    }
}

/// A column's value, made before the time is taken.
enum Cell {
    Text(String),
    Number(i64),
    Bytes(Uuid),
    Nothing,
}

struct Table {
    kind: &'static str,
    insert: &'static str,
    rows: Vec<Vec<Cell>>,
}

pub async fn measure(folder: &Path, chunks: &[SnapshotChunk], is_encrypted: bool) -> Result<Raw, Failure> {
    let file = folder.join("raw.db");
    let mut connection = open(&file, is_encrypted).await?;
    sqlx::raw_sql(TABLES).execute(&mut connection).await?;
    let tables = tables(chunks)?;
    let batches: Vec<&str> = tables[0].rows.iter().filter_map(|row| row[0].text()).collect();
    let begun = Instant::now();
    let mut writing = connection.begin().await?;
    for table in &tables {
        for part in table.rows.chunks(ROWS) {
            insert(&mut writing, table.insert, part).await?;
        }
    }
    for sql in [
        "INSERT INTO copy_batch_words (rowid, words) SELECT key, search FROM copy_batches",
        "INSERT INTO copy_lot_words (rowid, words) SELECT key, search FROM copy_lots",
    ] {
        sqlx::raw_sql(sql).execute(&mut *writing).await?;
    }
    writing.commit().await?;
    let time = begun.elapsed().as_secs_f64();
    // The second time as in the middle of a shift: the machine has the file, and the connection what fits into its cache.
    let mut reading = f64::INFINITY;
    for _ in 0..2 {
        reading = reading.min(self::reading(&mut connection, &batches).await?);
    }
    connection.close().await?;
    std::fs::remove_file(&file)?;
    println!("raw file, encrypted: {is_encrypted}, written in {time:.1} s, read in {reading:.2} s");
    Ok(Raw { writing: time, reading })
}

/// Batches with their phases and entries, read here and there as the store reads one for a screen.
async fn reading(connection: &mut SqliteConnection, batches: &[&str]) -> Result<f64, Failure> {
    let begun = Instant::now();
    for count in 0..READINGS {
        let batch = batches[usize::try_from(count.wrapping_mul(7_919) % batches.len() as u64)?];
        let key: i64 = sqlx::query_scalar("SELECT key FROM copy_batches WHERE id = ?")
            .bind(batch)
            .fetch_one(&mut *connection)
            .await?;
        let phases: Vec<PhaseRow> = rows(connection, PHASES, key).await?;
        let entries: Vec<EntryRow> = rows(connection, ENTRIES, key).await?;
        if phases.is_empty() || entries.len() > phases.len() {
            return Err(format!("{batch} has {} phases and {} entries", phases.len(), entries.len()).into());
        }
    }
    Ok(begun.elapsed().as_secs_f64())
}

async fn rows<T: DeserializeOwned>(
    connection: &mut SqliteConnection,
    sql: &'static str,
    batch: i64,
) -> Result<Vec<T>, Failure> {
    let found: Vec<String> = sqlx::query_scalar(sql).bind(batch).fetch_all(connection).await?;
    Ok(found.iter().map(|row| serde_json::from_str(row)).collect::<Result<_, _>>()?)
}

/// Rows of two short columns a second: what this machine does with the file when rows are next to nothing.
pub async fn small_rows(folder: &Path) -> Result<f64, Failure> {
    let file = folder.join("small.db");
    let mut connection = open(&file, true).await?;
    sqlx::raw_sql("CREATE TABLE small (key INTEGER PRIMARY KEY, word TEXT NOT NULL, number INTEGER NOT NULL) STRICT")
        .execute(&mut connection)
        .await?;
    let rows: Vec<Vec<Cell>> =
        (0..500_000).map(|key| vec![Cell::Text(format!("word {key}")), Cell::Number(key)]).collect();
    let begun = Instant::now();
    let mut writing = connection.begin().await?;
    for part in rows.chunks(ROWS) {
        insert(&mut writing, "small (word, number)", part).await?;
    }
    writing.commit().await?;
    let rate = rows.len() as f64 / begun.elapsed().as_secs_f64();
    connection.close().await?;
    std::fs::remove_file(&file)?;
    Ok(rate)
}

async fn insert(connection: &mut SqliteConnection, into: &str, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(format!("INSERT INTO {into} "));
    query.push_values(rows, |mut values, row| {
        for cell in row {
            match cell {
                Cell::Text(text) => values.push_bind(text),
                Cell::Number(number) => values.push_bind(number),
                Cell::Bytes(id) => values.push_bind(id),
                Cell::Nothing => values.push_bind(None::<String>),
            };
        }
    });
    query.build().execute(connection).await.map(|_| ())
}

async fn open(file: &Path, is_encrypted: bool) -> Result<SqliteConnection, sqlx::Error> {
    let mut options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    if is_encrypted {
        // As the store has it.
        options = options
            .pragma("key", format!("\"x'{}'\"", "42".repeat(32)))
            .pragma("cipher_page_size", "8192")
            .pragma("cipher_hmac_algorithm", "HMAC_SHA256")
            .pragma("cipher_memory_security", "OFF");
    }
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
        .connect()
        .await
}

impl Cell {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn tables(chunks: &[SnapshotChunk]) -> Result<Vec<Table>, Failure> {
    let table = |kind, insert| Table { kind, insert, rows: Vec::new() };
    let mut tables = vec![
        table(
            "batch",
            "copy_batches (id, feed, number, product, search, assigned_to, started_at, planned_end, version, \
             shown_status, row)",
        ),
        table("phase", "copy_phases (key, id, feed, batch_id, number, title, status, version, row)"),
        table("entry", "copy_entries (key, id, feed, batch_id, received_at, row)"),
    ];
    // The keys of batches and how many entries each has.
    let mut keys: HashMap<String, (i64, i64)> = HashMap::new();
    for chunk in chunks {
        for line in chunk.rows() {
            let line = line?;
            let Some(table) = tables.iter_mut().find(|table| table.kind == line.kind) else { continue };
            let value: Value = serde_json::from_str(line.row.get())?;
            let text = |name: &str| Cell::Text(value[name].as_str().unwrap_or_default().to_owned());
            let id =
                |name: &str| value[name].as_str().and_then(|id| id.parse().ok()).map_or(Cell::Nothing, Cell::Bytes);
            let number = |name: &str| Cell::Number(value[name].as_i64().unwrap_or_default());
            let feed = || Cell::Text(crate::PLANT.to_owned());
            let time = |name: &str| {
                let time = value[name].as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
                time.map_or(Cell::Nothing, |time| Cell::Number(time.timestamp_micros()))
            };
            let row = Cell::Text(line.row.get().to_owned());
            let batch = value[if table.kind == "batch" { "id" } else { "batch_id" }].as_str().unwrap_or_default();
            let next = i64::try_from(keys.len())? + 1;
            let (key, entries) = keys.entry(batch.to_owned()).or_insert((next, 0));
            table.rows.push(match table.kind {
                "batch" => vec![
                    text("id"),
                    feed(),
                    text("number"),
                    text("product"),
                    Cell::Text(format!("{} {}", value["number"], value["product"]).to_lowercase().replace('"', "")),
                    text("assigned_to"),
                    text("started_at"),
                    time("planned_end"),
                    number("version"),
                    text("status"),
                    row,
                ],
                "phase" => vec![
                    Cell::Number((*key << 16) | value["number"].as_i64().unwrap_or_default()),
                    id("id"),
                    feed(),
                    text("batch_id"),
                    number("number"),
                    Cell::Text(value["definition"]["title"].as_str().unwrap_or_default().to_owned()),
                    text("status"),
                    number("version"),
                    row,
                ],
                _ => {
                    *entries += 1;
                    vec![
                        Cell::Number((*key << 20) + *entries),
                        id("operation_id"),
                        feed(),
                        text("batch_id"),
                        time("received_at"),
                        row,
                    ]
                }
            });
        }
    }
    Ok(tables)
}
