//! The log of operations: what was recorded here, for ever.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;
use viruj_api::{
    statement::{Envelope, SignedEnvelope, Statement},
    sync::OperationVerdict,
};
use viruj_domain::ids::{OperationId, StationId};
use viruj_sync::{
    signing::read_statement,
    store::{Appended, OperationLog, StoreError, StoredOperation},
};

use super::{Store, StoreFault, summary};

/// An operation of this station with what it says.
#[derive(Clone, Debug)]
pub struct KeptOperation {
    pub operation: StoredOperation,
    pub envelope: Envelope,
    pub statement: Statement,
    pub person_name: String,
}

/// An operation that waits for its verdict.
#[derive(Clone, Debug)]
pub struct Unsent {
    pub kept: KeptOperation,
    pub attempts: u32,
    pub last_problem: Option<String>,
}

macro_rules! select {
    ($condition:literal) => {
        sqlx::query(concat!(
            "SELECT operation_id, station_id, station_seq, envelope_hash, envelope, algorithm, signature, ",
            "verdict, person_name, attempts, last_problem FROM operations ",
            $condition
        ))
    };
}

pub(super) fn operation_of(row: &SqliteRow) -> Result<StoredOperation, sqlx::Error> {
    let decode = |error: serde_json::Error| sqlx::Error::Decode(Box::new(error));
    let hash: Vec<u8> = row.try_get("envelope_hash")?;
    let verdict: Option<String> = row.try_get("verdict")?;
    Ok(StoredOperation {
        operation_id: OperationId(row.try_get::<Uuid, _>("operation_id")?),
        station_id: StationId(row.try_get::<Uuid, _>("station_id")?),
        station_seq: row.try_get::<i64, _>("station_seq")?.unsigned_abs(),
        envelope_hash: hash.try_into().map_err(|_| sqlx::Error::Decode("a hash of another length".into()))?,
        signed: SignedEnvelope {
            envelope: row.try_get("envelope")?,
            algorithm: row.try_get("algorithm")?,
            signature: row.try_get("signature")?,
        },
        verdict: verdict.map(|json| serde_json::from_str(&json)).transpose().map_err(decode)?,
    })
}

/// What the operation says; it was made here, so what cannot be read was damaged.
fn kept_of(row: &SqliteRow) -> Result<KeptOperation, StoreFault> {
    let unreadable = |error: &dyn std::fmt::Display| StoreFault::Unreadable(error.to_string());
    let operation = operation_of(row).map_err(StoreFault::Database)?;
    let (envelope, statement) = said(&operation.signed).map_err(|error| unreadable(&error))?;
    let person_name: Option<String> = row.try_get("person_name").map_err(StoreFault::Database)?;
    let person_name = person_name.unwrap_or_else(|| statement.person_id.0.clone());
    Ok(KeptOperation { operation, envelope, statement, person_name })
}

fn said(signed: &SignedEnvelope) -> Result<(Envelope, Statement), Box<dyn std::error::Error + Send + Sync>> {
    let envelope: Envelope = serde_json::from_slice(&BASE64.decode(&signed.envelope)?)?;
    let statement = read_statement(&BASE64.decode(&envelope.statement)?)?;
    Ok((envelope, statement))
}

impl Store {
    /// Appends an operation with the name that its person had, and brings the batch's summary up to date with it.
    ///
    /// It is on the disk twice when this returns, in the outbox copy and in the store.
    ///
    /// # Errors
    /// [`StoreFault::DiskFull`] and the other faults; nothing was appended then. Only with [`StoreFault::InDoubt`] the
    /// copy has the operation already, and the store takes it before the next one.
    pub async fn keep(&self, operation: &StoredOperation, person_name: &str) -> Result<Appended, StoreFault> {
        self.append_twice(operation, Some(person_name)).await
    }

