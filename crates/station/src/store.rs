//! The encrypted store of a station: SQLite through SQLCipher.
//!
//! Operations and facts are kept for ever and migrated; the copy of the plant's rows is dropped and fetched again when its
//! shape changes. A commit is on the disk when it returns (`synchronous = FULL`).

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use sqlx::{
    ConnectOptions, Sqlite, SqlitePool, Transaction,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;
use viruj_domain::clock::Clock;

use crate::{machine::SystemClock, secrets::SecretKey};

mod beside;
mod ciphers;
mod copy_tables;
mod copying;
mod credentials;
pub(crate) mod facts;
mod fault;
mod files;
mod leases;
mod outbox;
mod outbox_copy;
mod reading;
mod reconcile;
mod recovery;
mod registers;
mod rows;
mod running;
mod search;
mod summary;

pub(crate) use credentials::Credential;
pub use fault::StoreFault;
pub(crate) use files::WaitingFile;
pub use outbox::{KeptOperation, Unsent};
pub use outbox_copy::OUTBOX_COPY_FILE;
pub use reading::{BatchFilter, BatchParts, ListedBatch};
pub use recovery::set_store_aside;

use outbox_copy::OutboxCopy;

// Links SQLCipher into the SQLite that sqlx speaks to.
use libsqlite3_sys as _;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/station");
/// Raised whenever the copy's tables or the rows in them change their shape.
const COPY_VERSION: &str = "7";

/// The file in a station's data folder.
pub const STORE_FILE: &str = "station.db";

/// Above this size the copy of the plant's rows is looked at after the start: 64 MB take a third of a second.
const LARGE: u64 = 64 * 1024 * 1024;
/// What is kept for ever.
const KEPT_TABLES: [&str; 4] = ["operations", "facts", "unsent_files", "credentials"];

/// The encrypted store; cloning is cheap.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    file: PathBuf,
    copy: OutboxCopy,
    /// Held while an operation is appended; `true` when an append was broken off, and the outbox copy may have an operation
    /// that is not here.
    in_doubt: Arc<Mutex<bool>>,
    /// Held while the list of leases is written anew.
    leasing: Arc<Mutex<()>>,
}

impl Store {
    /// Opens the store in `folder` and the outbox copy beside it, or makes them, and brings the two to agree; the copy of
    /// the plant's rows is emptied when its shape has changed.
    ///
    /// A damaged outbox copy is put aside and made anew: the store has all that was in it.
    ///
    /// # Errors
    /// [`StoreFault::Corrupted`] leaves the file as it is; [`StoreFault::Newer`] when a newer program wrote it;
    /// [`StoreFault::CopyDiffers`] when store and outbox copy contradict each other.
    pub async fn open(folder: &Path, key: &SecretKey) -> Result<Self, StoreFault> {
        let (pool, file) = (Self::open_alone(folder, key).await?, folder.join(STORE_FILE));
        let copy = match open_or_renew_copy(folder, key).await {
            Ok(copy) => copy,
            Err(fault) => {
                pool.close().await;
                return Err(fault);
            }
        };
        let store = Self { pool, file, copy, in_doubt: Arc::default(), leasing: Arc::default() };
        if let Err(fault) = store.prepare().await {
            store.close().await;
            return Err(fault);
        }
        Ok(store)
    }

    async fn open_alone(folder: &Path, key: &SecretKey) -> Result<SqlitePool, StoreFault> {
        open_file(&folder.join(STORE_FILE), key, 4, &MIGRATIONS).await
    }

    /// Waits until all work on the store has ended and closes it.
    pub async fn close(&self) {
        self.pool.close().await;
        self.copy.close().await;
    }

    /// Looks at what was too much to look at when the store was opened.
    ///
    /// # Errors
    /// [`StoreFault::Corrupted`].
    pub(crate) async fn check_the_rest(&self) -> Result<(), StoreFault> {
        if is_large(&self.file) { check_sound(&self.pool, &self.file, None).await } else { Ok(()) }
    }

    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    async fn prepare(&self) -> Result<(), StoreFault> {
        self.prepare_copy().await?;
        self.reconcile().await?;
        self.reconcile_files().await?;
        if let Err(fault) = self.tend_copy().await {
            tracing::warn!(%fault, "the outbox copy was not tended; the next start tries again");
        }
        Ok(())
    }

    async fn prepare_copy(&self) -> Result<(), StoreFault> {
        if self.fact::<String>("copy_version").await?.as_deref() == Some(COPY_VERSION) {
            return Ok(());
        }
        let mut writing = self.write().await?;
        copy_tables::make_anew(&mut writing).await.map_err(self.fault())?;
        facts::put(&mut writing, "copy_version", &COPY_VERSION).await.map_err(self.fault())?;
        writing.commit().await.map_err(self.fault())
    }

