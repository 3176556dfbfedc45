//! Entries that could not take effect, each beside what its phase holds.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    batches::EntryRow,
    conflicts::{Conflict, ConflictDecision, ConflictDeviation, ConflictEntry, ConflictQuery},
    deviations::NamedPerson,
    lists::Page,
    sync::FeedChange,
};
use viruj_domain::{
    ids::{BatchId, DeviationId, OperationId, PhaseId, PlantId, UserId},
    plant::PlantScope,
    role::UnknownWord,
};
use viruj_sync::canonical::to_canonical;

use crate::{
    Database, StorageError, UnitOfWork,
    feed::rows::{entries, unreadable},
    keyset::{After, plain},
};

/// What signatures and the trail call the entry that is decided about.
pub const ENTITY: &str = "phase_entries";
/// The newest first.
const ORDER: &str = "-received_at";

struct Row {
    operation_id: Uuid,
    plant_id: String,
    batch_id: String,
    batch_number: String,
    product: String,
    phase_id: Uuid,
    phase_number: i32,
    phase_title: Option<String>,
    received_at: DateTime<Utc>,
    station_name: String,
    standing_id: Option<Uuid>,
    standing_station: Option<String>,
    deviation_id: Option<Uuid>,
    deviation_code: Option<String>,
    deviation_status: Option<String>,
    comment: Option<String>,
    decided_by: Option<String>,
    decided_by_name: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    is_signed: bool,
}

macro_rules! conflicts {
    ($condition:literal, $($value:expr),*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT entry.operation_id, entry.plant_id, entry.batch_id, batch.batch_number,
                   batch.product_name AS product, entry.phase_id, phase.number AS phase_number,
                   (phase.definition::json ->> 'title') AS phase_title, entry.received_at, station.name AS station_name,
                   standing.operation_id AS "standing_id?", standing.station_name AS "standing_station?",
                   deviation.id AS "deviation_id?", deviation.code AS "deviation_code?",
                   deviation.status AS "deviation_status?", decision.comment AS "comment?",
                   decision.person_id AS "decided_by?", decision.person_name AS "decided_by_name?",
                   decision.decided_at AS "decided_at?",
                   EXISTS (SELECT FROM record_signatures AS signature WHERE signature.entity = 'phase_entries'
                       AND signature.entity_id = entry.operation_id::text) AS "is_signed!"
               FROM phase_entries AS entry
                   JOIN production_batches AS batch ON batch.id = entry.batch_id
                   JOIN batch_phases AS phase ON phase.id = entry.phase_id
                   JOIN stations AS station ON station.id = entry.station_id
                   LEFT JOIN deviations AS deviation ON deviation.operation_id = entry.operation_id
                   LEFT JOIN exception_decisions AS decision ON decision.batch_id = entry.batch_id
                       AND decision.kind = 'conflict' AND decision.subject = entry.operation_id
                   LEFT JOIN LATERAL (
                       SELECT other.operation_id, place.name AS station_name
                       FROM phase_entries AS other JOIN stations AS place ON place.id = other.station_id
                       WHERE other.phase_id = entry.phase_id AND other.is_effective AND NOT EXISTS (
                           SELECT FROM phase_entries AS later
                           WHERE later.corrects = other.operation_id AND later.is_effective)
                       ORDER BY other.received_at DESC, other.operation_id DESC LIMIT 1) AS standing ON true
               WHERE NOT entry.is_effective AND "# + $condition,
            $($value),*
        )
    };
}

impl Row {
    fn conflict(self, loaded: &HashMap<Uuid, EntryRow>) -> Result<Conflict, StorageError> {
        let id = self.operation_id;
        let missing = || unreadable(ENTITY, id, &std::io::Error::other("the entry cannot be read"));
        let kept =
            ConflictEntry { entry: loaded.get(&id).cloned().ok_or_else(missing)?, station_name: self.station_name };
        let standing = match (self.standing_id, self.standing_station) {
            (Some(other), Some(station_name)) => {
                Some(ConflictEntry { entry: loaded.get(&other).cloned().ok_or_else(missing)?, station_name })
            }
            _ => None,
        };
        let deviation = match (self.deviation_id, self.deviation_code, self.deviation_status) {
            (Some(deviation), Some(code), Some(status)) => Some(ConflictDeviation {
                id: DeviationId(deviation),
                code,
                status: status.parse().map_err(|error: UnknownWord| unreadable("deviations", deviation, &error))?,
            }),
            _ => None,
        };
        let decision = match (self.comment, self.decided_by, self.decided_by_name, self.decided_at) {
            (Some(comment), Some(person), Some(name), Some(decided_at)) => Some(ConflictDecision {
                comment,
                person: NamedPerson { id: UserId(person), name },
                decided_at,
                is_signed: self.is_signed,
            }),
            _ => None,
        };
        let content_hash = hash_of(&kept, standing.as_ref()).map_err(|error| unreadable(ENTITY, id, &error))?;
        Ok(Conflict {
            operation_id: OperationId(id),
            plant_id: PlantId(self.plant_id),
            batch_id: BatchId(self.batch_id),
            batch_number: self.batch_number,
            product: self.product,
            phase_id: PhaseId(self.phase_id),
            phase_number: self.phase_number.unsigned_abs(),
            phase_title: self.phase_title.unwrap_or_default(),
            kept,
            standing,
            deviation,
            decision,
            content_hash: hex::encode(content_hash),
        })
    }
}

