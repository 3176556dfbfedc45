//! Operations with their exact bytes.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Datelike, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    statement::{Action, Envelope, SignedEnvelope, Statement},
    sync::{OperationVerdict, Verdict},
};
use viruj_domain::ids::{DeviationId, OperationId, StationId};
use viruj_sync::store::{Appended, StoredOperation};

use super::{Keeping, PgPlantStore};
use crate::StorageError;

/// The kind of an operation whose statement cannot be read.
const UNREADABLE: &str = "unreadable";
/// The author of an operation that names nobody.
const NOBODY: &str = "system:sync";
const LONGEST_NAME: usize = 200;

struct OperationRow {
    operation_id: Uuid,
    station_id: Uuid,
    station_seq: i64,
    envelope: Vec<u8>,
    algorithm: String,
    signature: Vec<u8>,
    envelope_sha256: Vec<u8>,
    received_at: DateTime<Utc>,
    verdict: Option<String>,
    verdict_code: Option<String>,
    deviation_id: Option<Uuid>,
}

impl OperationRow {
    fn read(self) -> Result<StoredOperation, StorageError> {
        let unreadable = |cause: &str| StorageError::Unreadable {
            table: "operations",
            id: self.operation_id.to_string(),
            cause: cause.to_owned(),
        };
        let code = || self.verdict_code.clone().unwrap_or_default();
        let verdict = match self.verdict.as_deref() {
            None => None,
            Some("accepted") => Some(Verdict::Accepted),
            Some("accepted_with_deviation") => {
                Some(Verdict::AcceptedWithDeviation { code: code(), deviation_id: self.deviation_id.map(DeviationId) })
            }
            Some("not_applied") => Some(Verdict::NotApplied { code: code() }),
            Some(_) => return Err(unreadable("the verdict is unknown")),
        };
        let operation_id = OperationId(self.operation_id);
        let station_seq = self.station_seq.unsigned_abs();
        Ok(StoredOperation {
            operation_id,
            station_id: StationId(self.station_id),
            station_seq,
            envelope_hash: self
                .envelope_sha256
                .as_slice()
                .try_into()
                .map_err(|_| unreadable("the hash has another length"))?,
            verdict: verdict.map(|verdict| OperationVerdict {
                operation_id,
                station_seq,
                verdict,
                received_at: self.received_at,
            }),
            signed: SignedEnvelope {
                envelope: BASE64.encode(&self.envelope),
                algorithm: self.algorithm,
                signature: BASE64.encode(&self.signature),
            },
        })
    }
}

pub(super) async fn append(store: &mut PgPlantStore, operation: &StoredOperation) -> Result<Appended, StorageError> {
    let id = operation.operation_id;
    if let Some(known) = self::operation(store.unit.connection(), id).await? {
        let is_same = known.signed == operation.signed && known.station_id == operation.station_id;
        return Ok(if is_same { Appended::AlreadyThere } else { Appended::OtherBytes });
    }
    let station_seq = i64::try_from(operation.station_seq).unwrap_or(i64::MAX);
    let is_taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM operations WHERE station_id = $1 AND station_seq = $2) AS "taken!""#,
        operation.station_id.0,
        station_seq,
    )
    .fetch_one(store.unit.connection())
    .await?;
    if is_taken {
        return Ok(Appended::SequenceTaken);
    }
    if store.keeping == Keeping::WithVerdict {
        store.waiting = Some(operation.clone());
        return Ok(Appended::New);
    }
    let is_written = insert(store, operation, None).await?;
    Ok(if is_written { Appended::New } else { Appended::OtherBytes })
}

