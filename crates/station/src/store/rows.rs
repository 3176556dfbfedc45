//! Rows as they travelled, written into the copy: the text as it is, and columns to find and sort them by.

use std::{borrow::Cow, collections::BTreeSet};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite, SqliteConnection, query_builder::Separated};
use uuid::Uuid;
use viruj_api::sync::{FeedChange, Tombstone};
use viruj_domain::deviation::DeviationStatus;
use viruj_sync::snapshot::RowText;

use super::{
    beside::{ENTRY_BITS, PHASE_BITS, Places, is_beside},
    copy_tables::Set,
    credentials,
};

/// Rows of one statement: one statement for each row would be a hundred times slower.
const ROWS: usize = 500;

/// A text of a row, borrowed where JSON escapes nothing in it.
type Text<'a> = Cow<'a, str>;

/// What a table holds beside the row itself.
trait Columns<'a>: Deserialize<'a> {
    const TABLE: &'static str;
    const NAMES: &'static str;
    /// Where a row lies beside the others of its batch: how many bits of its key tell the rows of one batch apart. A row whose
    /// batch is not here is left out then: it comes again with its batch.
    const BESIDE: Option<u32> = None;
    /// What becomes of a row that is held; `{table}` is the table.
    const HELD: &'static str;

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str);

    /// The batch whose summary the row changes.
    fn batch(&self) -> Option<&str> {
        None
    }

    /// Which one of its batch's rows it is; the next one where nothing says so.
    fn number(&self) -> Option<u32> {
        None
    }
}

#[derive(Deserialize)]
struct PlantColumns<'a> {
    #[serde(borrow)]
    id: Text<'a>,
}

impl<'a> Columns<'a> for PlantColumns<'a> {
    const TABLE: &'static str = "plants";
    const NAMES: &'static str = "id";
    const HELD: &'static str = "UPDATE SET row = excluded.row";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, _: &str) {
        values.push_bind(self.id.as_ref());
    }
}

#[derive(Deserialize)]
struct PersonColumns<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

impl<'a> Columns<'a> for PersonColumns<'a> {
    const TABLE: &'static str = "people";
    const NAMES: &'static str = "id, name";
    const HELD: &'static str = "UPDATE SET name = excluded.name, row = excluded.row";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, _: &str) {
        values.push_bind(self.id.as_ref()).push_bind(self.name.as_ref());
    }
}

#[derive(Deserialize)]
struct BatchColumns<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    number: Text<'a>,
    #[serde(borrow)]
    product: Text<'a>,
    #[serde(borrow)]
    assigned_to: Option<Text<'a>>,
    started_at: DateTime<Utc>,
    planned_end: Option<DateTime<Utc>>,
    version: i64,
    #[serde(borrow)]
    status: Text<'a>,
}

impl<'a> Columns<'a> for BatchColumns<'a> {
    const TABLE: &'static str = "batches";
    const NAMES: &'static str = "id, feed, number, product, search, assigned_to, started_at, planned_end, version, \
        shown_status";
    // An older version of a row that is held is not news.
    const HELD: &'static str = "UPDATE SET feed = excluded.feed, number = excluded.number, product = excluded.product, \
        search = excluded.search, assigned_to = excluded.assigned_to, started_at = excluded.started_at, \
        planned_end = excluded.planned_end, version = excluded.version, row = excluded.row, \
        shown_status = excluded.shown_status WHERE excluded.version >= {table}.version";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str) {
        values
            .push_bind(self.id.as_ref())
            .push_bind(feed)
            .push_bind(self.number.as_ref())
            .push_bind(self.product.as_ref())
            .push_bind(format!("{} {}", self.number, self.product).to_lowercase())
            .push_bind(self.assigned_to.as_deref())
            .push_bind(self.started_at.to_rfc3339())
            .push_bind(self.planned_end.map(|end| end.timestamp_micros()))
            .push_bind(self.version)
            .push_bind(self.status.as_ref());
    }

    fn batch(&self) -> Option<&str> {
        Some(&self.id)
    }
}

#[derive(Deserialize)]
struct PhaseColumns<'a> {
    id: Uuid,
    #[serde(borrow)]
    batch_id: Text<'a>,
    number: u32,
    #[serde(borrow)]
    definition: DefinitionColumns<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    version: i64,
}

#[derive(Deserialize)]
struct DefinitionColumns<'a> {
    #[serde(borrow)]
    title: Text<'a>,
}

