//! The feed that stations pull: the audit trail of a plant, as projections without secrets.
//!
//! An entry says that a row changed; what is sent is the row as it is now. A row that changed again is sent again, so a
//! reader that has caught up holds every row as it is, and nothing of the trail's own text leaves the server.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use viruj_api::sync::{FeedChange, FeedEntry, SYSTEM_FEED, Tombstone};
use viruj_domain::{ids::PlantId, plant::PlantScope};

use crate::{Database, StorageError};

pub(crate) mod rows;
mod snapshot;

pub use snapshot::{SnapshotPlace, SnapshotSlice, snapshot_slice};

/// A stretch of a feed.
#[derive(Clone, Debug)]
pub struct FeedSlice {
    /// In order of `seq`, without gaps.
    pub entries: Vec<FeedEntry>,
    /// The newest `seq` of the feed.
    pub head: u64,
}

/// The entries after `after`, at most `limit`, with the feed's head at the same moment.
///
/// # Errors
/// Failures of the database. A row that cannot be read is sent as `other` and reported in the log.
pub async fn slice(database: &Database, feed: &str, after: u64, limit: u32) -> Result<FeedSlice, StorageError> {
    let mut transaction = look(database, feed).await?;
    let head = head_of(&mut transaction, feed).await?;
    let changed = sqlx::query_as!(
        ChangedRow,
        "SELECT seq, at, entity, entity_id, action FROM audit_entries WHERE feed = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        feed,
        i64::try_from(after).unwrap_or(i64::MAX),
        i64::from(limit),
    )
    .fetch_all(&mut *transaction)
    .await?;
    let mut found = load(&mut transaction, &changed).await?;
    transaction.commit().await?;
    let entries = changed.into_iter().map(|row| row.entry(&mut found)).collect();
    Ok(FeedSlice { entries, head })
}

/// One look at the database: head, entries and rows belong together.
async fn look(database: &Database, feed: &str) -> Result<sqlx::Transaction<'static, sqlx::Postgres>, StorageError> {
    let scope = if feed == SYSTEM_FEED { PlantScope::All } else { PlantScope::only(PlantId::from(feed)) };
    let mut transaction = database.reader(&scope).begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *transaction).await?;
    Ok(transaction)
}

async fn head_of(connection: &mut sqlx::PgConnection, feed: &str) -> Result<u64, StorageError> {
    let head = sqlx::query_scalar!("SELECT seq FROM feeds WHERE feed = $1", feed).fetch_optional(connection).await?;
    Ok(head.map_or(0, i64::unsigned_abs))
}

/// The newest `seq` of every feed.
///
/// # Errors
/// Failures of the database.
pub async fn heads(database: &Database) -> Result<BTreeMap<String, u64>, StorageError> {
    let rows = sqlx::query!("SELECT feed, seq FROM feeds").fetch_all(&database.system_statements()).await?;
    Ok(rows.into_iter().map(|row| (row.feed, row.seq.unsigned_abs())).collect())
}

struct ChangedRow {
    seq: i64,
    at: DateTime<Utc>,
    entity: String,
    entity_id: String,
    action: String,
}

impl ChangedRow {
    fn key(&self) -> Option<(Kind, String)> {
        let kind = Kind::of(&self.entity)?;
        // What a person sees belongs to the person; ids of plants hold no colon, ids of people might.
        let id = match self.entity.as_str() {
            "user_plants" => self.entity_id.rsplit_once(':').map_or("", |(person, _)| person),
            _ => &self.entity_id,
        };
        Some((kind, id.to_owned()))
    }

    fn entry(self, found: &mut HashMap<(Kind, String), FeedChange>) -> FeedEntry {
        let change = self.key().map_or(FeedChange::Other, |(kind, id)| {
            let key = (kind, id);
            match found.get(&key) {
                Some(row) => row.clone(),
                // A row that cannot be read is not one that is gone.
                None if self.action == "deleted" => {
                    FeedChange::Gone(Tombstone { kind: kind.word().to_owned(), id: key.1 })
                }
                None => FeedChange::Other,
            }
        });
        FeedEntry { seq: self.seq.unsigned_abs(), at: self.at, change }
    }
}

/// Rows that a station keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Plant,
    Person,
    PersonKey,
    Batch,
    Phase,
    Entry,
    Deviation,
    Lot,
    Equipment,
    Qualification,
    Lease,
}

impl Kind {
    fn of(entity: &str) -> Option<Self> {
        Some(match entity {
            "plants" => Self::Plant,
            "users" | "user_plants" => Self::Person,
            "person_keys" => Self::PersonKey,
            "production_batches" => Self::Batch,
            "batch_phases" => Self::Phase,
            "phase_entries" => Self::Entry,
            "deviations" => Self::Deviation,
            "lots" => Self::Lot,
            "equipment" => Self::Equipment,
            "qualifications" => Self::Qualification,
            "batch_leases" => Self::Lease,
            _ => return None,
        })
    }

    /// As [`FeedChange`] names it.
    fn word(self) -> &'static str {
        match self {
            Self::Plant => "plant",
            Self::Person => "person",
            Self::PersonKey => "person_key",
            Self::Batch => "batch",
            Self::Phase => "phase",
            Self::Entry => "entry",
            Self::Deviation => "deviation",
            Self::Lot => "lot",
            Self::Equipment => "equipment",
            Self::Qualification => "qualification",
            Self::Lease => "lease",
        }
    }
}

async fn load(
    connection: &mut sqlx::PgConnection,
    changed: &[ChangedRow],
) -> Result<HashMap<(Kind, String), FeedChange>, StorageError> {
    let wanted: BTreeSet<(Kind, String)> = changed.iter().filter_map(ChangedRow::key).collect();
    let ids_of = |kind: Kind| -> Vec<String> {
        wanted.iter().filter(|(wanted, _)| *wanted == kind).map(|(_, id)| id.clone()).collect()
    };
    let mut found = HashMap::new();
    for kind in wanted.iter().map(|(kind, _)| *kind).collect::<BTreeSet<_>>() {
        let rows = rows_of(connection, kind, &ids_of(kind)).await?;
        found.extend(rows.into_iter().map(|(id, change)| ((kind, id), change)));
    }
    Ok(found)
}

/// The rows of one kind with these ids, each with its id.
async fn rows_of(
    connection: &mut sqlx::PgConnection,
    kind: Kind,
    ids: &[String],
) -> Result<Vec<(String, FeedChange)>, StorageError> {
    match kind {
        Kind::Plant => rows::plants(connection, ids).await,
        Kind::Person => rows::people(connection, ids).await,
        Kind::PersonKey => rows::person_keys(connection, ids).await,
        Kind::Batch => rows::batches(connection, ids).await,
        Kind::Phase => rows::phases(connection, ids).await,
        Kind::Entry => rows::entries(connection, ids).await,
        Kind::Deviation => rows::deviations(connection, ids).await,
        Kind::Lot => rows::lots(connection, ids).await,
        Kind::Equipment => rows::equipment(connection, ids).await,
        Kind::Qualification => rows::qualifications(connection, ids).await,
        Kind::Lease => rows::leases(connection, ids).await,
    }
}
