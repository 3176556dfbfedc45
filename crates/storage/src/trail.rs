//! The audit trail as people read it, and its signed reviews.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;
use viruj_api::{
    audit::{AuditChange, AuditEntry, AuditQuery, AuditReview, ReviewMark},
    lists::{Page, PageQuery},
};
use viruj_domain::{plant::PlantScope, signature::SignatureMeaning};

use crate::{
    Database, StorageError, UnitOfWork,
    lists::{After, Placed, page},
};

/// An entry with the exact texts that the chain holds.
#[derive(Clone, Debug, FromRow)]
pub struct StoredEntry {
    entry_id: i64,
    pub feed: String,
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub device_at: Option<DateTime<Utc>>,
    pub transaction_id: i64,
    pub actor: String,
    pub actor_name: Option<String>,
    pub station: Option<String>,
    pub station_name: Option<String>,
    pub operation: Option<String>,
    pub entity: String,
    pub entity_id: String,
    pub action: String,
    pub old_text: Option<String>,
    pub new_text: Option<String>,
    pub reason: Option<String>,
    pub prev_hash: Vec<u8>,
    pub hash: Vec<u8>,
    reviewer_name: Option<String>,
    reviewed_at: Option<DateTime<Utc>>,
}

/// Entries that the reader sees, the newest first.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &AuditQuery,
) -> Result<Page<AuditEntry>, StorageError> {
    let (limit, rows) = read(database, scope, query).await?;
    Ok(page(limit, rows.into_iter().map(StoredEntry::placed).collect()))
}

/// As [`list`], with the exact texts, for an export.
///
/// # Errors
/// As [`list`].
pub async fn stored(
    database: &Database,
    scope: &PlantScope,
    query: &AuditQuery,
) -> Result<Page<StoredEntry>, StorageError> {
    let (limit, rows) = read(database, scope, query).await?;
    let placed = rows.into_iter().map(|row| Placed { time: row.at, id: row.entry_id.to_string(), item: row }).collect();
    Ok(page(limit, placed))
}

async fn read(
    database: &Database,
    scope: &PlantScope,
    query: &AuditQuery,
) -> Result<(u32, Vec<StoredEntry>), StorageError> {
    let after = After::<i64>::read(&PageQuery { limit: query.limit, cursor: query.cursor.clone() })?;
    // Only the conditions that are asked for are in the statement, so that each set of them has a plan of its own.
    // Every value is bound. The page is cut first and only then joined with names.
    let mut sql = QueryBuilder::<Postgres>::new("WITH shown AS (SELECT * FROM audit_entries WHERE true");
    conditions(&mut sql, query);
    sql.push(" AND (at, entry_id) < (").push_bind(after.time).push(", ").push_bind(after.id).push(")");
    sql.push(" ORDER BY at DESC, entry_id DESC LIMIT ").push_bind(after.fetch_limit());
    sql.push(WITH_NAMES);
    let rows = sql.build_query_as().fetch_all(&database.reader(scope)).await?;
    Ok((after.limit, rows))
}

fn conditions(sql: &mut QueryBuilder<Postgres>, query: &AuditQuery) {
    for (condition, value) in [
        (" AND feed = ", &query.feed),
        (" AND entity = ", &query.entity),
        (" AND entity_id = ", &query.entity_id),
        (" AND actor = ", &query.actor),
        (" AND station = ", &query.station),
        (" AND operation = ", &query.operation),
        (" AND action = ", &query.action),
    ] {
        if let Some(value) = value {
            sql.push(condition).push_bind(value.clone());
        }
    }
    if let Some(from) = query.from {
        sql.push(" AND at >= ").push_bind(from);
    }
    if let Some(to) = query.to {
        sql.push(" AND at < ").push_bind(to);
    }
}

