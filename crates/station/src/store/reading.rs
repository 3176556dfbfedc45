//! What the screens read: at once and without the server.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::{AssertSqlSafe, QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};
use viruj_api::{
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    people::Person,
    server::PlantSummary,
    station::BatchSort,
    sync::SYSTEM_FEED,
};
use viruj_domain::{
    batch::BatchStatus,
    ids::{PlantId, UserId},
};

use super::{
    KeptOperation, Store, StoreFault,
    beside::{ENTRY_BITS, PHASE_BITS, is_beside},
    outbox,
};

/// Everything about one batch: the copy, and what was recorded here and is not in it yet.
#[derive(Clone, Debug)]
pub struct BatchParts {
    pub batch: BatchRow,
    /// In order of their numbers.
    pub phases: Vec<PhaseRow>,
    /// In the order in which the server took them.
    pub entries: Vec<EntryRow>,
    /// Those that the server has opened in the batch; what they hold depends on where they stand.
    pub deviations: Vec<DeviationRow>,
    /// Oldest first.
    pub own: Vec<KeptOperation>,
}

/// A batch as the list shows it.
#[derive(Clone, Debug)]
pub struct ListedBatch {
    pub row: BatchRow,
    pub shown_status: BatchStatus,
    pub phase_count: u32,
    pub completed_phases: u32,
    pub next_phase: Option<String>,
    pub assigned_to_name: Option<String>,
    pub open_deviations: u32,
    pub unsent: u32,
}

/// Which batches are listed, and in which order.
#[derive(Clone, Debug)]
pub struct BatchFilter {
    pub plant_id: PlantId,
    /// Every word must occur in the number or the product.
    pub search: String,
    /// Empty for all.
    pub statuses: Vec<BatchStatus>,
    pub assigned_to: Option<UserId>,
    pub sort: BatchSort,
    pub descending: bool,
    /// What decides whether a batch is late.
    pub now: DateTime<Utc>,
}

pub(super) fn row_of<T: DeserializeOwned>(row: &SqliteRow) -> Result<T, StoreFault> {
    let json: String = row.try_get("row").map_err(StoreFault::Database)?;
    Ok(serde_json::from_str(&json)?)
}

fn count_of(row: &SqliteRow, column: &str) -> Result<u32, StoreFault> {
    let count: i64 = row.try_get(column).map_err(StoreFault::Database)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub(super) async fn batch_parts(
    store: &Store,
    connection: &mut SqliteConnection,
    batch_id: &str,
) -> Result<Option<BatchParts>, StoreFault> {
    let batch = sqlx::query("SELECT key, row FROM copy_batches WHERE id = ?")
        .bind(batch_id)
        .fetch_optional(&mut *connection)
        .await
        .map_err(store.fault())?;
    let Some(batch) = batch else { return Ok(None) };
    let key: i64 = batch.try_get("key").map_err(store.fault())?;
    let own = is_beside("key", "?1", PHASE_BITS);
    let phases = sqlx::query(AssertSqlSafe(format!("SELECT row FROM copy_phases WHERE {own} ORDER BY key")))
        .bind(key)
        .fetch_all(&mut *connection)
        .await
        .map_err(store.fault())?;
    let own = is_beside("key", "?1", ENTRY_BITS);
    let entries =
        sqlx::query(AssertSqlSafe(format!("SELECT row FROM copy_entries WHERE {own} ORDER BY received_at, id")))
            .bind(key)
            .fetch_all(&mut *connection)
            .await
            .map_err(store.fault())?;
    let deviations = sqlx::query("SELECT row FROM copy_deviations WHERE batch_id = ?")
        .bind(batch_id)
        .fetch_all(&mut *connection)
        .await
        .map_err(store.fault())?;
    let mut deviations: Vec<DeviationRow> = deviations.iter().map(row_of).collect::<Result<_, _>>()?;
    deviations.sort_by(|one, other| (one.opened_at, &one.code).cmp(&(other.opened_at, &other.code)));
    Ok(Some(BatchParts {
        batch: row_of(&batch)?,
        phases: phases.iter().map(row_of).collect::<Result<_, _>>()?,
        entries: entries.iter().map(row_of).collect::<Result<_, _>>()?,
        deviations,
        own: outbox::not_in_copy(connection, batch_id).await?,
    }))
}

/// Words of a search as patterns of LIKE, with its wildcards taken literally.
fn patterns(search: &str) -> Vec<String> {
    let escape = |word: &str| {
        let escaped = word.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        format!("%{escaped}%")
    };
    search.split_whitespace().map(escape).collect()
}

/// The batches with the status that people see, as `viruj_domain::batch::BatchStatus::apparent` tells it.
fn push_batches(query: &mut QueryBuilder<Sqlite>, filter: &BatchFilter) {
    query.push(" FROM (SELECT *, CASE WHEN shown_status IN ('Planned', 'In Progress') AND planned_end < ");
    query.push_bind(filter.now.timestamp_micros());
    query.push(" THEN 'Delayed' ELSE shown_status END AS seen_status FROM copy_batches) AS b");
}

fn push_filter(query: &mut QueryBuilder<Sqlite>, filter: &BatchFilter) {
    query.push(" WHERE b.feed = ").push_bind(filter.plant_id.0.clone());
    for pattern in patterns(&filter.search) {
        query.push(" AND b.search LIKE ").push_bind(pattern).push(" ESCAPE '\\'");
    }
    if let Some(person) = &filter.assigned_to {
        query.push(" AND b.assigned_to = ").push_bind(person.0.clone());
    }
}

fn order(sort: &BatchSort, descending: bool) -> &'static str {
    match (sort, descending) {
        (BatchSort::Number, false) => " ORDER BY b.number COLLATE NOCASE, b.key",
        (BatchSort::Number, true) => " ORDER BY b.number COLLATE NOCASE DESC, b.key",
        (BatchSort::Product, false) => " ORDER BY b.product COLLATE NOCASE, b.number, b.key",
        (BatchSort::Product, true) => " ORDER BY b.product COLLATE NOCASE DESC, b.number, b.key",
        (BatchSort::Status, false) => " ORDER BY b.seen_status, b.number, b.key",
        (BatchSort::Status, true) => " ORDER BY b.seen_status DESC, b.number, b.key",
        (BatchSort::StartedAt, false) => " ORDER BY b.started_at, b.number, b.key",
        (BatchSort::StartedAt, true) => " ORDER BY b.started_at DESC, b.number, b.key",
        (BatchSort::Progress, false) => {
            " ORDER BY CAST(b.completed_phases AS REAL) / max(b.phase_count, 1), b.number, b.key"
        }
        (BatchSort::Progress, true) => {
            " ORDER BY CAST(b.completed_phases AS REAL) / max(b.phase_count, 1) DESC, b.number, b.key"
        }
    }
}

