//! The copy of the plant's rows: pages of the feed, with their cursor, in one transaction.

use std::collections::BTreeSet;

use serde::Serialize;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use uuid::Uuid;
use viruj_api::{
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    leases::LeaseRow,
    people::Person,
    person_keys::PersonKeyRow,
    server::PlantSummary,
    sync::{FeedChange, FeedCursor, FeedPage},
};
use viruj_sync::store::{Replica, StoreError};

use super::{Store, StoreFault, credentials, leases, registers, summary};

/// Rows of one statement: one statement for each row would be a hundred times slower.
pub(super) const ROWS: usize = 300;

/// The rows of a page by their kind.
#[derive(Default)]
struct Rows<'a> {
    plants: Vec<&'a PlantSummary>,
    people: Vec<&'a Person>,
    person_keys: Vec<&'a PersonKeyRow>,
    batches: Vec<&'a BatchRow>,
    phases: Vec<&'a PhaseRow>,
    entries: Vec<&'a EntryRow>,
    deviations: Vec<&'a DeviationRow>,
    leases: Vec<&'a LeaseRow>,
    registers: registers::Rows<'a>,
}

impl<'a> Rows<'a> {
    fn of(page: &'a FeedPage) -> Self {
        let mut rows = Self::default();
        for entry in &page.entries {
            match &entry.change {
                FeedChange::Plant(row) => rows.plants.push(row),
                FeedChange::Person(row) => rows.people.push(row),
                FeedChange::PersonKey(row) => rows.person_keys.push(row),
                FeedChange::Batch(row) => rows.batches.push(row),
                FeedChange::Phase(row) => rows.phases.push(row),
                FeedChange::Entry(row) => rows.entries.push(row),
                FeedChange::Deviation(row) => rows.deviations.push(row),
                FeedChange::Lease(row) => rows.leases.push(row),
                FeedChange::Lot(row) => rows.registers.lots.push(row),
                FeedChange::Equipment(row) => rows.registers.equipment.push(row),
                FeedChange::Qualification(row) => rows.registers.qualifications.push(row),
                FeedChange::Other => {}
            }
        }
        rows
    }

    fn touched_batches(&self) -> Vec<String> {
        let batches = self.batches.iter().map(|row| &row.id);
        let phases = self.phases.iter().map(|row| &row.batch_id);
        let entries = self.entries.iter().map(|row| &row.batch_id);
        let deviations = self.deviations.iter().filter_map(|row| row.batch_id.as_ref());
        let touched: BTreeSet<_> =
            batches.chain(phases).chain(entries).chain(deviations).map(|id| id.0.clone()).collect();
        touched.into_iter().collect()
    }
}

fn json<T: Serialize>(row: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(row).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

pub(super) fn rows_as_json<'a, T: Serialize>(rows: &[&'a T]) -> Result<Vec<(&'a T, String)>, sqlx::Error> {
    rows.iter().map(|row| Ok((*row, json(*row)?))).collect()
}

async fn write_people(connection: &mut SqliteConnection, rows: &Rows<'_>) -> Result<(), sqlx::Error> {
    for part in rows_as_json(&rows.plants)?.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO copy_plants (id, row) ");
        query.push_values(part, |mut values, (row, json)| {
            values.push_bind(row.id.as_str()).push_bind(json);
        });
        query.push(" ON CONFLICT (id) DO UPDATE SET row = excluded.row").build().execute(&mut *connection).await?;
    }
    for part in rows_as_json(&rows.people)?.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO copy_people (id, name, row) ");
        query.push_values(part, |mut values, (row, json)| {
            values.push_bind(row.id.as_str()).push_bind(&row.name).push_bind(json);
        });
        query
            .push(" ON CONFLICT (id) DO UPDATE SET name = excluded.name, row = excluded.row")
            .build()
            .execute(&mut *connection)
            .await?;
    }
    credentials::retire(connection, &rows.person_keys).await
}