    async fn append_twice(&self, operation: &StoredOperation, name: Option<&str>) -> Result<Appended, StoreFault> {
        let mut in_doubt = self.in_doubt.lock().await;
        if *in_doubt {
            self.reconcile().await?;
            *in_doubt = false;
        }
        let mut writing = self.write().await?;
        let (appended, batch) = append(&mut writing, operation, name).await.map_err(self.fault())?;
        if appended != Appended::New {
            return Ok(appended);
        }
        if let Some(batch) = batch {
            summary::refresh(self, &mut writing, &[batch]).await?;
        }
        // The copy first: the store holds nothing, and sends nothing, that the copy has not. All that the store can
        // refuse it has refused by now, except the commit itself.
        *in_doubt = true;
        self.copy.append(operation, name).await?;
        if let Err(error) = writing.commit().await {
            let fault = self.fault()(error);
            // Once more, as the next opening would do it.
            self.reconcile().await.map_err(|_| StoreFault::InDoubt(Box::new(fault)))?;
        }
        *in_doubt = false;
        Ok(appended)
    }

    /// How many operations wait for a verdict and files for the server, and since when.
    pub(crate) async fn unsent_count(&self) -> Result<(u32, Option<String>), StoreFault> {
        let row = sqlx::query(
            // Two halves that an index answers each: this is asked at every entry.
            "SELECT count(*), min(recorded_at) FROM ( \
                 SELECT recorded_at FROM operations WHERE verdict IS NULL \
                 UNION ALL \
                 SELECT o.recorded_at FROM unsent_files AS f JOIN operations AS o ON o.operation_id = f.operation_id \
                 WHERE o.verdict IS NOT NULL)",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(self.fault())?;
        let count: i64 = row.try_get(0).map_err(self.fault())?;
        Ok((u32::try_from(count).unwrap_or(u32::MAX), row.try_get(1).map_err(self.fault())?))
    }

    pub(crate) async fn unsent(&self) -> Result<Vec<Unsent>, StoreFault> {
        let rows = select!("WHERE verdict IS NULL ORDER BY id LIMIT 1000").fetch_all(&self.pool).await;
        let unsent = |row: &SqliteRow| {
            let attempts: i64 = row.try_get("attempts").map_err(self.fault())?;
            Ok(Unsent {
                kept: kept_of(row)?,
                attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
                last_problem: row.try_get("last_problem").map_err(self.fault())?,
            })
        };
        rows.map_err(self.fault())?.iter().map(unsent).collect()
    }

    /// Counts an attempt for everything that is unsent, with the code of what it failed with.
    pub(crate) async fn note_attempt(&self, problem: &str) -> Result<(), StoreFault> {
        sqlx::query("UPDATE operations SET attempts = attempts + 1, last_problem = ? WHERE verdict IS NULL")
            .bind(problem)
            .execute(&self.pool)
            .await
            .map_err(self.fault())?;
        Ok(())
    }

    /// When the station's newest operation was recorded, by its own clock.
    pub(crate) async fn last_recorded_at(&self, station: StationId) -> Result<Option<DateTime<Utc>>, StoreFault> {
        let text: Option<String> = sqlx::query_scalar(
            "SELECT recorded_at FROM operations WHERE station_id = ? ORDER BY station_seq DESC LIMIT 1",
        )
        .bind(station.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok(text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|time| time.to_utc()))
    }

    pub(crate) async fn kept(&self, id: OperationId) -> Result<Option<KeptOperation>, StoreFault> {
        let row = select!("WHERE operation_id = ?").bind(id.0).fetch_optional(&self.pool).await;
        row.map_err(self.fault())?.as_ref().map(kept_of).transpose()
    }
}

/// Operations of a batch that have not come back in the copy, oldest first.
pub(super) async fn not_in_copy(
    connection: &mut SqliteConnection,
    batch_id: &str,
) -> Result<Vec<KeptOperation>, StoreFault> {
    let rows = select!(
        "AS o WHERE batch_id = ? AND NOT EXISTS (SELECT 1 FROM copy_entries AS e WHERE e.id = o.operation_id) ORDER BY id"
    )
    .bind(batch_id)
    .fetch_all(connection)
    .await
    .map_err(StoreFault::Database)?;
    rows.iter().map(kept_of).collect()
}

pub(super) async fn append(
    connection: &mut SqliteConnection,
    operation: &StoredOperation,
    person_name: Option<&str>,
) -> Result<(Appended, Option<String>), sqlx::Error> {
    let known =
        select!("WHERE operation_id = ?").bind(operation.operation_id.0).fetch_optional(&mut *connection).await?;
    if let Some(known) = known.as_ref().map(operation_of).transpose()? {
        let same = known.envelope_hash == operation.envelope_hash && known.station_id == operation.station_id;
        return Ok((if same { Appended::AlreadyThere } else { Appended::OtherBytes }, None));
    }
    let station_seq = i64::try_from(operation.station_seq).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let said = said(&operation.signed).ok();
    let batch_id = said.as_ref().and_then(|(_, statement)| statement.batch_id.as_ref().map(|batch| batch.0.clone()));
    let recorded_at = said.as_ref().map(|(envelope, _)| envelope.recorded_at.to_rfc3339()).unwrap_or_default();
    let written = sqlx::query(
        "INSERT INTO operations (operation_id, station_id, station_seq, envelope_hash, envelope, algorithm, signature, \
         batch_id, person_name, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (station_id, station_seq) DO NOTHING",
    )
    .bind(operation.operation_id.0)
    .bind(operation.station_id.0)
    .bind(station_seq)
    .bind(operation.envelope_hash.as_slice())
    .bind(&operation.signed.envelope)
    .bind(&operation.signed.algorithm)
    .bind(&operation.signed.signature)
    .bind(&batch_id)
    .bind(person_name)
    .bind(recorded_at)
    .execute(connection)
    .await?;
    Ok((if written.rows_affected() == 1 { Appended::New } else { Appended::SequenceTaken }, batch_id))
}

impl OperationLog for Store {
    async fn append(&mut self, operation: StoredOperation) -> Result<Appended, StoreError> {
        Ok(self.append_twice(&operation, None).await?)
    }