impl<'a> Columns<'a> for PhaseColumns<'a> {
    const TABLE: &'static str = "phases";
    const NAMES: &'static str = "id, feed, batch_id, number, title, status, version";
    const BESIDE: Option<u32> = Some(PHASE_BITS);
    const HELD: &'static str = "UPDATE SET feed = excluded.feed, batch_id = excluded.batch_id, \
        number = excluded.number, title = excluded.title, status = excluded.status, version = excluded.version, \
        row = excluded.row WHERE excluded.version >= {table}.version";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str) {
        values
            .push_bind(self.id)
            .push_bind(feed)
            .push_bind(self.batch_id.as_ref())
            .push_bind(i64::from(self.number))
            .push_bind(self.definition.title.as_ref())
            .push_bind(self.status.as_ref())
            .push_bind(self.version);
    }

    fn batch(&self) -> Option<&str> {
        Some(&self.batch_id)
    }

    fn number(&self) -> Option<u32> {
        Some(self.number)
    }
}

#[derive(Deserialize)]
struct EntryColumns<'a> {
    operation_id: Uuid,
    #[serde(borrow)]
    batch_id: Text<'a>,
    received_at: DateTime<Utc>,
}

impl<'a> Columns<'a> for EntryColumns<'a> {
    const TABLE: &'static str = "entries";
    const NAMES: &'static str = "id, feed, batch_id, received_at";
    const BESIDE: Option<u32> = Some(ENTRY_BITS);
    const HELD: &'static str = "UPDATE SET row = excluded.row";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str) {
        values
            .push_bind(self.operation_id)
            .push_bind(feed)
            .push_bind(self.batch_id.as_ref())
            .push_bind(self.received_at.timestamp_micros());
    }

    fn batch(&self) -> Option<&str> {
        Some(&self.batch_id)
    }
}

#[derive(Deserialize)]
struct DeviationColumns<'a> {
    id: Uuid,
    #[serde(borrow)]
    batch_id: Option<Text<'a>>,
    status: DeviationStatus,
}

impl<'a> Columns<'a> for DeviationColumns<'a> {
    const TABLE: &'static str = "deviations";
    const NAMES: &'static str = "id, feed, batch_id, is_open";
    const HELD: &'static str = "UPDATE SET is_open = excluded.is_open, row = excluded.row";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str) {
        values
            .push_bind(self.id)
            .push_bind(feed)
            .push_bind(self.batch_id.as_deref())
            .push_bind(i64::from(self.status.is_open()));
    }

    fn batch(&self) -> Option<&str> {
        self.batch_id.as_deref()
    }
}

#[derive(Deserialize)]
struct LeaseColumns<'a> {
    id: Uuid,
    #[serde(borrow)]
    batch_id: Text<'a>,
}

impl<'a> Columns<'a> for LeaseColumns<'a> {
    const TABLE: &'static str = "leases";
    const NAMES: &'static str = "id, feed, batch_id";
    const HELD: &'static str = "UPDATE SET row = excluded.row";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str) {
        values.push_bind(self.id).push_bind(feed).push_bind(self.batch_id.as_ref());
    }
}

#[derive(Deserialize)]
struct LotColumns<'a> {
    id: Uuid,
    #[serde(borrow)]
    number: Text<'a>,
    #[serde(borrow)]
    material_code: Text<'a>,
    #[serde(borrow)]
    material: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    revision: i64,
}

impl<'a> Columns<'a> for LotColumns<'a> {
    const TABLE: &'static str = "lots";
    const NAMES: &'static str = "id, feed, number, material_code, search, status, version";
    const HELD: &'static str = "UPDATE SET status = excluded.status, version = excluded.version, row = excluded.row \
        WHERE excluded.version >= {table}.version";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str) {
        values
            .push_bind(self.id)
            .push_bind(feed)
            .push_bind(self.number.as_ref())
            .push_bind(self.material_code.as_ref())
            .push_bind(format!("{} {} {}", self.number, self.material_code, self.material))
            .push_bind(self.status.as_ref())
            .push_bind(self.revision);
    }
}

#[derive(Deserialize)]
struct EquipmentColumns<'a> {
    id: Uuid,
    #[serde(borrow)]
    code: Text<'a>,
    #[serde(borrow)]
    kind: Text<'a>,
    revision: i64,
}

