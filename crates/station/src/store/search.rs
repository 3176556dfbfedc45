//! Batches and lots by the words that their names begin with, at once and while somebody types.

use sqlx::{Row, sqlite::SqliteRow};
use viruj_api::station::finding::{Found, FoundBatch, FoundLot};
use viruj_domain::{batch::BatchStatus, ids::PlantId, lot::LotStatus};

use super::{Store, StoreFault};

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
    /// The one whose whole number was typed or scanned, then the newest that fit; at most `limit` batches and `limit` lots.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn find(&self, plant: &PlantId, text: &str, limit: u32) -> Result<Found, StoreFault> {
        let text = text.trim();
        let Some(query) = query(text) else { return Ok(Found { batches: Vec::new(), lots: Vec::new() }) };
        let mut batches = Vec::new();
        for row in self.found(BATCH_OF_NUMBER, BATCHES, text, &query, plant, limit).await? {
            let status: String = row.try_get("shown_status").map_err(self.fault())?;
            let batch = FoundBatch {
                id: row.try_get("id").map_err(self.fault())?,
                number: row.try_get("number").map_err(self.fault())?,
                product: row.try_get("product").map_err(self.fault())?,
                status: status.parse().unwrap_or(BatchStatus::Planned),
            };
            if !batches.contains(&batch) {
                batches.push(batch);
            }
        }
        let mut lots = Vec::new();
        for row in self.found(LOT_OF_NUMBER, LOTS, text, &query, plant, limit).await? {
            let status: String = row.try_get("status").map_err(self.fault())?;
            let lot = FoundLot {
                id: row.try_get("id").map_err(self.fault())?,
                number: row.try_get("number").map_err(self.fault())?,
                material: row.try_get("material").map_err(self.fault())?,
                material_code: row.try_get("material_code").map_err(self.fault())?,
                status: status.parse().unwrap_or(LotStatus::Quarantine),
            };
            if !lots.contains(&lot) {
                lots.push(lot);
            }
        }
        batches.truncate(limit as usize);
        lots.truncate(limit as usize);
        Ok(Found { batches, lots })
    }

    async fn found(
        &self,
        of_number: &'static str,
        of_words: &'static str,
        text: &str,
        query: &str,
        plant: &PlantId,
        limit: u32,
    ) -> Result<Vec<SqliteRow>, StoreFault> {
        let exact = sqlx::query(of_number).bind(plant.as_str()).bind(text).bind(text.to_uppercase());
        let mut rows = exact.fetch_all(&self.pool).await.map_err(self.fault())?;
        let begun = sqlx::query(of_words).bind(query).bind(plant.as_str()).bind(limit);
        rows.extend(begun.fetch_all(&self.pool).await.map_err(self.fault())?);
        Ok(rows)
    }
}

const BATCH_OF_NUMBER: &str =
    "SELECT id, number, product, shown_status FROM copy_batches WHERE feed = ? AND number IN (?, ?)";
const BATCHES: &str = "SELECT b.id, b.number, b.product, b.shown_status FROM copy_batch_words AS w \
    JOIN copy_batches AS b ON b.key = w.rowid WHERE w.words MATCH ? AND b.feed = ? ORDER BY w.rowid DESC LIMIT ?";
const LOT_OF_NUMBER: &str = "SELECT id, number, row ->> 'material' AS material, material_code, status FROM copy_lots \
    WHERE feed = ? AND number IN (?, ?)";
const LOTS: &str = "SELECT l.id, l.number, l.row ->> 'material' AS material, l.material_code, l.status \
    FROM copy_lot_words AS w JOIN copy_lots AS l ON l.key = w.rowid \
    WHERE w.words MATCH ? AND l.feed = ? ORDER BY w.rowid DESC LIMIT ?";

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