    async fn operation(&mut self, id: OperationId) -> Result<Option<StoredOperation>, StoreError> {
        let row = select!("WHERE operation_id = ?").bind(id.0).fetch_optional(&self.pool).await;
        Ok(row.and_then(|row| row.as_ref().map(operation_of).transpose()).map_err(self.fault())?)
    }

    async fn last(&mut self, station: StationId) -> Result<Option<StoredOperation>, StoreError> {
        let row = select!("WHERE station_id = ? ORDER BY station_seq DESC LIMIT 1").bind(station.0);
        let row = row.fetch_optional(&self.pool).await;
        Ok(row.and_then(|row| row.as_ref().map(operation_of).transpose()).map_err(self.fault())?)
    }

    async fn without_verdict(&mut self, station: StationId, limit: usize) -> Result<Vec<StoredOperation>, StoreError> {
        let rows = select!("WHERE station_id = ? AND verdict IS NULL ORDER BY station_seq LIMIT ?")
            .bind(station.0)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await;
        Ok(rows.and_then(|rows| rows.iter().map(operation_of).collect()).map_err(self.fault())?)
    }

    async fn since(
        &mut self,
        station: StationId,
        first_seq: u64,
        limit: usize,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        let rows = select!("WHERE station_id = ? AND station_seq >= ? ORDER BY station_seq LIMIT ?")
            .bind(station.0)
            .bind(i64::try_from(first_seq).unwrap_or(i64::MAX))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await;
        Ok(rows.and_then(|rows| rows.iter().map(operation_of).collect()).map_err(self.fault())?)
    }

    async fn set_verdict(&mut self, verdict: OperationVerdict) -> Result<(), StoreError> {
        let json = serde_json::to_string(&verdict).map_err(StoreFault::from)?;
        let mut writing = self.write().await?;
        let batch: Option<Option<String>> = sqlx::query_scalar(
            "UPDATE operations SET verdict = ?, last_problem = NULL WHERE operation_id = ? AND verdict IS NULL \
             RETURNING batch_id",
        )
        .bind(json)
        .bind(verdict.operation_id.0)
        .fetch_optional(&mut *writing)
        .await
        .map_err(self.fault())?;
        if let Some(batch) = batch.flatten() {
            summary::refresh(self, &mut writing, &[batch]).await?;
        }
        Ok(writing.commit().await.map_err(self.fault())?)
    }
}