impl<'a> Columns<'a> for EquipmentColumns<'a> {
    const TABLE: &'static str = "equipment";
    const NAMES: &'static str = "id, feed, code, kind, version";
    const HELD: &'static str = "UPDATE SET kind = excluded.kind, version = excluded.version, row = excluded.row \
        WHERE excluded.version >= {table}.version";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str) {
        values
            .push_bind(self.id)
            .push_bind(feed)
            .push_bind(self.code.as_ref())
            .push_bind(self.kind.as_ref())
            .push_bind(self.revision);
    }
}

#[derive(Deserialize)]
struct QualificationColumns<'a> {
    id: Uuid,
    #[serde(borrow)]
    procedure_code: Text<'a>,
    #[serde(borrow)]
    person_id: Text<'a>,
    revision: i64,
}

impl<'a> Columns<'a> for QualificationColumns<'a> {
    const TABLE: &'static str = "qualifications";
    const NAMES: &'static str = "id, feed, procedure_code, person_id, version";
    const HELD: &'static str = "UPDATE SET version = excluded.version, row = excluded.row \
        WHERE excluded.version >= {table}.version";

    fn push(&self, values: &mut Separated<'_, Sqlite, &'static str>, feed: &str) {
        values
            .push_bind(self.id)
            .push_bind(feed)
            .push_bind(self.procedure_code.as_ref())
            .push_bind(self.person_id.as_ref())
            .push_bind(self.revision);
    }
}

/// Rows by their kind, in the order in which they came.
#[derive(Default)]
pub(super) struct Rows<'a> {
    by_kind: Vec<(&'a str, Vec<&'a RawValue>)>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(rows: &'a [RowText<'a>]) -> Self {
        let mut sorted = Self::default();
        for RowText { kind, row } in rows {
            match sorted.by_kind.iter_mut().find(|(known, _)| known == kind) {
                Some((_, of_kind)) => of_kind.push(row),
                None => sorted.by_kind.push((kind, vec![row])),
            }
        }
        // What belongs to a batch lies beside it, so the batch comes first.
        sorted.by_kind.sort_by_key(|(kind, _)| *kind != "batch");
        sorted
    }
}

/// What the entries of a page carry, as text.
///
/// # Errors
/// Never in practice: the rows have been read from JSON.
pub(super) fn lines<'a>(changes: impl Iterator<Item = &'a FeedChange>) -> Result<Vec<String>, serde_json::Error> {
    changes.filter(|change| !matches!(change, FeedChange::Other)).map(serde_json::to_string).collect()
}

/// Writes the rows; gives back the batches whose summary they change.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    set: Set,
    feed: &str,
    rows: &Rows<'_>,
) -> Result<BTreeSet<String>, sqlx::Error> {
    let mut touched = BTreeSet::new();
    for (kind, rows) in &rows.by_kind {
        let at = (&mut *connection, set, feed);
        let batches = match *kind {
            "plant" => write_kind::<PlantColumns<'_>>(at, rows).await?,
            "person" => write_kind::<PersonColumns<'_>>(at, rows).await?,
            "person_key" => {
                let keys = rows.iter().map(|row| read(row)).collect::<Result<Vec<_>, _>>()?;
                credentials::retire(connection, &keys).await?;
                BTreeSet::new()
            }
            "batch" => write_kind::<BatchColumns<'_>>(at, rows).await?,
            "phase" => write_kind::<PhaseColumns<'_>>(at, rows).await?,
            "entry" => write_kind::<EntryColumns<'_>>(at, rows).await?,
            "deviation" => write_kind::<DeviationColumns<'_>>(at, rows).await?,
            "lease" => write_kind::<LeaseColumns<'_>>(at, rows).await?,
            "lot" => write_kind::<LotColumns<'_>>(at, rows).await?,
            "equipment" => write_kind::<EquipmentColumns<'_>>(at, rows).await?,
            "qualification" => write_kind::<QualificationColumns<'_>>(at, rows).await?,
            "gone" => remove(at, rows).await?,
            // A kind of a newer server.
            _ => BTreeSet::new(),
        };
        touched.extend(batches);
    }
    Ok(touched)
}