async fn write_batches(connection: &mut SqliteConnection, feed: &str, rows: &Rows<'_>) -> Result<(), sqlx::Error> {
    for part in rows_as_json(&rows.batches)?.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO copy_batches (id, feed, number, product, search, assigned_to, started_at, planned_end, \
             version, row, shown_status) ",
        );
        query.push_values(part, |mut values, (row, json)| {
            values
                .push_bind(row.id.as_str())
                .push_bind(feed)
                .push_bind(&row.number)
                .push_bind(&row.product)
                .push_bind(format!("{} {}", row.number, row.product).to_lowercase())
                .push_bind(row.assigned_to.as_ref().map(|person| person.as_str()))
                .push_bind(row.started_at.to_rfc3339())
                .push_bind(row.planned_end.map(|end| end.timestamp_micros()))
                .push_bind(row.version)
                .push_bind(json)
                .push_bind(row.status.as_str());
        });
        // An older version of a row that is held is not news.
        query.push(
            " ON CONFLICT (id) DO UPDATE SET feed = excluded.feed, number = excluded.number, \
             product = excluded.product, search = excluded.search, assigned_to = excluded.assigned_to, \
             started_at = excluded.started_at, planned_end = excluded.planned_end, version = excluded.version, \
             row = excluded.row, shown_status = excluded.shown_status WHERE excluded.version >= copy_batches.version",
        );
        query.build().execute(&mut *connection).await?;
    }
    for part in rows_as_json(&rows.phases)?.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO copy_phases (id, feed, batch_id, number, title, status, version, row) ",
        );
        query.push_values(part, |mut values, (row, json)| {
            values
                .push_bind(row.id.0)
                .push_bind(feed)
                .push_bind(row.batch_id.as_str())
                .push_bind(i64::from(row.number))
                .push_bind(&row.definition.title)
                .push_bind(row.status.as_str())
                .push_bind(row.version)
                .push_bind(json);
        });
        query.push(
            " ON CONFLICT (id) DO UPDATE SET feed = excluded.feed, batch_id = excluded.batch_id, \
             number = excluded.number, title = excluded.title, status = excluded.status, version = excluded.version, \
             row = excluded.row WHERE excluded.version >= copy_phases.version",
        );
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write_entries(connection: &mut SqliteConnection, feed: &str, rows: &Rows<'_>) -> Result<(), sqlx::Error> {
    for part in rows_as_json(&rows.entries)?.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO copy_entries (id, feed, batch_id, row) ");
        query.push_values(part, |mut values, (row, json)| {
            values.push_bind(row.operation_id.0).push_bind(feed).push_bind(row.batch_id.as_str()).push_bind(json);
        });
        query.push(" ON CONFLICT (id) DO UPDATE SET row = excluded.row").build().execute(&mut *connection).await?;
    }
    for part in rows_as_json(&rows.deviations)?.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO copy_deviations (id, feed, batch_id, is_open, row) ");
        query.push_values(part, |mut values, (row, json)| {
            let is_open = row.status.is_open();
            values
                .push_bind(row.id.0)
                .push_bind(feed)
                .push_bind(row.batch_id.as_ref().map(|batch| batch.as_str()))
                .push_bind(i64::from(is_open))
                .push_bind(json);
        });
        query
            .push(" ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, row = excluded.row")
            .build()
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

impl Replica for Store {
    async fn cursor(&mut self, feed: &str) -> Result<Option<FeedCursor>, StoreError> {
        let row = sqlx::query("SELECT epoch, seq FROM copy_cursors WHERE feed = ?")
            .bind(feed)
            .fetch_optional(&self.pool)
            .await
            .map_err(self.fault())?;
        let Some(row) = row else { return Ok(None) };
        let feed_epoch: Uuid = row.try_get("epoch").map_err(self.fault())?;
        let seq: i64 = row.try_get("seq").map_err(self.fault())?;
        Ok(Some(FeedCursor { feed_epoch, feed: feed.to_owned(), seq: seq.unsigned_abs() }))
    }

    async fn apply(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        let rows = Rows::of(page);
        let cursor = &page.cursor;
        let mut writing = self.write().await?;
        write_people(&mut writing, &rows).await.map_err(self.fault())?;
        write_batches(&mut writing, &cursor.feed, &rows).await.map_err(self.fault())?;
        write_entries(&mut writing, &cursor.feed, &rows).await.map_err(self.fault())?;
        leases::write(&mut writing, &cursor.feed, &rows.leases).await.map_err(self.fault())?;
        registers::write(&mut writing, &cursor.feed, &rows.registers).await.map_err(self.fault())?;
        summary::refresh(self, &mut writing, &rows.touched_batches()).await?;
        sqlx::query(
            "INSERT INTO copy_cursors (feed, epoch, seq) VALUES (?, ?, ?) \
             ON CONFLICT (feed) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq",
        )
        .bind(&cursor.feed)
        .bind(cursor.feed_epoch)
        .bind(i64::try_from(cursor.seq).map_err(|error| StoreFault::Unreadable(error.to_string()))?)
        .execute(&mut *writing)
        .await
        .map_err(self.fault())?;
        Ok(writing.commit().await.map_err(self.fault())?)
    }

    async fn reset(&mut self, feed: &str) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        let statements: &[&'static str] = if feed == viruj_api::sync::SYSTEM_FEED {
            &["DELETE FROM copy_people WHERE ?1 = ?1"]
        } else {
            &[
                "DELETE FROM copy_batches WHERE feed = ?1",
                "DELETE FROM copy_phases WHERE feed = ?1",
                "DELETE FROM copy_entries WHERE feed = ?1",
                "DELETE FROM copy_deviations WHERE feed = ?1",
                "DELETE FROM copy_leases WHERE feed = ?1",
                "DELETE FROM copy_lots WHERE feed = ?1",
                "DELETE FROM copy_equipment WHERE feed = ?1",
                "DELETE FROM copy_qualifications WHERE feed = ?1",
            ]
        };
        for statement in statements.iter().chain(&["DELETE FROM copy_cursors WHERE feed = ?1"]) {
            sqlx::query(*statement).bind(feed).execute(&mut *writing).await.map_err(self.fault())?;
        }
        Ok(writing.commit().await.map_err(self.fault())?)
    }
}
