//! Verifies the audit trail from the stored bytes (21 CFR 11.10(a), 11.10(e)).
//!
//! The chain of a feed shows edited, inserted and removed entries and a cut tail; the comparison of rows with their last
//! entries shows a row that was changed past the trail. The connection must see every plant.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{bootstrap::quote_identifier, error::StorageError};

/// Part of every hash; a change of what is hashed changes it.
const DOMAIN_TAG: &[u8] = b"viruj-audit-v1";
const PAGE: i64 = 2000;

/// Something that does not hold; the trail or a row was changed past the program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The entry's bytes do not give its hash.
    EntryAltered { feed: String, seq: i64 },
    /// The entry does not name the hash of the one before it.
    LinkBroken { feed: String, seq: i64 },
    /// Entries are missing before this one.
    EntriesMissing { feed: String, before: i64 },
    /// The newest entries are gone: the feed counts `head`, the last entry is `found`.
    TailCut { feed: String, found: i64, head: i64 },
    /// The feed's head is not the hash of its last entry.
    HeadAltered { feed: String },
    /// The row is not what its last entry says.
    RowAltered { entity: String, id: String },
    /// No entry tells of the row.
    RowWithoutEntry { entity: String, id: String },
    /// The trail knows the row, the table does not.
    RowMissing { entity: String, id: String },
}

/// What was looked at and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    pub entries: u64,
    pub rows: u64,
    pub findings: Vec<Finding>,
}

impl Verification {
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

struct EntryBytes {
    seq: i64,
    at: DateTime<Utc>,
    transaction_id: i64,
    actor: String,
    station: Option<String>,
    operation: Option<String>,
    entity: String,
    entity_id: String,
    action: String,
    old_text: Option<String>,
    new_text: Option<String>,
    reason: Option<String>,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

/// Verifies every feed and every row, as of one moment.
///
/// # Errors
/// Failures of the database.
pub async fn verify(connection: &mut PgConnection) -> Result<Verification, StorageError> {
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    let mut whole = Verification::default();
    let feeds = sqlx::query_scalar!(
        r#"SELECT feed AS "feed!" FROM (SELECT feed FROM feeds UNION SELECT feed FROM audit_entries) AS known ORDER BY feed"#
    )
    .fetch_all(&mut *transaction)
    .await?;
    for feed in feeds {
        let part = verify_chain(&mut transaction, &feed).await?;
        whole.entries += part.entries;
        whole.findings.extend(part.findings);
    }
    let part = verify_rows(&mut transaction).await?;
    whole.rows = part.rows;
    whole.findings.extend(part.findings);
    transaction.rollback().await?;
    Ok(whole)
}

/// Recomputes the chain of one feed.
///
/// # Errors
/// Failures of the database.
pub async fn verify_chain(connection: &mut PgConnection, feed: &str) -> Result<Verification, StorageError> {
    let mut result = Verification::default();
    let mut previous = [0_u8; 32].to_vec();
    let mut last = 0_i64;
    loop {
        let page = sqlx::query_as!(
            EntryBytes,
            "SELECT seq, at, transaction_id, actor, station, operation, entity, entity_id, action, old_text, new_text,
                    reason, prev_hash, hash
             FROM audit_entries WHERE feed = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            feed,
            last,
            PAGE,
        )
        .fetch_all(&mut *connection)
        .await?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            let seq = entry.seq;
            let feed = feed.to_owned();
            if seq != last + 1 {
                result.findings.push(Finding::EntriesMissing { feed: feed.clone(), before: seq });
            }
            if hash_of(&feed, &entry) != entry.hash.as_slice() {
                result.findings.push(Finding::EntryAltered { feed, seq });
            } else if entry.prev_hash != previous {
                result.findings.push(Finding::LinkBroken { feed, seq });
            }
            previous = entry.hash;
            last = seq;
            result.entries += 1;
        }
    }
    let head =
        sqlx::query!("SELECT seq, head_hash FROM feeds WHERE feed = $1", feed).fetch_optional(&mut *connection).await?;
    let feed = feed.to_owned();
    match head {
        Some(head) if head.seq != last => result.findings.push(Finding::TailCut { feed, found: last, head: head.seq }),
        Some(head) if head.head_hash != previous => result.findings.push(Finding::HeadAltered { feed }),
        None if last > 0 => result.findings.push(Finding::HeadAltered { feed }),
        _ => {}
    }
    Ok(result)
}

/// The hash of an entry: SHA-256 over its parts, each with four bytes of length before it, all ones for an absent one.
fn hash_of(feed: &str, entry: &EntryBytes) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut part = |bytes: Option<&[u8]>| match bytes {
        None => hash.update([0xff; 4]),
        Some(bytes) => {
            hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            hash.update(bytes);
        }
    };
    part(Some(DOMAIN_TAG));
    part(Some(feed.as_bytes()));
    part(Some(entry.seq.to_string().as_bytes()));
    part(Some(entry.at.timestamp_micros().to_string().as_bytes()));
    part(Some(entry.transaction_id.to_string().as_bytes()));
    part(Some(entry.actor.as_bytes()));
    part(entry.station.as_deref().map(str::as_bytes));
    part(entry.operation.as_deref().map(str::as_bytes));
    part(Some(entry.entity.as_bytes()));
    part(Some(entry.entity_id.as_bytes()));
    part(Some(entry.action.as_bytes()));
    part(entry.old_text.as_deref().map(str::as_bytes));
    part(entry.new_text.as_deref().map(str::as_bytes));
    part(entry.reason.as_deref().map(str::as_bytes));
    part(Some(&entry.prev_hash));
    hash.finalize().into()
}

