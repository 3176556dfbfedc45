//! Rows of one batch lie side by side: their keys begin with the batch's, so few pages are deciphered for a screen.

use std::collections::{BTreeSet, HashMap};

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::copy_tables::Set;

/// The last bits of a phase's and of an entry's key number it among those of its batch; the others are the batch's key.
pub(super) const PHASE_BITS: u32 = 16;
pub(super) const ENTRY_BITS: u32 = 20;

/// The condition for `key` to be among those of the batch whose key is `batch`.
pub(super) fn is_beside(key: &str, batch: &str, bits: u32) -> String {
    format!("{key} >= {batch} << {bits} AND {key} < ({batch} + 1) << {bits}")
}

/// The keys of a table whose rows lie beside the others of their batch, so that a screen's batch is on few pages.
pub(super) struct Places {
    /// The key before the batch's first row, and its last row's.
    by_batch: HashMap<String, (i64, i64)>,
}

impl Places {
    /// Of the batches that are named.
    pub(super) async fn of(
        connection: &mut SqliteConnection,
        set: Set,
        table: &str,
        bits: u32,
        named: &BTreeSet<&str>,
    ) -> Result<Self, sqlx::Error> {
        let batches = format!("{}batches", set.prefix());
        let of_batch = is_beside("r.key", "b.key", bits);
        let sql = format!(
            "SELECT b.id, b.key << {bits}, (SELECT r.key FROM {table} AS r WHERE {of_batch} ORDER BY r.key DESC LIMIT 1) \
             FROM json_each(?) AS named CROSS JOIN {batches} AS b ON b.id = named.value"
        );
        let named = serde_json::to_string(named).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        let found: Vec<(String, i64, Option<i64>)> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(named).fetch_all(connection).await?;
        let by_batch = found.into_iter().map(|(batch, first, last)| (batch, (first, last.unwrap_or(first))));
        Ok(Self { by_batch: by_batch.collect() })
    }

    /// `None`: the batch is not here.
    pub(super) fn take(&mut self, batch: &str, number: Option<u32>) -> Option<i64> {
        let (first, last) = self.by_batch.get_mut(batch)?;
        let key = number.map_or(*last + 1, |number| *first + i64::from(number));
        *last = key.max(*last);
        Some(key)
    }
}