/// Both entries as they were looked at: a decision about another pair is another decision.
fn hash_of(
    kept: &ConflictEntry,
    standing: Option<&ConflictEntry>,
) -> Result<Vec<u8>, viruj_sync::canonical::CanonicalError> {
    #[derive(Serialize)]
    struct Pair<'a> {
        kept: &'a ConflictEntry,
        #[serde(skip_serializing_if = "Option::is_none")]
        standing: Option<&'a ConflictEntry>,
    }
    Ok(Sha256::digest(to_canonical(&Pair { kept, standing })?).to_vec())
}

/// One page.
///
/// # Errors
/// [`StorageError::CursorInvalid`], [`StorageError::Unreadable`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &ConflictQuery,
) -> Result<Page<Conflict>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let place: Option<DateTime<Utc>> =
        after.place.as_deref().map(str::parse).transpose().map_err(|_| StorageError::CursorInvalid)?;
    let mut connection = database.reader(scope).acquire().await?;
    let rows = conflicts!(
        r#"($1::timestamptz IS NULL OR (entry.received_at, entry.operation_id) < ($1, $2::uuid))
               AND (NOT $3 OR decision.id IS NULL) AND ($4::text IS NULL OR entry.plant_id = $4)
           ORDER BY entry.received_at DESC, entry.operation_id DESC LIMIT $5"#,
        place,
        after.uuid()?,
        query.open.unwrap_or(false),
        plain(query.plant_id.as_ref().map(PlantId::as_str)),
        after.fetch_limit()
    )
    .fetch_all(&mut *connection)
    .await?;
    let placed: Vec<_> = rows.iter().map(|row| (row.received_at.to_rfc3339(), row.operation_id.to_string())).collect();
    let conflicts = with_entries(&mut connection, rows).await?;
    let placed = placed.into_iter().zip(conflicts).map(|((place, id), conflict)| (place, id, conflict)).collect();
    Ok(after.page(ORDER, placed))
}

/// The conflict of this operation, when the reader sees it.
///
/// # Errors
/// As [`list`].
pub async fn find(database: &Database, scope: &PlantScope, id: OperationId) -> Result<Option<Conflict>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    find_on(&mut connection, id).await
}

/// The conflict of this operation; nobody else records for its batch until the transaction ends.
///
/// # Errors
/// As [`list`].
pub async fn lock(unit: &mut UnitOfWork, id: OperationId) -> Result<Option<Conflict>, StorageError> {
    sqlx::query_scalar!(
        "SELECT batch.id FROM production_batches AS batch JOIN phase_entries AS entry ON entry.batch_id = batch.id
         WHERE entry.operation_id = $1 FOR UPDATE OF batch",
        id.0,
    )
    .fetch_optional(unit.connection())
    .await?;
    find_in(unit, id).await
}

/// The conflict as the transaction has made it.
///
/// # Errors
/// As [`list`].
pub async fn find_in(unit: &mut UnitOfWork, id: OperationId) -> Result<Option<Conflict>, StorageError> {
    find_on(unit.connection(), id).await
}

async fn find_on(connection: &mut PgConnection, id: OperationId) -> Result<Option<Conflict>, StorageError> {
    let row = conflicts!("entry.operation_id = $1", id.0).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(with_entries(connection, vec![row]).await?.pop())
}

async fn with_entries(connection: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<Conflict>, StorageError> {
    let ids: Vec<String> = rows
        .iter()
        .flat_map(|row| [Some(row.operation_id), row.standing_id])
        .flatten()
        .map(|id| id.to_string())
        .collect();
    let loaded: HashMap<Uuid, EntryRow> = entries(connection, &ids)
        .await?
        .into_iter()
        .filter_map(|(_, change)| match change {
            FeedChange::Entry(row) => Some((row.operation_id.0, row)),
            _ => None,
        })
        .collect();
    rows.into_iter().map(|row| row.conflict(&loaded)).collect()
}
