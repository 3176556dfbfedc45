//! Questions to production about a batch.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::reviews::{QueryContent, ReviewQuery};
use viruj_domain::{
    ids::{BatchId, PhaseId, PlantId, UserId},
    review::QueryStatus,
    role::UnknownWord,
};
use viruj_sync::canonical::to_canonical;

use super::named;
use crate::{StorageError, UnitOfWork, record_signatures};

/// What signatures and the trail call a query.
pub const ENTITY: &str = "batch_queries";

/// A question that is asked.
#[derive(Clone, Debug)]
pub struct NewQuery<'a> {
    pub id: Uuid,
    pub plant_id: &'a PlantId,
    pub batch_id: &'a BatchId,
    pub phase_id: Option<PhaseId>,
    pub question: &'a str,
    pub person: &'a UserId,
    pub now: DateTime<Utc>,
}

/// A query that nobody else changes until the transaction ends.
#[derive(Clone, Debug)]
pub struct LockedQuery {
    pub id: Uuid,
    pub number: u32,
    pub status: QueryStatus,
    pub asked_by: UserId,
    pub version: u32,
}

fn unreadable(id: Uuid, cause: impl std::fmt::Display) -> StorageError {
    StorageError::Unreadable { table: ENTITY, id: id.to_string(), cause: cause.to_string() }
}

/// The batch's questions by number.
pub(super) async fn of(connection: &mut PgConnection, batch: &BatchId) -> Result<Vec<ReviewQuery>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT q.id, q.number, q.phase_id, q.status, q.question, q.asked_by, asker.name AS asker, q.asked_at, q.answer,
               q.answered_by, answerer.name AS "answerer?", q.answered_at, q.closed_by, closer.name AS "closer?",
               q.closed_at, q.version
           FROM batch_queries AS q JOIN users AS asker ON asker.id = q.asked_by
               LEFT JOIN users AS answerer ON answerer.id = q.answered_by
               LEFT JOIN users AS closer ON closer.id = q.closed_by
           WHERE q.batch_id = $1 ORDER BY q.number"#,
        batch.as_str(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut queries = Vec::with_capacity(rows.len());
    for row in rows {
        let mut query = ReviewQuery {
            status: row.status.parse().map_err(|error: UnknownWord| unreadable(row.id, error))?,
            id: row.id,
            number: row.number.unsigned_abs(),
            phase_id: row.phase_id.map(PhaseId),
            question: row.question,
            asked_by: named(row.asked_by, Some(row.asker)),
            asked_at: row.asked_at,
            answer: row.answer,
            answered_by: row.answered_by.map(|person| named(person, row.answerer)),
            answered_at: row.answered_at,
            closed_by: row.closed_by.map(|person| named(person, row.closer)),
            closed_at: row.closed_at,
            content_hash: String::new(),
            signatures: Vec::new(),
            version: u32::try_from(row.version).unwrap_or(u32::MAX),
        };
        let hash = content_hash(batch, &query)?;
        query.signatures = record_signatures::of(connection, ENTITY, &query.id.to_string(), &hash).await?;
        query.content_hash = hex::encode(hash);
        queries.push(query);
    }
    Ok(queries)
}

/// SHA-256 of question and answer as canonical JSON: what the closing signature is bound to.
///
/// # Errors
/// [`StorageError::Unreadable`] when they cannot be written as canonical JSON.
pub fn content_hash(batch: &BatchId, query: &ReviewQuery) -> Result<Vec<u8>, StorageError> {
    let content = QueryContent {
        batch_id: batch.clone(),
        number: query.number,
        question: query.question.clone(),
        asked_by: query.asked_by.id.0.clone(),
        asked_at: query.asked_at,
        answer: query.answer.clone(),
        answered_by: query.answered_by.as_ref().map(|person| person.id.0.clone()),
        answered_at: query.answered_at,
    };
    let bytes = to_canonical(&content).map_err(|error| unreadable(query.id, error))?;
    Ok(Sha256::digest(bytes).to_vec())
}

/// Asks; the caller has locked the batch.
///
/// # Errors
/// Failures of the database.
pub async fn ask(unit: &mut UnitOfWork, new: &NewQuery<'_>) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO batch_queries (id, plant_id, batch_id, number, phase_id, status, question, asked_by, asked_at)
         SELECT $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8 FROM batch_queries WHERE batch_id = $3",
        new.id,
        new.plant_id.as_str(),
        new.batch_id.as_str(),
        new.phase_id.map(|phase| phase.0),
        QueryStatus::Open.as_str(),
        new.question,
        new.person.as_str(),
        new.now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Locks a query of the batch.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn lock(unit: &mut UnitOfWork, batch: &BatchId, id: Uuid) -> Result<Option<LockedQuery>, StorageError> {
    let row = sqlx::query!(
        "SELECT id, number, status, asked_by, version FROM batch_queries WHERE id = $1 AND batch_id = $2 FOR UPDATE",
        id,
        batch.as_str(),
    )
    .fetch_optional(unit.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(LockedQuery {
        id: row.id,
        number: row.number.unsigned_abs(),
        status: row.status.parse().map_err(|error: UnknownWord| unreadable(row.id, error))?,
        asked_by: UserId(row.asked_by),
        version: u32::try_from(row.version).unwrap_or(u32::MAX),
    }))
}

/// # Errors
/// Failures of the database, which refuses what does not follow from where the query stood.
pub async fn answer(
    unit: &mut UnitOfWork,
    id: Uuid,
    answer: &str,
    person: &UserId,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE batch_queries SET status = $2, answer = $3, answered_by = $4, answered_at = $5 WHERE id = $1",
        id,
        QueryStatus::Answered.as_str(),
        answer,
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// As [`answer`].
pub async fn close(unit: &mut UnitOfWork, id: Uuid, person: &UserId, now: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE batch_queries SET status = $2, closed_by = $3, closed_at = $4 WHERE id = $1",
        id,
        QueryStatus::Closed.as_str(),
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