/// Writes the row; `false` where its id is taken.
async fn insert(
    store: &mut PgPlantStore,
    operation: &StoredOperation,
    verdict: Option<&OperationVerdict>,
) -> Result<bool, StorageError> {
    let id = operation.operation_id;
    let station_seq = i64::try_from(operation.station_seq).unwrap_or(i64::MAX);
    let unreadable = |cause: base64::DecodeError| StorageError::Unreadable {
        table: "operations",
        id: id.to_string(),
        cause: cause.to_string(),
    };
    let envelope = BASE64.decode(&operation.signed.envelope).map_err(unreadable)?;
    let signature = BASE64.decode(&operation.signed.signature).map_err(unreadable)?;
    let said = Said::read(&envelope, store.received_at);
    let author = said.person_id.as_deref().unwrap_or(NOBODY);
    store.unit.set_author(author, Some(operation.station_id), Some(id), None).await?;
    // An operation of another plant is not visible here, yet its id is taken: nothing is written then.
    let written = sqlx::query!(
        "INSERT INTO operations (operation_id, station_id, station_seq, plant_id, batch_id, person_id, kind, envelope,
             algorithm, signature, envelope_sha256, statement_sha256, recorded_at, received_at, verdict, verdict_code,
             deviation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING",
        id.0,
        operation.station_id.0,
        station_seq,
        store.plant_id.as_str(),
        said.batch_id,
        said.person_id,
        said.kind,
        envelope,
        operation.signed.algorithm,
        signature,
        &operation.envelope_hash[..],
        said.statement_sha256.as_ref().map(<[u8; 32]>::as_slice),
        said.recorded_at,
        verdict.map_or(store.received_at, |verdict| verdict.received_at),
        verdict.map(|verdict| verdict.verdict.word()),
        verdict.and_then(|verdict| verdict.verdict.code()),
        verdict.and_then(|verdict| deviation_of(&verdict.verdict)).map(|id| id.0),
    )
    .execute(store.unit.connection())
    .await?;
    Ok(written.rows_affected() == 1)
}

fn deviation_of(verdict: &Verdict) -> Option<DeviationId> {
    match verdict {
        Verdict::AcceptedWithDeviation { deviation_id, .. } => *deviation_id,
        Verdict::Accepted | Verdict::NotApplied { .. } => None,
    }
}

/// What an envelope says about its operation, as far as it can be read and kept.
struct Said {
    batch_id: Option<String>,
    person_id: Option<String>,
    kind: &'static str,
    statement_sha256: Option<[u8; 32]>,
    recorded_at: DateTime<Utc>,
}

impl Said {
    fn read(envelope: &[u8], received_at: DateTime<Utc>) -> Self {
        let envelope: Option<Envelope> = serde_json::from_slice(envelope).ok();
        let recorded_at = envelope.as_ref().map(|envelope| envelope.recorded_at);
        let statement = envelope.and_then(|envelope| BASE64.decode(envelope.statement).ok());
        let read: Option<Statement> = statement.as_deref().and_then(|bytes| serde_json::from_slice(bytes).ok());
        Self {
            kind: match read.as_ref().map(|statement| &statement.action) {
                Some(Action::PhaseEntry { .. }) => "phase.entry",
                Some(Action::PhaseCorrection { .. }) => "phase.correction",
                Some(Action::Comment { .. }) => "batch.comment",
                Some(Action::Session { .. }) => "session.event",
                None => UNREADABLE,
            },
            statement_sha256: statement.map(|bytes| Sha256::digest(bytes).into()),
            recorded_at: recorded_at.filter(|at| (1970..=9999).contains(&at.year())).unwrap_or(received_at),
            batch_id: read
                .as_ref()
                .and_then(|statement| statement.batch_id.as_ref())
                .map(|batch| batch.0.clone())
                .filter(|name| is_storable(name)),
            person_id: read.map(|statement| statement.person_id.0).filter(|name| is_storable(name)),
        }
    }
}

/// The bytes keep everything; a column that is only for searching may leave out what it cannot hold.
fn is_storable(name: &str) -> bool {
    !name.is_empty() && !name.contains('\0') && name.len() <= LONGEST_NAME
}

