//! Verifies the audit trail from the stored bytes (21 CFR 11.10(a), 11.10(e)).
//!
//! The chain of a feed shows edited, inserted and removed entries; heads that were written down outside the database show
//! a tail that was cut or a chain that was made anew; the comparison of rows with their last entries shows a row that was
//! changed past the trail.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{Database, database::check_version, error::StorageError};

mod chain;
mod rows;

pub use rows::verify_rows;

use chain::{KnownHeads, Stretch};
use rows::RowsPart;

/// Entries that one connection reads at a stretch.
const STRETCH: i64 = 50_000;
const MOST_STRETCHES: i64 = 1000;

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
    /// The newest entries are gone: a checkpoint knows entry `known`, the last one is `found`.
    CutSinceCheckpoint { feed: String, found: i64, known: i64 },
    /// The entry is another one than a checkpoint knows: the chain was made anew.
    RewrittenSinceCheckpoint { feed: String, seq: i64 },
    /// The feed's head is not the hash of its last entry.
    HeadAltered { feed: String },
    /// The row is not what its last entry says.
    RowAltered { entity: String, id: String },
    /// No entry tells of the row.
    RowWithoutEntry { entity: String, id: String },
    /// The trail knows the row, the table does not.
    RowMissing { entity: String, id: String },
    /// The bytes of a kept file do not give the hash that the trail knows.
    FileAltered { entity: String, id: String },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EntryAltered { feed, seq } => write!(f, "entry {seq} of the feed {feed} was altered"),
            Self::LinkBroken { feed, seq } => {
                write!(f, "entry {seq} of the feed {feed} does not follow the one before it")
            }
            Self::EntriesMissing { feed, before } => {
                write!(f, "entries are missing before entry {before} of the feed {feed}")
            }
            Self::TailCut { feed, found, head } => {
                write!(f, "the feed {feed} counts {head} entries and ends with entry {found}: its tail was cut")
            }
            Self::CutSinceCheckpoint { feed, found, known } => {
                write!(
                    f,
                    "a checkpoint knows entry {known} of the feed {feed}, which ends with {found}: its tail was cut"
                )
            }
            Self::RewrittenSinceCheckpoint { feed, seq } => {
                write!(
                    f,
                    "entry {seq} of the feed {feed} is not the one that a checkpoint knows: the chain was made anew"
                )
            }
            Self::HeadAltered { feed } => write!(f, "the head of the feed {feed} is not its last entry"),
            Self::RowAltered { entity, id } => write!(f, "{entity} {id} is not what its last entry says"),
            Self::RowWithoutEntry { entity, id } => write!(f, "no entry tells of {entity} {id}"),
            Self::RowMissing { entity, id } => write!(f, "{entity} {id} is gone, and no entry tells of that"),
            Self::FileAltered { entity, id } => write!(f, "the file of {entity} {id} was altered"),
        }
    }
}

/// What was looked at and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    pub entries: u64,
    pub rows: u64,
    /// Feed by feed in the order of the entries, then the rows.
    pub findings: Vec<Finding>,
    /// Entries that a checkpoint knows and that were lost when the database was restored from an older backup.
    pub lost_in_restore: Vec<LostInRestore>,
}

impl Verification {
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    fn add(&mut self, part: Self) {
        self.entries += part.entries;
        self.rows += part.rows;
        self.findings.extend(part.findings);
    }
}

/// Entries after `kept` of a feed, up to `known` at least.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LostInRestore {
    pub feed: String,
    pub kept: i64,
    pub known: i64,
}

/// The heads of all feeds at one moment, as they were written down outside the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub server_id: Uuid,
    /// The epoch in which the heads were true; a restore begins another one.
    pub feed_epoch: Uuid,
    pub at: DateTime<Utc>,
    pub heads: BTreeMap<String, Head>,
}

/// The newest entry of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub seq: i64,
    pub hash: Vec<u8>,
}

/// The heads as they are now.
///
/// # Errors
/// Failures of the database.
pub async fn heads(database: &Database) -> Result<BTreeMap<String, Head>, StorageError> {
    let rows =
        sqlx::query!("SELECT feed, seq, head_hash FROM feeds WHERE seq > 0").fetch_all(database.system()).await?;
    Ok(rows.into_iter().map(|row| (row.feed, Head { seq: row.seq, hash: row.head_hash })).collect())
}

/// Public halves of the keys that the database knows; whoever can write to it can add one.
///
/// # Errors
/// Failures of the database; [`StorageError::Forbidden`] for a login that may not read everything.
pub async fn published_keys(url: &str) -> Result<Vec<Vec<u8>>, StorageError> {
    let mut connection = connect(url).await?;
    Ok(sqlx::query_scalar!("SELECT public_key FROM signing_keys").fetch_all(&mut connection).await?)
}

/// Verifies every feed, every row and every checkpoint as of one moment, with several connections at a time.
///
/// `url` names a login that may work as `viruj_owner`, as for `migrate`. Checkpoints of another server are not looked at.
///
/// # Errors
/// Failures of the database; [`StorageError::Forbidden`] for a login that may not read everything.
pub async fn verify_database(url: &str, checkpoints: &[Checkpoint]) -> Result<Verification, StorageError> {
    verify_in_stretches(url, checkpoints, STRETCH).await
}

