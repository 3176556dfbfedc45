//! Files of entries on their way to the server: on the disk twice before their entry is, gone when the server has them.

use sqlx::{Row, SqlitePool, sqlite::SqliteRow};
use uuid::Uuid;
use viruj_domain::ids::{BatchId, OperationId};

use super::{Store, StoreFault};

/// A file that the server has not got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaitingFile {
    pub operation_id: OperationId,
    pub batch_id: BatchId,
    pub sha256: String,
    pub attempts: u32,
    pub last_problem: Option<String>,
}

impl Store {
    /// Keeps the file of an operation that is about to be recorded; it is on the disk twice when this returns.
    ///
    /// # Errors
    /// [`StoreFault::DiskFull`] and the other faults.
    pub(crate) async fn keep_file(
        &self,
        operation: OperationId,
        (batch, sha256): (&BatchId, &str),
        content: &[u8],
    ) -> Result<(), StoreFault> {
        let file = (operation.0, batch.as_str(), sha256, content);
        write(&self.copy.pool, file).await.map_err(self.copy.fault())?;
        write(&self.pool, file).await.map_err(self.fault())
    }

    /// Files whose entry the server knows and that it has not refused for good, the oldest first; `now` in seconds since
    /// 1970 leaves out those whose time has not come.
    pub(crate) async fn waiting_files(&self, now: i64) -> Result<Vec<WaitingFile>, StoreFault> {
        self.files("o.verdict IS NOT NULL AND f.is_refused = 0 AND f.retry_at <= ?", now).await
    }

    /// Files whose entry the server knows, the refused ones among them.
    pub(crate) async fn unsent_files(&self) -> Result<Vec<WaitingFile>, StoreFault> {
        self.files("o.verdict IS NOT NULL AND ? = 0", 0).await
    }

    async fn files(&self, condition: &'static str, bound: i64) -> Result<Vec<WaitingFile>, StoreFault> {
        // The conditions are those of the two functions above.
        let statement = sqlx::AssertSqlSafe(format!(
            "SELECT f.operation_id, f.batch_id, f.sha256, f.attempts, f.last_problem \
             FROM unsent_files AS f JOIN operations AS o ON o.operation_id = f.operation_id \
             WHERE {condition} ORDER BY f.id LIMIT 1000"
        ));
        let rows = sqlx::query(statement).bind(bound).fetch_all(&self.pool).await;
        rows.map_err(self.fault())?.iter().map(waiting_of).collect::<Result<_, _>>().map_err(self.fault())
    }

    /// The bytes of a file that has not left yet.
    pub(crate) async fn own_file(&self, operation: OperationId) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self.kept_file(operation).await?.map(|(_, _, content)| content))
    }

    /// Batch, hash and bytes of a file that has not left yet.
    pub(crate) async fn kept_file(
        &self,
        operation: OperationId,
    ) -> Result<Option<(BatchId, String, Vec<u8>)>, StoreFault> {
        let row: Option<(String, String, Vec<u8>)> =
            sqlx::query_as("SELECT batch_id, sha256, content FROM unsent_files WHERE operation_id = ?")
                .bind(operation.0)
                .fetch_optional(&self.pool)
                .await
                .map_err(self.fault())?;
        Ok(row.map(|(batch, sha256, content)| (BatchId(batch), sha256, content)))
    }

    /// The server has it. The copy lets go first: what the store alone still holds is sent once more, and changes nothing.
    pub(crate) async fn file_arrived(&self, operation: OperationId) -> Result<(), StoreFault> {
        const GONE: &str = "DELETE FROM unsent_files WHERE operation_id = ?";
        sqlx::query(GONE).bind(operation.0).execute(&self.copy.pool).await.map_err(self.copy.fault())?;
        sqlx::query(GONE).bind(operation.0).execute(&self.pool).await.map_err(self.fault())?;
        Ok(())
    }

    /// Notes what an attempt failed with, and when it is tried again; never, when it was refused for good.
    pub(crate) async fn file_failed(
        &self,
        operation: OperationId,
        problem: &str,
        retry_at: Option<i64>,
    ) -> Result<(), StoreFault> {
        sqlx::query(
            "UPDATE unsent_files SET attempts = attempts + 1, last_problem = ?, retry_at = ?, is_refused = ? \
             WHERE operation_id = ?",
        )
        .bind(problem)
        .bind(retry_at.unwrap_or_default())
        .bind(i64::from(retry_at.is_none()))
        .bind(operation.0)
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Brings both files to agree after their operations do: what one has alone comes to the other, and what was kept for
    /// an operation that never came about goes.
    pub(super) async fn reconcile_files(&self) -> Result<(), StoreFault> {
        const ALL: &str = "SELECT operation_id FROM unsent_files";
        let mine: Vec<Uuid> = sqlx::query_scalar(ALL).fetch_all(&self.pool).await.map_err(self.fault())?;
        let theirs: Vec<Uuid> = sqlx::query_scalar(ALL).fetch_all(&self.copy.pool).await.map_err(self.copy.fault())?;
        for operation in mine.iter().chain(&theirs) {
            let is_known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM operations WHERE operation_id = ?)")
                .bind(operation)
                .fetch_one(&self.pool)
                .await
                .map_err(self.fault())?;
            if !is_known {
                self.file_arrived(OperationId(*operation)).await?;
                continue;
            }
            match (mine.contains(operation), theirs.contains(operation)) {
                (true, false) => {
                    let (batch, sha256, content) = read(&self.pool, operation).await.map_err(self.fault())?;
                    let file = (*operation, batch.as_str(), sha256.as_str(), content.as_slice());
                    write(&self.copy.pool, file).await.map_err(self.copy.fault())?;
                }
                (false, true) => {
                    let (batch, sha256, content) = read(&self.copy.pool, operation).await.map_err(self.copy.fault())?;
                    let file = (*operation, batch.as_str(), sha256.as_str(), content.as_slice());
                    write(&self.pool, file).await.map_err(self.fault())?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

async fn read(pool: &SqlitePool, operation: &Uuid) -> Result<(String, String, Vec<u8>), sqlx::Error> {
    sqlx::query_as("SELECT batch_id, sha256, content FROM unsent_files WHERE operation_id = ?")
        .bind(operation)
        .fetch_one(pool)
        .await
}

/// Operation, batch, hash and bytes.
async fn write(
    pool: &SqlitePool,
    (operation, batch, sha256, content): (Uuid, &str, &str, &[u8]),
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO unsent_files (operation_id, batch_id, sha256, content) VALUES (?, ?, ?, ?)")
        .bind(operation)
        .bind(batch)
        .bind(sha256)
        .bind(content)
        .execute(pool)
        .await?;
    Ok(())
}

fn waiting_of(row: &SqliteRow) -> Result<WaitingFile, sqlx::Error> {
    Ok(WaitingFile {
        operation_id: OperationId(row.try_get::<Uuid, _>("operation_id")?),
        batch_id: BatchId(row.try_get("batch_id")?),
        sha256: row.try_get("sha256")?,
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX),
        last_problem: row.try_get("last_problem")?,
    })
}
