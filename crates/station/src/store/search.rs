//! Batches and lots by the words that their names begin with, at once and while somebody types.

use sqlx::{Row, sqlite::SqliteRow};
use viruj_api::{
    batches::BatchRow,
    lots::LotRow,
    station::finding::{Found, FoundBatch, FoundLot},
};
use viruj_domain::ids::PlantId;

use super::{Store, StoreFault, reading::row_of};

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
        let batches = self.found(BATCH_OF_NUMBER, BATCHES, text, &query, plant, limit).await?;
        let batches = batches.iter().map(|row| {
            let batch: BatchRow = row_of(row)?;
            let shown: String = row.try_get("shown_status").map_err(self.fault())?;
            let status = shown.parse().unwrap_or(batch.status);
            Ok(FoundBatch { id: batch.id.0, number: batch.number, product: batch.product, status })
        });
        let lots = self.found(LOT_OF_NUMBER, LOTS, text, &query, plant, limit).await?;
        let lots = lots.iter().map(|row| {
            let LotRow { id, number, material, material_code, status, .. } = row_of(row)?;
            Ok(FoundLot { id: id.0, number, material, material_code, status })
        });
        Ok(Found { batches: once_each(batches, limit)?, lots: once_each(lots, limit)? })
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

/// What was found by its whole number is found by its words too.
fn once_each<T: PartialEq>(
    found: impl Iterator<Item = Result<T, StoreFault>>,
    limit: u32,
) -> Result<Vec<T>, StoreFault> {
    let mut kept = Vec::new();
    for hit in found {
        let hit = hit?;
        if !kept.contains(&hit) {
            kept.push(hit);
        }
    }
    kept.truncate(limit as usize);
    Ok(kept)
}

const BATCH_OF_NUMBER: &str = "SELECT row, shown_status FROM copy_batches WHERE feed = ? AND number IN (?, ?)";
const BATCHES: &str = "SELECT b.row, b.shown_status FROM copy_batch_words AS w \
    JOIN copy_batches AS b ON b.key = w.rowid WHERE w.words MATCH ? AND b.feed = ? ORDER BY w.rowid DESC LIMIT ?";
const LOT_OF_NUMBER: &str = "SELECT row FROM copy_lots WHERE feed = ? AND number IN (?, ?)";
const LOTS: &str = "SELECT l.row FROM copy_lot_words AS w JOIN copy_lots AS l ON l.key = w.rowid \
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