/// As [`verify_database`], with `stretch` entries and as many pages of a table, if those are fewer, at a time.
///
/// # Errors
/// As [`verify_database`].
pub async fn verify_in_stretches(
    url: &str,
    checkpoints: &[Checkpoint],
    stretch: i64,
) -> Result<Verification, StorageError> {
    let mut leader = connect(url).await?;
    check_version(&mut leader).await?;
    let mut transaction = leader.begin().await?;
    sqlx::raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    let snapshot: String = sqlx::query_scalar("SELECT pg_export_snapshot()").fetch_one(&mut *transaction).await?;
    let (known, lost_in_restore) = known_heads(&mut transaction, checkpoints).await?;
    let known = Arc::new(known);
    let plan = plan(&mut transaction, &known, stretch).await?;
    let rows = rows::plan(&mut transaction, rows::PAGES.min(stretch)).await?;
    // The rows come first, because a part of them takes longest and the last parts shall end together.
    let queue: VecDeque<Part> =
        rows.into_iter().map(Part::Rows).chain(plan.values().flatten().cloned().map(Part::Entries)).collect();
    let queue = Arc::new(Mutex::new(queue));
    let mut workers = JoinSet::new();
    for _ in 0..std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8) {
        workers.spawn(read_parts(url.to_owned(), snapshot.clone(), queue.clone(), known.clone()));
    }
    let mut stretches: BTreeMap<(String, i64), Stretch> = BTreeMap::new();
    let mut rows = Verification::default();
    while let Some(read) = workers.join_next().await {
        let read = read.map_err(|error| StorageError::Database(sqlx::Error::Io(error.into())))??;
        stretches.extend(read.stretches);
        rows.add(read.rows);
    }
    rows.findings.sort();
    let mut whole = Verification { lost_in_restore, ..Verification::default() };
    for (feed, parts) in plan {
        let read = parts.into_iter().filter_map(|part| stretches.remove(&(part.feed, part.after))).collect();
        whole.add(finish(&mut transaction, &feed, read, &known).await?);
    }
    whole.add(rows);
    transaction.rollback().await?;
    Ok(whole)
}

/// Verifies every feed and every row over one connection, which sees everything, as of one moment.
///
/// # Errors
/// Failures of the database.
pub async fn verify(connection: &mut PgConnection) -> Result<Verification, StorageError> {
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    let whole = verify_here(&mut transaction).await?;
    transaction.rollback().await?;
    Ok(whole)
}

/// Verifies what the transaction sees, its own changes included.
pub(crate) async fn verify_here(connection: &mut PgConnection) -> Result<Verification, StorageError> {
    let mut whole = Verification::default();
    for feed in feeds(connection).await? {
        whole.add(verify_chain(connection, &feed).await?);
    }
    whole.add(verify_rows(connection).await?);
    Ok(whole)
}

/// Recomputes the chain of one feed.
///
/// # Errors
/// Failures of the database.
pub async fn verify_chain(connection: &mut PgConnection, feed: &str) -> Result<Verification, StorageError> {
    let known = KnownHeads::new();
    let stretch = chain::read_stretch(connection, feed, (0, i64::MAX), &known).await?;
    finish(connection, feed, vec![stretch], &known).await
}

/// A connection that sees every row of every table.
pub(crate) async fn connect(url: &str) -> Result<PgConnection, StorageError> {
    let options: PgConnectOptions = url.parse().map_err(StorageError::Unreachable)?;
    let mut connection = options.application_name("viruj-audit").connect().await?;
    sqlx::raw_sql("SET ROLE viruj_owner; SET search_path = public; SET timezone = 'UTC'; SET bytea_output = 'hex'")
        .execute(&mut connection)
        .await
        .map_err(|error| match &error {
            sqlx::Error::Database(answer) if matches!(answer.code().as_deref(), Some("22023" | "42704")) => {
                StorageError::NotMigrated
            }
            _ => error.into(),
        })?;
    Ok(connection)
}

/// What one connection does at a time.
enum Part {
    Rows(RowsPart),
    Entries(Entries),
}

/// Entries of one feed after one number up to another.
#[derive(Clone)]
struct Entries {
    feed: String,
    after: i64,
    until: i64,
}

async fn feeds(connection: &mut PgConnection) -> Result<Vec<String>, StorageError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT feed AS "feed!" FROM (SELECT feed FROM feeds UNION SELECT feed FROM audit_entries) AS known ORDER BY feed"#
    )
    .fetch_all(connection)
    .await?)
}

