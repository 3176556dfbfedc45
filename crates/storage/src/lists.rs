//! Read-only lists of what the legacy system recorded, newest first.
//!
//! A page ends at a key and not at a count, so rows that come in meanwhile neither shift nor repeat the others.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_api::lists::{Page, PageQuery};

use crate::StorageError;

mod gate_entries;
mod goods_receipts;
mod materials;
mod quality_samples;
mod quality_tests;

pub use gate_entries::gate_entries;
pub use goods_receipts::goods_receipts;
pub use materials::materials;
pub use quality_samples::quality_samples;
pub use quality_tests::quality_tests;

const DEFAULT_LIMIT: u32 = 100;
const MAXIMUM_LIMIT: u32 = 200;

/// Where a page begins: after the row with this time and id; the first page begins after the end of time.
///
/// One condition for every page, without a way around it: so each is found by the index, the millionth like the first.
pub(crate) struct After<Id> {
    pub(crate) time: DateTime<Utc>,
    pub(crate) id: Id,
    pub(crate) limit: u32,
}

/// An id as a cursor carries it.
pub(crate) trait CursorId: Sized + Default {
    fn read(text: &str) -> Option<Self>;
}

impl CursorId for Uuid {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl CursorId for i64 {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl CursorId for String {
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl<Id: CursorId> After<Id> {
    /// Reads `<microseconds since 1970>.<id>`; readers of the interface take it as it is.
    pub(crate) fn read(query: &PageQuery) -> Result<Self, StorageError> {
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAXIMUM_LIMIT);
        let Some(cursor) = &query.cursor else {
            return Ok(Self { time: DateTime::<Utc>::MAX_UTC, id: Id::default(), limit });
        };
        let (micros, id) = cursor.split_once('.').ok_or(StorageError::CursorInvalid)?;
        let time = micros.parse().ok().and_then(DateTime::from_timestamp_micros);
        match (time, Id::read(id)) {
            (Some(time), Some(id)) => Ok(Self { time, id, limit }),
            _ => Err(StorageError::CursorInvalid),
        }
    }

    /// One more than the page holds tells whether another one follows.
    pub(crate) fn fetch_limit(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

/// A row with what its place in the list is told by.
pub(crate) struct Placed<T> {
    pub(crate) time: DateTime<Utc>,
    pub(crate) id: String,
    pub(crate) item: T,
}

pub(crate) fn page<T>(limit: u32, mut rows: Vec<Placed<T>>) -> Page<T> {
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_cursor =
        rows.last().filter(|_| has_more).map(|last| format!("{}.{}", last.time.timestamp_micros(), last.id));
    Page { items: rows.into_iter().map(|row| row.item).collect(), next_cursor }
}
