//! Reads the whole record of a batch as it is at one moment (21 CFR 211.188).

use sqlx::PgConnection;
use viruj_api::{
    batch_record::{BatchRecord, RECORD_FORMAT, RECORD_VERSION, RecordMaster, RecordPhase, RecordPlant, RecordReview},
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    sync::FeedChange,
};
use viruj_domain::{
    ids::{BatchId, MasterRecordId},
    plant::PlantScope,
};

use crate::{
    Database, StorageError,
    feed::rows,
    master_records, record_signatures,
    reviews::{self, StoredReview},
    trail,
};

/// The batch's record, when the reader sees the batch.
///
/// # Errors
/// [`StorageError::Unreadable`] for a row that cannot be read: a record leaves nothing out. Failures of the database.
pub async fn read(database: &Database, scope: &PlantScope, id: &BatchId) -> Result<Option<BatchRecord>, StorageError> {
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let mut transaction = database.reader(scope).begin().await?;
    // One look at the database: rows and trail belong together.
    sqlx::raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    let record = read_here(&mut transaction, id).await?;
    transaction.rollback().await?;
    Ok(record)
}

async fn read_here(connection: &mut PgConnection, id: &BatchId) -> Result<Option<BatchRecord>, StorageError> {
    let Some(batch) = batch(connection, id).await? else { return Ok(None) };
    let plant = plant(connection, &batch).await?;
    let phases = phases(connection, id).await?;
    let deviations = deviations(connection, id).await?;
    let master = master(connection, id).await?;
    let mut about = vec![("production_batches", id.0.clone()), ("batch_records", id.0.clone())];
    for line in &phases {
        about.push(("batch_phases", line.phase.id.to_string()));
        about.extend(line.entries.iter().map(|entry| ("phase_entries", entry.operation_id.to_string())));
    }
    about.extend(deviations.iter().map(|deviation| ("deviations", deviation.id.to_string())));
    about.extend(decisions(connection, id).await?);
    let review = reviews::read(connection, (batch, phases, deviations)).await?;
    about.extend(review.queries.iter().map(|query| ("batch_queries", query.id.to_string())));
    let StoredReview {
        batch,
        phases,
        deviations,
        exceptions,
        queries,
        tests,
        signatures,
        content_hash,
        missing_attachments: _,
    } = review;
    let trail = trail::of_rows(connection, &about).await?;
    Ok(Some(BatchRecord {
        format: RECORD_FORMAT.to_owned(),
        format_version: RECORD_VERSION,
        as_of: trail.iter().map(|entry| entry.at).max().unwrap_or(batch.started_at),
        plant,
        batch,
        master,
        phases,
        deviations,
        tests,
        review: RecordReview { exceptions, queries, content_hash: hex::encode(content_hash), signatures },
        trail,
    }))
}

/// The batch's row, when there is one.
pub(crate) async fn batch(connection: &mut PgConnection, id: &BatchId) -> Result<Option<BatchRow>, StorageError> {
    let wanted = vec![id.0.clone()];
    let exists = sqlx::query_scalar!("SELECT count(*) FROM production_batches WHERE id = $1", id.as_str())
        .fetch_one(&mut *connection)
        .await?
        .unwrap_or(0);
    if exists == 0 {
        return Ok(None);
    }
    let batch: Vec<BatchRow> = whole("production_batches", &wanted, rows::batches(connection, &wanted).await?)?;
    Ok(batch.into_iter().next())
}

/// The rows of what quality assurance said about exceptions.
async fn decisions(connection: &mut PgConnection, id: &BatchId) -> Result<Vec<(&'static str, String)>, StorageError> {
    let ids = sqlx::query_scalar!("SELECT id FROM exception_decisions WHERE batch_id = $1", id.as_str())
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(|id| ("exception_decisions", id.to_string())).collect())
}