    /// A transaction that takes the write lock at once, so that it cannot fail for it later.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreFault> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(self.fault())
    }

    fn fault(&self) -> impl Fn(sqlx::Error) -> StoreFault + '_ {
        |error| StoreFault::of(error, &self.file)
    }

    /// Lets the store grow no further, as a full disk does.
    #[cfg(test)]
    pub(crate) async fn fill_up(&self) {
        // Every connection has a limit of its own: the pool is taken down to one first.
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(self.pool.acquire().await.unwrap());
        }
        for connection in &mut held {
            sqlx::query("PRAGMA max_page_count = 1").execute(&mut **connection).await.unwrap();
        }
    }
}

/// The outbox copy as it is, or a new one in place of a damaged one.
async fn open_or_renew_copy(folder: &Path, key: &SecretKey) -> Result<OutboxCopy, StoreFault> {
    match OutboxCopy::open(folder, key).await {
        Err(StoreFault::Corrupted { file, detail }) => {
            let from = folder.to_owned();
            let moved = move || recovery::set_aside(&from, OUTBOX_COPY_FILE, SystemClock.now());
            let moved = tokio::task::spawn_blocking(moved).await;
            let aside = moved.map_err(std::io::Error::other).and_then(|moved| moved).map_err(StoreFault::Files)?;
            tracing::warn!(
                file = %file.display(), detail, aside = %aside.display(),
                "the outbox copy was damaged: it is put aside and made anew from the store"
            );
            OutboxCopy::open(folder, key).await
        }
        opened => opened,
    }
}

/// Opens an encrypted file, or makes it, sees that it is sound and brings it up to date.
async fn open_file(
    file: &Path,
    key: &SecretKey,
    connections: u32,
    migrations: &Migrator,
) -> Result<SqlitePool, StoreFault> {
    match open_pool(file, key, connections).await {
        // It may be of a program that ciphered otherwise.
        Err(StoreFault::Corrupted { .. }) if ciphers::carry_over(file, key).await? => {}
        Err(fault) => return Err(fault),
        Ok(pool) => return up_to_date(pool, file, migrations).await,
    }
    up_to_date(open_pool(file, key, connections).await?, file, migrations).await
}

async fn open_pool(file: &Path, key: &SecretKey, connections: u32) -> Result<SqlitePool, StoreFault> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .connect_with(options(file, key))
        .await
        .map_err(|error| StoreFault::of(error, file))
}

async fn up_to_date(pool: SqlitePool, file: &Path, migrations: &Migrator) -> Result<SqlitePool, StoreFault> {
    if let Err(fault) = check_and_migrate(&pool, file, migrations).await {
        pool.close().await;
        return Err(fault);
    }
    Ok(pool)
}

async fn check_and_migrate(pool: &SqlitePool, file: &Path, migrations: &Migrator) -> Result<(), StoreFault> {
    // A page that was changed on the disk is found here, at the start, and not in the middle of a step. The copy of a
    // large plant takes seconds: it can be fetched again, and is looked at once the station is there.
    if is_large(file) {
        for table in KEPT_TABLES {
            check_sound(pool, file, Some(table)).await?;
        }
    } else {
        check_sound(pool, file, None).await?;
    }
    migrations.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
            StoreFault::Newer { version }
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => StoreFault::of(error, file),
        other => StoreFault::Database(sqlx::Error::Migrate(Box::new(other))),
    })
}

fn is_large(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|file| file.len() > LARGE)
}

/// Looks at every page of a table, or of the whole file.
async fn check_sound(pool: &SqlitePool, file: &Path, table: Option<&str>) -> Result<(), StoreFault> {
    let sql = match table {
        Some(table) => format!("PRAGMA quick_check('{table}')"),
        None => "PRAGMA quick_check(1)".to_owned(),
    };
    let checked: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(pool)
        .await
        .map_err(|error| StoreFault::of(error, file))?;
    if checked == "ok" {
        return Ok(());
    }
    Err(StoreFault::Corrupted { file: file.to_owned(), detail: checked })
}

fn sequence(number: u64) -> Result<i64, StoreFault> {
    i64::try_from(number).map_err(|error| StoreFault::Unreadable(error.to_string()))
}

fn options(file: &Path, key: &SecretKey) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let options = ciphers::now(options, key)
        .pragma("cipher_memory_security", "OFF")
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "MEMORY")
        .foreign_keys(true)
        .busy_timeout(std::time::Duration::from_secs(10))
        // Statements carry what was recorded; they stay out of the log.
        .disable_statement_logging();
    // What an old copy has taken is given back to the disk. Said of a file that is there it would be a change of it, and
    // a damaged one stays as it is.
    if file.exists() { options } else { options.auto_vacuum(SqliteAutoVacuum::Incremental) }
}

#[cfg(test)]
mod tests;
