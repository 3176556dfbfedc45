//! The outbox copy: every operation a second time, in an encrypted file of its own beside the store.
//!
//! It holds the end of each station's log without a gap. Nothing leaves it that has no verdict.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sqlx::{Row, Sqlite, SqliteConnection, SqlitePool, Transaction, migrate::Migrator};
use uuid::Uuid;
use viruj_api::sync::OperationVerdict;
use viruj_sync::store::StoredOperation;

use super::{StoreFault, facts, open_file, outbox::operation_of};
use crate::secrets::SecretKey;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/station/outbox-copy");

/// The file beside the store.
pub const OUTBOX_COPY_FILE: &str = "outbox-copy.db";

/// How many operations before the newest stay although they were judged: a server that was restored may ask for them.
pub(super) const KEPT: u64 = 10_000;

#[derive(Clone, Debug)]
pub(super) struct OutboxCopy {
    pub(super) pool: SqlitePool,
    file: PathBuf,
}

/// An operation of the copy with the name that its person had.
pub(super) struct Copied {
    pub operation: StoredOperation,
    pub person_name: Option<String>,
}

impl OutboxCopy {
    /// Opens the copy in `folder`, or makes an empty one.
    pub(super) async fn open(folder: &Path, store_key: &SecretKey) -> Result<Self, StoreFault> {
        let file = folder.join(OUTBOX_COPY_FILE);
        // One connection: what was begun on it has ended, one way or the other, before the next statement is answered.
        let pool = open_file(&file, &store_key.of_outbox_copy(), 1, &MIGRATIONS).await?;
        Ok(Self { pool, file })
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    pub(super) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreFault> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(self.fault())
    }

    /// Adds an operation; it is on the disk when this returns. The same bytes twice are fine.
    pub(super) async fn append(&self, operation: &StoredOperation, name: Option<&str>) -> Result<(), StoreFault> {
        let mut writing = self.write().await?;
        self.insert(&mut writing, operation, name).await?;
        writing.commit().await.map_err(self.fault())
    }

    pub(super) async fn insert(
        &self,
        connection: &mut SqliteConnection,
        operation: &StoredOperation,
        person_name: Option<&str>,
    ) -> Result<(), StoreFault> {
        let verdict = operation.verdict.as_ref().map(serde_json::to_string).transpose()?;
        let written = sqlx::query(
            "INSERT INTO operations (operation_id, station_id, station_seq, envelope_hash, envelope, algorithm, \
             signature, person_name, verdict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(operation.operation_id.0)
        .bind(operation.station_id.0)
        .bind(super::sequence(operation.station_seq)?)
        .bind(operation.envelope_hash.as_slice())
        .bind(&operation.signed.envelope)
        .bind(&operation.signed.algorithm)
        .bind(&operation.signed.signature)
        .bind(person_name)
        .bind(verdict)
        .execute(&mut *connection)
        .await
        .map_err(self.fault())?;
        if written.rows_affected() == 1 {
            return Ok(());
        }
        let known = self.read(connection, operation.operation_id.0).await?.map(|known| known.operation);
        let is_same = known.is_some_and(|known| {
            (known.station_id, known.station_seq, known.envelope_hash)
                == (operation.station_id, operation.station_seq, operation.envelope_hash)
        });
        if is_same { Ok(()) } else { Err(StoreFault::differs(operation.station_seq, "other bytes in the copy")) }
    }

    pub(super) async fn read(
        &self,
        connection: &mut SqliteConnection,
        operation_id: Uuid,
    ) -> Result<Option<Copied>, StoreFault> {
        let row = sqlx::query(
            "SELECT operation_id, station_id, station_seq, envelope_hash, envelope, algorithm, signature, verdict, \
             person_name FROM operations WHERE operation_id = ?",
        )
        .bind(operation_id)
        .fetch_optional(connection)
        .await
        .map_err(self.fault())?;
        let copied = |row| Ok(Copied { operation: operation_of(&row)?, person_name: row.try_get("person_name")? });
        row.map(copied).transpose().map_err(StoreFault::Database)
    }

    pub(super) async fn without_verdict(&self) -> Result<Vec<Uuid>, StoreFault> {
        sqlx::query_scalar("SELECT operation_id FROM operations WHERE verdict IS NULL")
            .fetch_all(&self.pool)
            .await
            .map_err(self.fault())
    }

    pub(super) async fn learn(&self, verdicts: &[OperationVerdict]) -> Result<(), StoreFault> {
        let mut writing = self.write().await?;
        for verdict in verdicts {
            sqlx::query("UPDATE operations SET verdict = ? WHERE operation_id = ? AND verdict IS NULL")
                .bind(serde_json::to_string(verdict)?)
                .bind(verdict.operation_id.0)
                .execute(&mut *writing)
                .await
                .map_err(self.fault())?;
        }
        writing.commit().await.map_err(self.fault())
    }

    /// Lets go of what was judged long ago, from the front: what stays has no gap.
    pub(super) async fn prune(&self, kept: u64) -> Result<u64, StoreFault> {
        let mut writing = self.write().await?;
        let pruned = sqlx::query(
            "WITH bounds AS (SELECT station_id, max(station_seq) - ? AS last, \
                 coalesce(min(station_seq) FILTER (WHERE verdict IS NULL), max(station_seq)) AS first_needed \
                 FROM operations GROUP BY station_id) \
             DELETE FROM operations WHERE verdict IS NOT NULL AND EXISTS (SELECT 1 FROM bounds AS b \
                 WHERE b.station_id = operations.station_id AND operations.station_seq <= b.last \
                 AND operations.station_seq < b.first_needed)",
        )
        .bind(super::sequence(kept)?)
        .execute(&mut *writing)
        .await
        .map_err(self.fault())?
        .rows_affected();
        writing.commit().await.map_err(self.fault())?;
        Ok(pruned)
    }

    pub(super) async fn set_fact<T: Serialize + Sync>(&self, name: &str, value: &T) -> Result<(), StoreFault> {
        let mut writing = self.write().await?;
        facts::put(&mut writing, name, value).await.map_err(self.fault())?;
        writing.commit().await.map_err(self.fault())
    }

    pub(super) async fn forget_fact(&self, name: &str) -> Result<(), StoreFault> {
        sqlx::query("DELETE FROM facts WHERE name = ?").bind(name).execute(&self.pool).await.map_err(self.fault())?;
        Ok(())
    }

    pub(super) fn fault(&self) -> impl Fn(sqlx::Error) -> StoreFault + '_ {
        |error| StoreFault::of(error, &self.file)
    }
}