/// Joins the entries in `shown` with the names of those who are in them.
pub(crate) const WITH_NAMES: &str = ")
    SELECT e.entry_id, e.feed, e.seq, e.at, operation.recorded_at AS device_at, e.transaction_id, e.actor,
        person.name AS actor_name, e.station, station.name AS station_name, e.operation, e.entity, e.entity_id, e.action,
        e.old_text, e.new_text, e.reason, e.prev_hash, e.hash, review.person_name AS reviewer_name, review.reviewed_at
    FROM shown AS e
        LEFT JOIN users AS person ON person.id = e.actor
        LEFT JOIN stations AS station ON station.id = e.station::uuid
        LEFT JOIN operations AS operation ON operation.operation_id = e.operation::uuid
        LEFT JOIN LATERAL (
            SELECT person_name, reviewed_at FROM audit_reviews AS r
            WHERE r.feed = e.feed AND e.seq BETWEEN r.from_seq AND r.to_seq AND r.person_id <> e.actor
            ORDER BY reviewed_at LIMIT 1) AS review ON true
    ORDER BY e.at DESC, e.entry_id DESC";

/// What the trail tells of these rows, each named by its table and key, in the order of the changes; whether it has been
/// reviewed since is no part of it.
///
/// # Errors
/// Failures of the database.
pub(crate) async fn of_rows(
    connection: &mut PgConnection,
    rows: &[(&str, String)],
) -> Result<Vec<AuditEntry>, StorageError> {
    let (entities, ids): (Vec<&str>, Vec<&str>) = rows.iter().map(|(entity, id)| (*entity, id.as_str())).unzip();
    let mut sql = QueryBuilder::<Postgres>::new("WITH shown AS (SELECT e.* FROM unnest(");
    sql.push_bind(entities).push("::text[], ").push_bind(ids);
    sql.push("::text[]) AS wanted (entity, id) JOIN audit_entries AS e ON e.entity = wanted.entity AND e.entity_id = wanted.id");
    sql.push(WITH_NAMES);
    let mut found: Vec<StoredEntry> = sql.build_query_as().fetch_all(connection).await?;
    // For one row this is the order of its changes, in whatever feed; the clock of the server may have been set back.
    found.sort_by_key(|entry| entry.entry_id);
    Ok(found.into_iter().map(|entry| AuditEntry { reviewed: None, ..entry.entry() }).collect())
}

/// How many entries the query finds, at most `most` of them counted.
///
/// # Errors
/// Failures of the database.
pub async fn count_up_to(
    database: &Database,
    scope: &PlantScope,
    query: &AuditQuery,
    most: i64,
) -> Result<i64, StorageError> {
    let mut sql = QueryBuilder::<Postgres>::new("SELECT count(*) FROM (SELECT FROM audit_entries WHERE true");
    conditions(&mut sql, query);
    sql.push(" LIMIT ").push_bind(most).push(") AS found");
    Ok(sql.build_query_scalar().fetch_one(&database.reader(scope)).await?)
}

/// A review that has been signed.
#[derive(Clone, Debug)]
pub struct NewReview<'a> {
    pub review: &'a AuditReview,
    pub from_seq: i64,
    pub to_seq: i64,
    pub to_hash: &'a [u8],
    pub entry_count: i64,
    pub own_entry_count: i64,
    pub person_id: &'a str,
    pub station_id: Uuid,
    pub statement: &'a [u8],
    /// The server's attestation.
    pub signature: &'a str,
}

/// A stretch of a feed as it is to be reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub to_hash: Vec<u8>,
    pub entries: i64,
    /// Those of the reviewer.
    pub own_entries: i64,
}

/// The stretch, or nothing where the reader does not see both its ends.
///
/// # Errors
/// Failures of the database.
pub async fn stretch(
    database: &Database,
    scope: &PlantScope,
    feed: &str,
    (from, to): (i64, i64),
    reviewer: &str,
) -> Result<Option<Stretch>, StorageError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "entries!", count(*) FILTER (WHERE actor = $4) AS "own_entries!",
               count(*) FILTER (WHERE seq = $2) AS "begins!",
               max(encode(hash, 'hex')) FILTER (WHERE seq = $3) AS to_hash
           FROM audit_entries WHERE feed = $1 AND seq BETWEEN $2 AND $3"#,
        feed,
        from,
        to,
        reviewer,
    )
    .fetch_one(&database.reader(scope))
    .await?;
    let to_hash = row.to_hash.filter(|_| row.begins == 1).and_then(|hash| hex::decode(hash).ok());
    Ok(to_hash.map(|to_hash| Stretch { to_hash, entries: row.entries, own_entries: row.own_entries }))
}