/// Compares every row of every followed table with the last entry that tells of it.
///
/// Columns that were added since that entry are not compared: the entry does not know them.
///
/// # Errors
/// Failures of the database.
pub async fn verify_rows(connection: &mut PgConnection) -> Result<Verification, StorageError> {
    // The entries were written with these settings; the texts of the rows must be too.
    sqlx::raw_sql("SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'").execute(&mut *connection).await?;
    let followed = sqlx::query!("SELECT entity, key_columns, masked, omitted FROM audited_tables ORDER BY entity")
        .fetch_all(&mut *connection)
        .await?;
    let mut result = Verification::default();
    for table in followed {
        let statement = format!(
            "WITH told AS (
                 SELECT DISTINCT ON (entity_id) entity_id, action, new_text FROM audit_entries
                 WHERE entity = $1 AND action IN ('created', 'changed', 'deleted', 'adopted')
                 ORDER BY entity_id, entry_id DESC
             ), found AS (
                 SELECT viruj_row_key(to_jsonb(t), $2) AS key, viruj_trail_text(to_jsonb(t), $3, $4) AS text
                 FROM {} AS t
             )
             SELECT coalesce(told.entity_id, found.key), told.entity_id IS NOT NULL AND told.action <> 'deleted',
                 found.key IS NOT NULL,
                 told.new_text = found.text OR NOT EXISTS (
                     SELECT FROM jsonb_each_text(told.new_text::jsonb) AS part
                     WHERE found.text::jsonb ? part.key
                         AND found.text::jsonb ->> part.key IS DISTINCT FROM part.value)
             FROM told FULL JOIN found ON found.key = told.entity_id ORDER BY 1",
            quote_identifier(&table.entity),
        );
        let rows: Vec<(String, bool, bool, Option<bool>)> = sqlx::query_as(AssertSqlSafe(statement))
            .bind(&table.entity)
            .bind(&table.key_columns)
            .bind(&table.masked)
            .bind(&table.omitted)
            .fetch_all(&mut *connection)
            .await?;
        for (id, is_told, is_found, is_same) in rows {
            let entity = table.entity.clone();
            result.rows += u64::from(is_found);
            match (is_told, is_found) {
                (true, true) if is_same == Some(false) => result.findings.push(Finding::RowAltered { entity, id }),
                (false, true) => result.findings.push(Finding::RowWithoutEntry { entity, id }),
                (true, false) => result.findings.push(Finding::RowMissing { entity, id }),
                _ => {}
            }
        }
    }
    Ok(result)
}
