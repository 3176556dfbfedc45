//! Batches and lots by the words that their names begin with, at once and while somebody types.

use sqlx::{Row, sqlite::SqliteRow};
use viruj_domain::ids::{BatchId, LotId, PlantId};

use super::{Store, StoreFault};

/// A batch or a lot whose words begin with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    Batch { id: BatchId, number: String, product: String, status: String },
    Lot { id: LotId, number: String, search: String, status: String },
}

/// What FTS5 looks for: each word with whatever it goes on with; a word with signs in it, such as MB-26-0, as its parts in
/// a row. `None` where nothing can be looked for.
fn query(text: &str) -> Option<String> {
    let phrase = |word: &str| {
        let parts: Vec<_> = word.split(|sign: char| !sign.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| format!("\"{}\"*", parts.join(" ")))
    };
    let phrases: Vec<_> = text.split_whitespace().filter_map(phrase).collect();
    (!phrases.is_empty()).then(|| phrases.join(" AND "))
}

impl Store {
    /// The newest batches, and then the newest lots, that fit; at most `limit` of each.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn find(&self, plant: &PlantId, text: &str, limit: u32) -> Result<Vec<Hit>, StoreFault> {
        let Some(query) = query(text) else { return Ok(Vec::new()) };
        let batches = self.found(BATCHES, &query, plant, limit).await?;
        let lots = self.found(LOTS, &query, plant, limit).await?;
        let mut hits = Vec::with_capacity(batches.len() + lots.len());
        for row in &batches {
            hits.push(Hit::Batch {
                id: BatchId(row.try_get("id").map_err(self.fault())?),
                number: row.try_get("number").map_err(self.fault())?,
                product: row.try_get("product").map_err(self.fault())?,
                status: row.try_get("shown_status").map_err(self.fault())?,
            });
        }
        for row in &lots {
            hits.push(Hit::Lot {
                id: LotId(row.try_get("id").map_err(self.fault())?),
                number: row.try_get("number").map_err(self.fault())?,
                search: row.try_get("search").map_err(self.fault())?,
                status: row.try_get("status").map_err(self.fault())?,
            });
        }
        Ok(hits)
    }

    async fn found(
        &self,
        sql: &'static str,
        query: &str,
        plant: &PlantId,
        limit: u32,
    ) -> Result<Vec<SqliteRow>, StoreFault> {
        let found = sqlx::query(sql).bind(query).bind(plant.as_str()).bind(limit);
        found.fetch_all(&self.pool).await.map_err(self.fault())
    }
}

const BATCHES: &str = "SELECT b.id, b.number, b.product, b.shown_status FROM copy_batch_words AS w \
    JOIN copy_batches AS b ON b.key = w.rowid WHERE w.words MATCH ? AND b.feed = ? ORDER BY w.rowid DESC LIMIT ?";
const LOTS: &str = "SELECT l.id, l.number, l.search, l.status FROM copy_lot_words AS w \
    JOIN copy_lots AS l ON l.key = w.rowid WHERE w.words MATCH ? AND l.feed = ? ORDER BY w.rowid DESC LIMIT ?";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_never_becomes_a_command_of_the_search() {
        assert_eq!(query("mb-26-0 met").as_deref(), Some("\"mb 26 0\"* AND \"met\"*"));
        assert_eq!(query("  "), None);
        assert_eq!(query("\"' -- *"), None);
        assert_eq!(query("NEAR(a b)").as_deref(), Some("\"NEAR a\"* AND \"b\"*"));
    }
}