pub(super) async fn operation(
    connection: &mut PgConnection,
    id: OperationId,
) -> Result<Option<StoredOperation>, StorageError> {
    let row = sqlx::query_as!(
        OperationRow,
        "SELECT operation_id, station_id, station_seq, envelope, algorithm, signature, envelope_sha256, received_at,
             verdict, verdict_code, deviation_id
         FROM operations WHERE operation_id = $1",
        id.0,
    )
    .fetch_optional(connection)
    .await?;
    row.map(OperationRow::read).transpose()
}

/// Whether an operation with this id has been received.
///
/// # Errors
/// Failures of the database.
pub async fn is_known(connection: &mut PgConnection, id: OperationId) -> Result<bool, StorageError> {
    let known =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM operations WHERE operation_id = $1) AS "known!""#, id.0,)
            .fetch_one(connection)
            .await?;
    Ok(known)
}

pub(super) async fn last(
    connection: &mut PgConnection,
    station: StationId,
) -> Result<Option<StoredOperation>, StorageError> {
    let row = sqlx::query_as!(
        OperationRow,
        "SELECT operation_id, station_id, station_seq, envelope, algorithm, signature, envelope_sha256, received_at,
             verdict, verdict_code, deviation_id
         FROM operations WHERE station_id = $1 ORDER BY station_seq DESC LIMIT 1",
        station.0,
    )
    .fetch_optional(connection)
    .await?;
    row.map(OperationRow::read).transpose()
}

pub(super) async fn without_verdict(
    connection: &mut PgConnection,
    station: StationId,
    limit: usize,
) -> Result<Vec<StoredOperation>, StorageError> {
    let rows = sqlx::query_as!(
        OperationRow,
        "SELECT operation_id, station_id, station_seq, envelope, algorithm, signature, envelope_sha256, received_at,
             verdict, verdict_code, deviation_id
         FROM operations WHERE station_id = $1 AND verdict IS NULL ORDER BY station_seq LIMIT $2",
        station.0,
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(OperationRow::read).collect()
}

pub(super) async fn from_sequence(
    connection: &mut PgConnection,
    station: StationId,
    first_seq: u64,
    limit: usize,
) -> Result<Vec<StoredOperation>, StorageError> {
    let rows = sqlx::query_as!(
        OperationRow,
        "SELECT operation_id, station_id, station_seq, envelope, algorithm, signature, envelope_sha256, received_at,
             verdict, verdict_code, deviation_id
         FROM operations WHERE station_id = $1 AND station_seq >= $2 ORDER BY station_seq LIMIT $3",
        station.0,
        i64::try_from(first_seq).unwrap_or(i64::MAX),
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(OperationRow::read).collect()
}

pub(super) async fn set_verdict(store: &mut PgPlantStore, verdict: &OperationVerdict) -> Result<(), StorageError> {
    let id = verdict.operation_id;
    if let Some(waiting) = store.waiting.take_if(|waiting| waiting.operation_id == id) {
        let is_written = insert(store, &waiting, Some(verdict)).await?;
        return is_written.then_some(()).ok_or(StorageError::OperationTaken);
    }
    let row = sqlx::query!("SELECT station_id, person_id FROM operations WHERE operation_id = $1", id.0)
        .fetch_optional(store.unit.connection())
        .await?;
    let Some(row) = row else { return Ok(()) };
    let author = row.person_id.as_deref().unwrap_or(NOBODY);
    store.unit.set_author(author, Some(StationId(row.station_id)), Some(id), None).await?;
    sqlx::query!(
        "UPDATE operations SET verdict = $2, verdict_code = $3, deviation_id = $4, received_at = $5
         WHERE operation_id = $1 AND verdict IS NULL",
        id.0,
        verdict.verdict.word(),
        verdict.verdict.code(),
        deviation_of(&verdict.verdict).map(|id| id.0),
        verdict.received_at,
    )
    .execute(store.unit.connection())
    .await?;
    Ok(())
}