/// Keeps a review for ever.
///
/// # Errors
/// [`StorageError::Conflict`] when there is one with its id.
pub async fn keep_review(unit: &mut UnitOfWork, new: &NewReview<'_>) -> Result<(), StorageError> {
    let NewReview { review, .. } = new;
    sqlx::query!(
        "INSERT INTO audit_reviews (id, feed, from_seq, to_seq, to_hash, entry_count, own_entry_count, person_id,
             person_name, station_id, meaning, comment, statement, signature, reviewed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        review.id,
        review.feed,
        new.from_seq,
        new.to_seq,
        new.to_hash,
        new.entry_count,
        new.own_entry_count,
        new.person_id,
        review.person_name,
        new.station_id,
        SignatureMeaning::Reviewed.as_str(),
        review.comment,
        new.statement,
        new.signature,
        review.reviewed_at,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

impl StoredEntry {
    /// The entry as people read it, at its place in a list.
    pub(crate) fn placed(self) -> Placed<AuditEntry> {
        Placed { time: self.at, id: self.entry_id.to_string(), item: self.entry() }
    }

    fn entry(self) -> AuditEntry {
        let (old, new) = (fields(self.old_text.as_deref()), fields(self.new_text.as_deref()));
        // An event has a text and no row.
        let is_row = matches!(self.action.as_str(), "created" | "changed" | "deleted" | "adopted");
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let changes = names
            .into_iter()
            .filter(|name| old.get(*name) != new.get(*name))
            .map(|name| AuditChange {
                field: name.clone(),
                old: old.get(name).cloned().flatten(),
                new: new.get(name).cloned().flatten(),
            })
            .filter(|change| change.old != change.new);
        AuditEntry {
            seq: self.seq.to_string(),
            at: self.at,
            device_at: self.device_at,
            actor_name: self.actor_name,
            station_name: self.station_name,
            changes: if is_row { changes.collect() } else { Vec::new() },
            detail: self.new_text.clone().filter(|text| !is_row && !text.is_empty()),
            hash: hex::encode(&self.hash),
            reviewed: self
                .reviewer_name
                .zip(self.reviewed_at)
                .map(|(person_name, reviewed_at)| ReviewMark { person_name, reviewed_at }),
            feed: self.feed,
            actor: self.actor,
            station: self.station,
            operation: self.operation,
            entity: self.entity,
            entity_id: self.entity_id,
            action: self.action,
            reason: self.reason,
        }
    }
}

/// The fields of a row as the trail holds it; numbers keep their places, absent values are none.
fn fields(text: Option<&str>) -> BTreeMap<String, Option<String>> {
    let parsed: BTreeMap<String, &RawValue> = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    parsed
        .into_iter()
        .map(|(name, raw)| {
            let value = match raw.get() {
                "null" => None,
                raw if raw.starts_with('"') => serde_json::from_str(raw).ok(),
                raw => Some(raw.to_owned()),
            };
            (name, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_places_and_texts_lose_their_quotes() {
        let found = fields(Some(r#"{"a": 0.50, "b": "say \"x\"", "c": null, "d": true, "e": {"f": 1.0}}"#));
        let expected = [("a", Some("0.50")), ("b", Some("say \"x\"")), ("c", None), ("d", Some("true"))];
        for (name, value) in expected {
            assert_eq!(found[name].as_deref(), value, "{name}");
        }
        assert_eq!(found["e"].as_deref(), Some(r#"{"f": 1.0}"#));
        assert!(fields(Some("at the gate")).is_empty());
    }
}
