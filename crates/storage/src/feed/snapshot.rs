//! All rows of a feed as they are now, by their primary keys: whoever asks says where the last chunk ended, and nothing is
//! kept here of who reads what.

use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::sync::{FeedChange, SYSTEM_FEED};

use super::{Kind, head_of, look, rows_of};
use crate::{Database, StorageError};

/// In the order in which they are sent.
const SYSTEM_KINDS: &[Kind] = &[Kind::Plant, Kind::Person, Kind::PersonKey];
const PLANT_KINDS: &[Kind] = &[
    Kind::Batch,
    Kind::Phase,
    Kind::Entry,
    Kind::Deviation,
    Kind::Lease,
    Kind::Lot,
    Kind::Equipment,
    Kind::Qualification,
];

/// The row that a chunk ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotPlace {
    /// As [`FeedChange`] names it.
    pub kind: String,
    /// Its primary key; empty before the first of its kind.
    pub key: String,
}

/// Rows of a snapshot.
#[derive(Clone, Debug)]
pub struct SnapshotSlice {
    pub rows: Vec<FeedChange>,
    /// `None` when these were the last.
    pub ends_at: Option<SnapshotPlace>,
    /// The newest `seq` of the feed.
    pub head: u64,
    /// How many rows there are; counted for the first slice only.
    pub expected: Option<u64>,
}

/// The rows after `after`, at most `limit`.
///
/// # Errors
/// Failures of the database; [`StorageError::CursorInvalid`] for a place that no slice of this feed has ended at. A row that
/// cannot be read is left out and reported in the log.
pub async fn snapshot_slice(
    database: &Database,
    feed: &str,
    after: Option<&SnapshotPlace>,
    limit: usize,
) -> Result<SnapshotSlice, StorageError> {
    let kinds = if feed == SYSTEM_FEED { SYSTEM_KINDS } else { PLANT_KINDS };
    let (mut at, mut key) = match after {
        None => (0, String::new()),
        Some(place) => {
            let at = kinds.iter().position(|kind| kind.word() == place.kind).ok_or(StorageError::CursorInvalid)?;
            (at, place.key.clone())
        }
    };
    let mut transaction = look(database, feed).await?;
    let head = head_of(&mut transaction, feed).await?;
    let expected = match after {
        None => Some(count(&mut transaction, feed).await?),
        Some(_) => None,
    };
    let mut rows = Vec::new();
    let mut asked = 0;
    while asked < limit
        && let Some(kind) = kinds.get(at)
    {
        let ids = keys_after(&mut transaction, *kind, feed, &key, limit - asked).await?;
        let is_last_of_kind = ids.len() < limit - asked;
        asked += ids.len();
        rows.extend(rows_of(&mut transaction, *kind, &ids).await?.into_iter().map(|(_, row)| row));
        if is_last_of_kind {
            (at, key) = (at + 1, String::new());
        } else if let Some(last) = ids.into_iter().next_back() {
            key = last;
        }
    }
    transaction.commit().await?;
    let ends_at = kinds.get(at).map(|kind| SnapshotPlace { kind: kind.word().to_owned(), key });
    Ok(SnapshotSlice { rows, ends_at, head, expected })
}

/// An id of a table whose ids are UUIDs; before the first one for anything else.
fn uuid(text: &str) -> Uuid {
    text.parse().unwrap_or_default()
}

fn texts(ids: Vec<Uuid>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

async fn keys_after(
    connection: &mut PgConnection,
    kind: Kind,
    feed: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<String>, StorageError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(match kind {
        Kind::Plant => {
            sqlx::query_scalar!("SELECT id FROM plants WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
                .fetch_all(connection)
                .await?
        }
        Kind::Person => {
            sqlx::query_scalar!("SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
                .fetch_all(connection)
                .await?
        }
        Kind::PersonKey => {
            sqlx::query_scalar!("SELECT key_id FROM person_keys WHERE key_id > $1 ORDER BY key_id LIMIT $2", after, limit)
                .fetch_all(connection)
                .await?
        }
        Kind::Batch => {
            sqlx::query_scalar!(
                "SELECT id FROM production_batches WHERE plant_id = $3 AND id > $1 ORDER BY id LIMIT $2",
                after,
                limit,
                feed,
            )
            .fetch_all(connection)
            .await?
        }
        Kind::Phase => texts(
            sqlx::query_scalar!(
                "SELECT id FROM batch_phases WHERE plant_id = $3 AND id > $1 ORDER BY id LIMIT $2",
                uuid(after),
                limit,
                feed,
            )
            .fetch_all(connection)
            .await?,
        ),
        Kind::Entry => texts(
            sqlx::query_scalar!(
                "SELECT operation_id FROM phase_entries WHERE plant_id = $3 AND operation_id > $1 ORDER BY operation_id LIMIT $2",
                uuid(after),
                limit,
                feed,
            )
            .fetch_all(connection)
            .await?,
        ),
        Kind::Deviation => texts(
            sqlx::query_scalar!(
                "SELECT id FROM deviations WHERE plant_id = $3 AND id > $1 ORDER BY id LIMIT $2",
                uuid(after),
                limit,
                feed,
            )
            .fetch_all(connection)
            .await?,
        ),
        Kind::Lot => texts(
            sqlx::query_scalar!(
                "SELECT id FROM lots WHERE plant_id = $3 AND id > $1 ORDER BY id LIMIT $2",
                uuid(after),
                limit,
                feed,
            )
            .fetch_all(connection)
            .await?,
        ),
        Kind::Equipment => texts(
            sqlx::query_scalar!(
                "SELECT id FROM equipment WHERE plant_id = $3 AND id > $1 ORDER BY id LIMIT $2",
                uuid(after),
                limit,
                feed,
            )
            .fetch_all(connection)
            .await?,
        ),
        Kind::Qualification => texts(
            sqlx::query_scalar!(
                "SELECT id FROM qualifications WHERE plant_id = $3 AND id > $1 ORDER BY id LIMIT $2",
                uuid(after),
                limit,
                feed,
            )
            .fetch_all(connection)
            .await?,
        ),
        Kind::Lease => texts(
            sqlx::query_scalar!(
                "SELECT id FROM batch_leases WHERE plant_id = $3 AND id > $1 ORDER BY id LIMIT $2",
                uuid(after),
                limit,
                feed,
            )
            .fetch_all(connection)
            .await?,
        ),
    })
}

async fn count(connection: &mut PgConnection, feed: &str) -> Result<u64, StorageError> {
    let rows = if feed == SYSTEM_FEED {
        sqlx::query_scalar!(
            r#"SELECT (SELECT count(*) FROM plants) + (SELECT count(*) FROM users) + (SELECT count(*) FROM person_keys)
               AS "rows!""#,
        )
        .fetch_one(connection)
        .await?
    } else {
        sqlx::query_scalar!(
            r#"SELECT (SELECT count(*) FROM production_batches WHERE plant_id = $1)
                 + (SELECT count(*) FROM batch_phases WHERE plant_id = $1)
                 + (SELECT count(*) FROM phase_entries WHERE plant_id = $1)
                 + (SELECT count(*) FROM deviations WHERE plant_id = $1)
                 + (SELECT count(*) FROM batch_leases WHERE plant_id = $1)
                 + (SELECT count(*) FROM lots WHERE plant_id = $1)
                 + (SELECT count(*) FROM equipment WHERE plant_id = $1)
                 + (SELECT count(*) FROM qualifications WHERE plant_id = $1) AS "rows!""#,
            feed,
        )
        .fetch_one(connection)
        .await?
    };
    Ok(rows.unsigned_abs())
}