/// Every feed that the database or a checkpoint knows, in parts that are read at the same time.
async fn plan(
    connection: &mut PgConnection,
    known: &KnownHeads,
    stretch: i64,
) -> Result<BTreeMap<String, Vec<Entries>>, StorageError> {
    let mut all: BTreeSet<String> = feeds(connection).await?.into_iter().collect();
    all.extend(known.keys().cloned());
    let mut plan = BTreeMap::new();
    for feed in all {
        let last = sqlx::query_scalar!("SELECT max(seq) FROM audit_entries WHERE feed = $1", feed)
            .fetch_one(&mut *connection)
            .await?
            .unwrap_or(0);
        let width = stretch.max(last / MOST_STRETCHES);
        let count = last / width + 1;
        let parts = (0..count).map(|part| Entries {
            feed: feed.clone(),
            after: part * width,
            // Sequence numbers below 1 are read with the first part, as what does not belong there.
            until: if part + 1 == count { i64::MAX } else { (part + 1) * width },
        });
        plan.insert(feed.clone(), parts.collect());
    }
    Ok(plan)
}

/// What one connection has read.
#[derive(Default)]
struct Read {
    stretches: Vec<((String, i64), Stretch)>,
    rows: Verification,
}

async fn read_parts(
    url: String,
    snapshot: String,
    queue: Arc<Mutex<VecDeque<Part>>>,
    known: Arc<KnownHeads>,
) -> Result<Read, StorageError> {
    let mut connection = connect(&url).await?;
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    // The name comes from the server itself and holds hexadecimal digits and hyphens only.
    sqlx::raw_sql(AssertSqlSafe(format!("SET TRANSACTION SNAPSHOT '{snapshot}'"))).execute(&mut *transaction).await?;
    let mut read = Read::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(part) = next else { break };
        match part {
            Part::Rows(part) => read.rows.add(rows::verify_part(&mut transaction, &part).await?),
            Part::Entries(Entries { feed, after, until }) => {
                let stretch = chain::read_stretch(&mut transaction, &feed, (after, until), &known).await?;
                read.stretches.push(((feed, after), stretch));
            }
        }
    }
    transaction.rollback().await?;
    Ok(read)
}

/// Joins the stretches of a feed and compares their end with the feed's own head and with what the checkpoints know.
async fn finish(
    connection: &mut PgConnection,
    feed: &str,
    stretches: Vec<Stretch>,
    known: &KnownHeads,
) -> Result<Verification, StorageError> {
    let whole = chain::join(feed, stretches);
    let mut result = Verification { entries: whole.entries, findings: whole.findings, ..Verification::default() };
    let (last, hash) = whole.last.unwrap_or_default();
    let head =
        sqlx::query!("SELECT seq, head_hash FROM feeds WHERE feed = $1", feed).fetch_optional(&mut *connection).await?;
    let feed = feed.to_owned();
    match head {
        Some(head) if head.seq != last => {
            result.findings.push(Finding::TailCut { feed: feed.clone(), found: last, head: head.seq });
        }
        Some(head) if head.head_hash != hash => result.findings.push(Finding::HeadAltered { feed: feed.clone() }),
        None if last > 0 => result.findings.push(Finding::HeadAltered { feed: feed.clone() }),
        _ => {}
    }
    let newest = known.get(&feed).and_then(|heads| heads.keys().next_back().copied()).unwrap_or(0);
    if newest > last {
        result.findings.push(Finding::CutSinceCheckpoint { feed, found: last, known: newest });
    }
    Ok(result)
}

/// What the checkpoints of this server say, less what a later restore took back.
async fn known_heads(
    connection: &mut PgConnection,
    checkpoints: &[Checkpoint],
) -> Result<(KnownHeads, Vec<LostInRestore>), StorageError> {
    let mut known = KnownHeads::new();
    if checkpoints.is_empty() {
        return Ok((known, Vec::new()));
    }
    let server: String = sqlx::query_scalar("SELECT value FROM installation WHERE key = 'server_id'")
        .fetch_one(&mut *connection)
        .await?;
    let epochs = sqlx::query!("SELECT epoch, heads FROM feed_epochs ORDER BY began_at, epoch")
        .fetch_all(&mut *connection)
        .await?;
    let mut lost = BTreeMap::new();
    for checkpoint in checkpoints.iter().filter(|checkpoint| checkpoint.server_id.to_string() == server) {
        let place = epochs.iter().position(|epoch| epoch.epoch == checkpoint.feed_epoch);
        for (feed, head) in &checkpoint.heads {
            // What each later epoch began with; an epoch that is not there any more was lost with the restore itself.
            let kept = epochs
                .iter()
                .skip(place.map_or(0, |place| place + 1))
                .filter_map(|epoch| epoch.heads.as_ref())
                .map(|heads| heads.get(feed).and_then(serde_json::Value::as_i64).unwrap_or(0))
                .min();
            match kept {
                Some(kept) if head.seq > kept => {
                    let entry = lost.entry(feed.clone()).or_insert((kept, head.seq));
                    *entry = (entry.0.min(kept), entry.1.max(head.seq));
                }
                _ => {
                    known.entry(feed.clone()).or_default().entry(head.seq).or_default().insert(head.hash.clone());
                }
            }
        }
    }
    let lost = lost.into_iter().map(|(feed, (kept, known))| LostInRestore { feed, kept, known }).collect();
    Ok((known, lost))
}