impl Store {
    /// `None` where the station does not hold the batch.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn batch_parts(&self, batch_id: &str) -> Result<Option<BatchParts>, StoreFault> {
        let mut reading = self.pool.begin().await.map_err(self.fault())?;
        batch_parts(self, &mut reading, batch_id).await
    }

    pub(crate) async fn list_batches(&self, filter: &BatchFilter) -> Result<Vec<ListedBatch>, StoreFault> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT b.row, b.seen_status, b.phase_count, b.completed_phases, b.next_phase, p.name AS assigned_to_name, \
             (SELECT count(*) FROM copy_deviations AS d WHERE d.batch_id = b.id AND d.is_open = 1) AS open_deviations, \
             (SELECT count(*) FROM operations AS o WHERE o.batch_id = b.id AND o.verdict IS NULL) AS unsent",
        );
        push_batches(&mut query, filter);
        query.push(" LEFT JOIN copy_people AS p ON p.id = b.assigned_to");
        push_filter(&mut query, filter);
        if !filter.statuses.is_empty() {
            query.push(" AND b.seen_status IN (");
            let mut list = query.separated(", ");
            for status in &filter.statuses {
                list.push_bind(status.as_str());
            }
            query.push(")");
        }
        query.push(order(&filter.sort, filter.descending));
        let rows = query.build().fetch_all(&self.pool).await.map_err(self.fault())?;
        rows.iter().map(|row| self.listed(row)).collect()
    }

    fn listed(&self, row: &SqliteRow) -> Result<ListedBatch, StoreFault> {
        let batch: BatchRow = row_of(row)?;
        let shown: String = row.try_get("seen_status").map_err(self.fault())?;
        Ok(ListedBatch {
            shown_status: shown.parse().unwrap_or(batch.status),
            row: batch,
            phase_count: count_of(row, "phase_count")?,
            completed_phases: count_of(row, "completed_phases")?,
            next_phase: row.try_get("next_phase").map_err(self.fault())?,
            assigned_to_name: row.try_get("assigned_to_name").map_err(self.fault())?,
            open_deviations: count_of(row, "open_deviations")?,
            unsent: count_of(row, "unsent")?,
        })
    }

    /// How many batches each status holds, whatever statuses are asked for.
    pub(crate) async fn count_batches(&self, filter: &BatchFilter) -> Result<Vec<(BatchStatus, u32)>, StoreFault> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT b.seen_status, count(*) AS batches");
        push_batches(&mut query, filter);
        push_filter(&mut query, filter);
        let rows = query.push(" GROUP BY b.seen_status").build().fetch_all(&self.pool).await.map_err(self.fault())?;
        let mut counts = Vec::with_capacity(BatchStatus::ALL.len());
        for row in &rows {
            let word: String = row.try_get("seen_status").map_err(self.fault())?;
            if let Ok(status) = word.parse::<BatchStatus>() {
                counts.push((status, count_of(row, "batches")?));
            }
        }
        counts.sort_unstable();
        Ok(counts)
    }

    pub(crate) async fn plant(&self, id: &PlantId) -> Result<Option<PlantSummary>, StoreFault> {
        let row = sqlx::query("SELECT row FROM copy_plants WHERE id = ?").bind(id.as_str());
        let row = row.fetch_optional(&self.pool).await.map_err(self.fault())?;
        row.as_ref().map(row_of).transpose()
    }

    pub(crate) async fn person(&self, id: &UserId) -> Result<Option<Person>, StoreFault> {
        let row = sqlx::query("SELECT row FROM copy_people WHERE id = ?").bind(id.as_str());
        let row = row.fetch_optional(&self.pool).await.map_err(self.fault())?;
        row.as_ref().map(row_of).transpose()
    }

    /// Everybody whom the station knows, by name.
    pub(crate) async fn people(&self) -> Result<Vec<Person>, StoreFault> {
        let rows = sqlx::query("SELECT row FROM copy_people ORDER BY name COLLATE NOCASE, id");
        let rows = rows.fetch_all(&self.pool).await.map_err(self.fault())?;
        rows.iter().map(row_of).collect()
    }

    /// Both feeds have been read to a head at least once.
    pub(crate) async fn has_both_feeds(&self, plant: &PlantId) -> Result<bool, StoreFault> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM copy_cursors WHERE feed IN (?, ?)")
            .bind(plant.as_str())
            .bind(SYSTEM_FEED)
            .fetch_one(&self.pool)
            .await
            .map_err(self.fault())?;
        Ok(count == 2)
    }
}
