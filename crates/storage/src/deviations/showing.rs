//! A deviation with its people, its signatures and its evidence.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use viruj_api::{
    batches::EntryRow,
    deviations::{AffectedBatch, Deviation, DeviationEvidence, DeviationRecord, NamedPerson},
    sync::FeedChange,
};
use viruj_domain::{
    deviation::missing,
    execution::held_by,
    ids::{BatchId, DeviationId, PhaseId, UserId},
};

use super::{ENTITY, StoredDeviation, find_on};
use crate::{StorageError, capas, feed::rows, plant_store::read_batch, record_signatures};

pub(super) async fn show(connection: &mut PgConnection, id: DeviationId) -> Result<Option<Deviation>, StorageError> {
    let Some(stored) = find_on(connection, id).await? else { return Ok(None) };
    let hash = stored.content_hash()?;
    let record = DeviationRecord {
        content_hash: hex::encode(&hash),
        signatures: record_signatures::of(connection, ENTITY, &id.to_string(), &hash).await?,
        missing: missing(&stored.told()).into_iter().map(|missing| missing.code().to_owned()).collect(),
        holds: held(connection, &stored).await?,
        capas: capas::of_deviation(connection, id).await?,
        affected_batches: affected(connection, &stored.content.affected_batches).await?,
        investigators: people(connection, stored.investigators.clone()).await?,
        reviewed_by: person(connection, stored.reviewed_by.as_ref()).await?,
        closed_by: person(connection, stored.closed_by.as_ref()).await?,
        closed_at: stored.closed_at,
        row: stored.row,
        content: stored.content,
    };
    let evidence = match record.row.phase_id {
        Some(phase) => evidence(connection, phase).await?,
        None => None,
    };
    Ok(Some(Deviation { record, evidence }))
}

async fn held(connection: &mut PgConnection, stored: &StoredDeviation) -> Result<Vec<u32>, StorageError> {
    let Some(batch) = &stored.row.batch_id else { return Ok(Vec::new()) };
    let batch = read_batch(connection, &stored.row.plant_id, batch).await?;
    Ok(batch.map(|batch| held_by(&batch.phases, &stored.row.code)).unwrap_or_default())
}

async fn evidence(connection: &mut PgConnection, phase: PhaseId) -> Result<Option<DeviationEvidence>, StorageError> {
    let found = rows::phases(connection, &[phase.to_string()]).await?;
    let Some(FeedChange::Phase(phase)) = found.into_iter().next().map(|(_, change)| change) else { return Ok(None) };
    let ids = sqlx::query_scalar!("SELECT operation_id FROM phase_entries WHERE phase_id = $1", phase.id.0)
        .fetch_all(&mut *connection)
        .await?;
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let found = rows::entries(connection, &ids).await?;
    let mut entries: Vec<EntryRow> = found
        .into_iter()
        .filter_map(|(_, change)| match change {
            FeedChange::Entry(row) => Some(row),
            _ => None,
        })
        .collect();
    entries.sort_by_key(|entry| (entry.received_at, entry.operation_id.0));
    Ok(Some(DeviationEvidence { phase, entries }))
}

async fn affected(connection: &mut PgConnection, ids: &[BatchId]) -> Result<Vec<AffectedBatch>, StorageError> {
    let wanted: Vec<String> = ids.iter().map(|id| id.0.clone()).collect();
    let rows = sqlx::query!(
        "SELECT id, batch_number, product_name FROM production_batches WHERE id = ANY ($1) ORDER BY batch_number",
        &wanted,
    )
    .fetch_all(connection)
    .await?;
    let batch = |id, number, product| AffectedBatch { id: BatchId(id), number, product };
    Ok(rows.into_iter().map(|row| batch(row.id, row.batch_number, row.product_name)).collect())
}

/// The people with their names, in the order in which they were asked for.
pub(crate) async fn people(connection: &mut PgConnection, ids: Vec<UserId>) -> Result<Vec<NamedPerson>, StorageError> {
    let wanted: Vec<String> = ids.iter().map(|id| id.0.clone()).collect();
    let names: BTreeMap<String, String> = sqlx::query!("SELECT id, name FROM users WHERE id = ANY ($1)", &wanted)
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let named = |id: UserId| NamedPerson { name: names.get(&id.0).unwrap_or(&id.0).clone(), id };
    Ok(ids.into_iter().map(named).collect())
}

async fn person(connection: &mut PgConnection, id: Option<&UserId>) -> Result<Option<NamedPerson>, StorageError> {
    match id {
        Some(id) => Ok(people(connection, vec![id.clone()]).await?.into_iter().next()),
        None => Ok(None),
    }
}