async fn plant(connection: &mut PgConnection, batch: &BatchRow) -> Result<RecordPlant, StorageError> {
    let row = sqlx::query!("SELECT name, time_zone FROM plants WHERE id = $1", batch.plant_id.as_str())
        .fetch_one(connection)
        .await?;
    Ok(RecordPlant { id: batch.plant_id.clone(), name: row.name, time_zone: row.time_zone })
}

pub(crate) async fn phases(connection: &mut PgConnection, id: &BatchId) -> Result<Vec<RecordPhase>, StorageError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id::text AS "id!" FROM batch_phases WHERE batch_id = $1 ORDER BY number"#,
        id.as_str()
    )
    .fetch_all(&mut *connection)
    .await?;
    let phases: Vec<PhaseRow> = whole("batch_phases", &ids, rows::phases(connection, &ids).await?)?;
    let ids = sqlx::query_scalar!(
        r#"SELECT operation_id::text AS "id!" FROM phase_entries WHERE batch_id = $1 ORDER BY received_at, operation_id"#,
        id.as_str(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let entries: Vec<EntryRow> = whole("phase_entries", &ids, rows::entries(connection, &ids).await?)?;
    let mut lines: Vec<RecordPhase> =
        phases.into_iter().map(|phase| RecordPhase { phase, entries: Vec::new() }).collect();
    for entry in entries {
        let line = lines.iter_mut().find(|line| line.phase.id == entry.phase_id);
        let line = line.ok_or_else(|| StorageError::Unreadable {
            table: "phase_entries",
            id: entry.operation_id.to_string(),
            cause: "its phase is of another batch".to_owned(),
        })?;
        line.entries.push(entry);
    }
    Ok(lines)
}

pub(crate) async fn deviations(connection: &mut PgConnection, id: &BatchId) -> Result<Vec<DeviationRow>, StorageError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id::text AS "id!" FROM deviations WHERE batch_id = $1 ORDER BY opened_at, code"#,
        id.as_str()
    )
    .fetch_all(&mut *connection)
    .await?;
    whole("deviations", &ids, rows::deviations(connection, &ids).await?)
}

async fn master(connection: &mut PgConnection, id: &BatchId) -> Result<Option<RecordMaster>, StorageError> {
    let row = sqlx::query!(
        "SELECT frozen.master_record_id, frozen.master_version, frozen.content_hash, master.product_code
         FROM batch_records AS frozen JOIN master_batch_records AS master ON master.id = frozen.master_record_id
         WHERE frozen.batch_id = $1",
        id.as_str(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let id = MasterRecordId(row.master_record_id);
    Ok(Some(RecordMaster {
        id,
        version: row.master_version.unsigned_abs(),
        product_code: row.product_code,
        signatures: record_signatures::of(connection, master_records::ENTITY, &id.to_string(), &row.content_hash)
            .await?,
        content_hash: hex::encode(&row.content_hash),
    }))
}

/// The rows in the order of the ids; one that is not there could not be read.
fn whole<T: OfChange>(
    table: &'static str,
    ids: &[String],
    found: Vec<(String, FeedChange)>,
) -> Result<Vec<T>, StorageError> {
    let mut found: std::collections::HashMap<String, FeedChange> = found.into_iter().collect();
    let unreadable = |id: &String| StorageError::Unreadable {
        table,
        id: id.clone(),
        cause: "the row is no part of a record that can be read".to_owned(),
    };
    ids.iter().map(|id| found.remove(id).and_then(T::of_change).ok_or_else(|| unreadable(id))).collect()
}

trait OfChange: Sized {
    fn of_change(change: FeedChange) -> Option<Self>;
}

macro_rules! of_change {
    ($($kind:ident => $row:ty,)*) => {$(
        impl OfChange for $row {
            fn of_change(change: FeedChange) -> Option<Self> {
                if let FeedChange::$kind(row) = change { Some(row) } else { None }
            }
        }
    )*};
}

of_change! {
    Batch => BatchRow,
    Phase => PhaseRow,
    Entry => EntryRow,
    Deviation => DeviationRow,
}