fn read<'a, T: Deserialize<'a>>(row: &'a RawValue) -> Result<T, sqlx::Error> {
    serde_json::from_str(row.get()).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

async fn write_kind<'a, C: Columns<'a>>(
    (connection, set, feed): (&mut SqliteConnection, Set, &str),
    rows: &[&'a RawValue],
) -> Result<BTreeSet<String>, sqlx::Error> {
    let table = format!("{}{}", set.prefix(), C::TABLE);
    let held = C::HELD.replace("{table}", &table);
    let key = if C::BESIDE.is_some() { "key, " } else { "" };
    let mut touched = BTreeSet::new();
    for part in rows.chunks(ROWS) {
        let mut read_rows = Vec::with_capacity(part.len());
        for row in part {
            read_rows.push((None, read::<C>(row)?, row.get()));
        }
        if let Some(bits) = C::BESIDE {
            let named = read_rows.iter().filter_map(|(_, columns, _)| columns.batch()).collect();
            let mut places = Places::of(connection, set, &table, bits, &named).await?;
            read_rows.retain_mut(|(key, columns, _)| {
                *key = columns.batch().and_then(|batch| places.take(batch, columns.number()));
                key.is_some()
            });
        }
        if read_rows.is_empty() {
            continue;
        }
        let mut query = QueryBuilder::<Sqlite>::new(format!("INSERT INTO {table} ({key}{}, row) ", C::NAMES));
        query.push_values(&read_rows, |mut values, (key, columns, text)| {
            if let Some(key) = key {
                values.push_bind(*key);
            }
            columns.push(&mut values, feed);
            values.push_bind(*text);
        });
        query.push(" ON CONFLICT (id) DO ").push(&held).build().execute(&mut *connection).await?;
        touched.extend(read_rows.iter().filter_map(|(_, columns, _)| columns.batch()).map(str::to_owned));
    }
    Ok(touched)
}

/// Takes rows out that are there no more.
async fn remove(
    (connection, set, _): (&mut SqliteConnection, Set, &str),
    rows: &[&RawValue],
) -> Result<BTreeSet<String>, sqlx::Error> {
    let mut touched = BTreeSet::new();
    for row in rows {
        let gone: Tombstone = read(row)?;
        let (table, has_batch) = match gone.kind.as_str() {
            "plant" => ("plants", false),
            "person" => ("people", false),
            "batch" => ("batches", false),
            "phase" => ("phases", true),
            "entry" => ("entries", true),
            "deviation" => ("deviations", true),
            "lease" => ("leases", false),
            "lot" => ("lots", false),
            "equipment" => ("equipment", false),
            "qualification" => ("qualifications", false),
            _ => continue,
        };
        let prefix = set.prefix();
        if table == "batches" {
            leave_no_parts(connection, set, &gone.id).await?;
        }
        let returning = if has_batch { " RETURNING batch_id" } else { " RETURNING NULL" };
        let sql = AssertSqlSafe(format!("DELETE FROM {prefix}{table} WHERE id = ?{returning}"));
        let query = sqlx::query_scalar::<_, Option<String>>(sql);
        // Ids are texts or UUIDs as bytes, each kind its own.
        let query = match gone.id.parse::<Uuid>() {
            Ok(id) if !["plants", "people", "batches"].contains(&table) => query.bind(id),
            _ => query.bind(gone.id),
        };
        touched.extend(query.fetch_optional(&mut *connection).await?.flatten());
    }
    Ok(touched)
}

/// With a batch go its parts: nothing would ever find them again.
async fn leave_no_parts(connection: &mut SqliteConnection, set: Set, batch: &str) -> Result<(), sqlx::Error> {
    let prefix = set.prefix();
    for (table, bits) in [(PhaseColumns::TABLE, PHASE_BITS), (EntryColumns::TABLE, ENTRY_BITS)] {
        let own = is_beside("key", &format!("(SELECT key FROM {prefix}batches WHERE id = ?1)"), bits);
        let sql = format!("DELETE FROM {prefix}{table} WHERE {own}");
        sqlx::query(AssertSqlSafe(sql)).bind(batch).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Brings the words that batches and lots are found by up to date: a row keeps its key, and what it is found by, for ever.
pub(super) async fn index_words(connection: &mut SqliteConnection, set: Set) -> Result<(), sqlx::Error> {
    let prefix = set.prefix();
    for (words, table) in [("batch_words", "batches"), ("lot_words", "lots")] {
        let sql = format!(
            "INSERT INTO {prefix}{words} (rowid, words) SELECT key, search FROM {prefix}{table} \
             WHERE key > coalesce((SELECT rowid FROM {prefix}{words} ORDER BY rowid DESC LIMIT 1), 0)"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    Ok(())
}
