//! Batches as the interface lists them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    batches::{BatchOrder, BatchQuery, BatchRow},
    lists::Page,
};
use viruj_domain::{
    ids::{BatchId, PlantId, UserId},
    plant::PlantScope,
    role::UnknownWord,
};

use crate::{
    Database, StorageError,
    keyset::{After, searched},
    plant_store::master_reference,
};

mod history;
mod making;
mod steps;

pub use history::history;
pub use making::{NewBatch, create, frozen_master};
pub use steps::{LockedBatch, find_in, lock, write_course};

/// What the trail calls a batch.
pub const ENTITY: &str = "production_batches";

struct Row {
    id: String,
    plant_id: String,
    batch_number: String,
    product_name: String,
    quantity: Decimal,
    unit: String,
    status: String,
    release_status: String,
    record_status: String,
    hold_reason: Option<String>,
    held_from: Option<String>,
    assigned_to: Option<String>,
    start_date: DateTime<Utc>,
    end_date: Option<DateTime<Utc>>,
    planned_start: Option<DateTime<Utc>>,
    planned_end: Option<DateTime<Utc>>,
    master_record_id: Option<Uuid>,
    master_version: Option<i32>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<BatchRow, StorageError> {
        let unreadable = |cause: UnknownWord| StorageError::Unreadable {
            table: ENTITY,
            id: self.id.clone(),
            cause: cause.to_string(),
        };
        Ok(BatchRow {
            status: self.status.parse().map_err(unreadable)?,
            release_status: self.release_status.parse().map_err(unreadable)?,
            record_status: self.record_status.parse().map_err(unreadable)?,
            held_from: self.held_from.as_deref().map(str::parse).transpose().map_err(unreadable)?,
            planned_start: self.planned_start,
            planned_end: self.planned_end,
            id: BatchId(self.id),
            plant_id: PlantId(self.plant_id),
            number: self.batch_number,
            product: self.product_name,
            quantity: self.quantity.into(),
            unit: self.unit,
            hold_reason: self.hold_reason,
            assigned_to: self.assigned_to.map(UserId),
            started_at: self.start_date,
            ended_at: self.end_date,
            master_record: master_reference(self.master_record_id, self.master_version),
            version: self.version,
        })
    }

    fn place(&self, order: Order) -> String {
        match order {
            Order::Time => self.start_date.timestamp_micros().to_string(),
            Order::Number => self.batch_number.clone(),
        }
    }
}

#[derive(Clone, Copy)]
enum Order {
    Time,
    Number,
}

// The rows that follow a place in an order; each order reads along an index of its own.
macro_rules! batches_after {
    ($after:tt, $order:tt, $pool:expr, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id, plant_id, batch_number, product_name, quantity, unit, status,
                   coalesce(qa_release_status, 'Pending') AS "release_status!",
                   coalesce(bmr_status, 'Incomplete') AS "record_status!",
                   hold_reason, held_from, assigned_to, start_date, end_date, planned_start, planned_end,
                   master_record_id, master_version, version
               FROM production_batches
               WHERE "# + $after + r#"
                   AND ($3::text IS NULL OR viruj_apparent_status(status, planned_end, $9) = $3)
                   AND ($4::text IS NULL OR coalesce(qa_release_status, 'Pending') = $4)
                   AND ($5::text IS NULL OR plant_id = $5)
                   AND ($6::text IS NULL OR assigned_to = $6)
                   AND ($7::text IS NULL OR strpos(lower(batch_number), lower($7)) > 0
                       OR strpos(lower(product_name), lower($7)) > 0)
               ORDER BY "# + $order + r#" LIMIT $8"#,
            $($argument),*
        )
        .fetch_all($pool)
        .await?
    };
}

/// The batches of the plants that a reader sees, with the status that they see now.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &BatchQuery,
    now: DateTime<Utc>,
) -> Result<Page<BatchRow>, StorageError> {
    let sort = query.sort.unwrap_or_default();
    let (name, order) = match sort {
        BatchOrder::StartedAt => ("started_at", Order::Time),
        BatchOrder::StartedAtDescending => ("-started_at", Order::Time),
        BatchOrder::Number => ("number", Order::Number),
        BatchOrder::NumberDescending => ("-number", Order::Number),
    };
    let after = After::read(query.limit, query.cursor.as_deref(), name)?;
    let (number, id) = (after.place.as_deref(), after.id.as_deref());
    let time = match (order, number) {
        (Order::Time, Some(micros)) => Some(time(micros).ok_or(StorageError::CursorInvalid)?),
        _ => None,
    };
    let status = query.status.map(|status| status.as_str());
    let release = query.release_status.map(|status| status.as_str());
    let plant = query.plant_id.as_ref().map(|plant| plant.as_str().replace('\0', ""));
    let person = query.assigned_to.as_ref().map(|person| person.as_str().replace('\0', ""));
    let search = searched(query.search.as_deref());
    let (plant, person, search) = (plant.as_deref(), person.as_deref(), search.as_deref());
    let (pool, limit) = (&database.reader(scope), after.fetch_limit());
    let rows = match sort {
        BatchOrder::StartedAt => batches_after!(
            "($1::timestamptz IS NULL OR (start_date, id) > ($1, $2::text))",
            "start_date, id",
            pool,
            time,
            id,
            status,
            release,
            plant,
            person,
            search,
            limit,
            now
        ),
        BatchOrder::StartedAtDescending => batches_after!(
            "($1::timestamptz IS NULL OR (start_date, id) < ($1, $2::text))",
            "start_date DESC, id DESC",
            pool,
            time,
            id,
            status,
            release,
            plant,
            person,
            search,
            limit,
            now
        ),
        BatchOrder::Number => batches_after!(
            "($1::text IS NULL OR (batch_number, id) > ($1, $2::text))",
            "batch_number, id",
            pool,
            number,
            id,
            status,
            release,
            plant,
            person,
            search,
            limit,
            now
        ),
        BatchOrder::NumberDescending => batches_after!(
            "($1::text IS NULL OR (batch_number, id) < ($1, $2::text))",
            "batch_number DESC, id DESC",
            pool,
            number,
            id,
            status,
            release,
            plant,
            person,
            search,
            limit,
            now
        ),
    };
    let rows = rows.into_iter().map(|row| (row.place(order), row.id.clone(), row.read())).collect();
    let page = after.page(name, rows);
    // One row that cannot be read must not keep a reader from all others.
    let readable = |row: Result<BatchRow, StorageError>| {
        let row = row.inspect_err(|error| tracing::error!(%error, "a batch is left out of the list"));
        row.ok().map(|row| row.seen_at(now))
    };
    Ok(Page { items: page.items.into_iter().filter_map(readable).collect(), next_cursor: page.next_cursor })
}

fn time(micros: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros.parse().ok()?)
}

/// The batch with this id, when the reader sees it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn find(database: &Database, scope: &PlantScope, id: &BatchId) -> Result<Option<BatchRow>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    find_on(&mut connection, id).await
}

async fn find_on(connection: &mut PgConnection, id: &BatchId) -> Result<Option<BatchRow>, StorageError> {
    // No row has such an id, and the database would not take it.
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, plant_id, batch_number, product_name, quantity, unit, status,
               coalesce(qa_release_status, 'Pending') AS "release_status!",
               coalesce(bmr_status, 'Incomplete') AS "record_status!",
               hold_reason, held_from, assigned_to, start_date, end_date, planned_start, planned_end, master_record_id,
               master_version, version
           FROM production_batches WHERE id = $1"#,
        id.as_str(),
    )
    .fetch_optional(connection)
    .await?;
    row.map(Row::read).transpose()
}
