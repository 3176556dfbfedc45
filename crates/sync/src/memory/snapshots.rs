use uuid::Uuid;
use viruj_api::sync::{FeedChange, FeedCursor, SYSTEM_FEED, ServerTime};

use super::MemoryPlant;
use crate::{
    planted::{Bug, is_planted},
    snapshot::{ChunkPlace, ChunkWriter, SnapshotChunk},
    store::ExchangeError,
};

/// The place of a row in the order of a snapshot: its kind and its key.
type Place = (u8, String);

impl MemoryPlant {
    /// A chunk of at most `limit` rows. What asks for the next is `<epoch> <seq> <expected> <sent> <kind> <key>`.
    ///
    /// # Errors
    /// [`ExchangeError::CursorGone`] for a snapshot that another epoch began.
    pub fn snapshot_chunk(
        &self,
        feed: &str,
        epoch: Uuid,
        resume: Option<&str>,
        limit: usize,
        server_time: ServerTime,
    ) -> Result<SnapshotChunk, ExchangeError> {
        let unfit = || ExchangeError::Refused { code: "invalid_query".to_owned(), status: 422 };
        let rows = self.rows_of(feed);
        let head = self.feeds.get(feed).map_or(0, Vec::len) as u64;
        let (mut seq, mut expected, mut sent_before, mut after) = (head, rows.len() as u64, 0, None);
        if let Some(resume) = resume {
            let parts: Vec<_> = resume.splitn(6, ' ').collect();
            let [began, at, of, sent, kind, key] = parts[..] else { return Err(unfit()) };
            if began != epoch.to_string() {
                return Err(ExchangeError::CursorGone);
            }
            let number = |text: &str| text.parse::<u64>().map_err(|_| unfit());
            (seq, expected, sent_before) = (number(at)?, number(of)?, number(sent)?);
            after = Some((kind.parse::<u8>().map_err(|_| unfit())?, key.to_owned()));
        }
        let mut left = rows.into_iter().filter(|(place, _)| after.as_ref().is_none_or(|after| place > after));
        let mut writer = ChunkWriter::default();
        let mut last = None;
        for (place, change) in left.by_ref().take(limit) {
            writer.push(&change).map_err(|_| unfit())?;
            last = Some(place);
        }
        let sent = sent_before + writer.rows();
        // Changes between the beginning and the end of the snapshot would be missing.
        let seq = if is_planted(Bug::HeadNotedLate) { head } else { seq };
        let is_more = left.next().is_some();
        let next = last.filter(|_| is_more).map(|(kind, key)| format!("{epoch} {seq} {expected} {sent} {kind} {key}"));
        let cursor = FeedCursor { feed_epoch: epoch, feed: feed.to_owned(), seq };
        writer.finish(ChunkPlace { cursor, sent_before, expected, next }, server_time).map_err(|_| unfit())
    }

    /// All rows of a feed, in the order of a snapshot.
    fn rows_of(&self, feed: &str) -> Vec<(Place, FeedChange)> {
        let mut rows: Vec<(Place, FeedChange)> = Vec::new();
        let mut put = |kind: u8, key: String, change: FeedChange| rows.push(((kind, key), change));
        if feed == SYSTEM_FEED {
            self.people.values().for_each(|row| put(0, row.id.0.clone(), FeedChange::Person(row.clone())));
        }
        let is_here = |plant: &str| plant == feed;
        for row in self.batches.values().filter(|row| is_here(&row.plant_id.0)) {
            put(1, row.id.0.clone(), FeedChange::Batch(row.clone()));
        }
        for row in self.phases.values().filter(|row| is_here(&row.plant_id.0)) {
            put(2, row.id.to_string(), FeedChange::Phase(row.clone()));
        }
        for row in self.entries.iter().filter(|row| is_here(&row.plant_id.0)) {
            put(3, row.operation_id.to_string(), FeedChange::Entry(row.clone()));
        }
        for row in self.deviations.iter().filter(|row| is_here(&row.plant_id.0)) {
            put(4, row.id.to_string(), FeedChange::Deviation(row.clone()));
        }
        for row in self.leases.iter().filter(|row| is_here(&row.plant_id.0)) {
            put(5, row.id.to_string(), FeedChange::Lease(row.clone()));
        }
        for row in self.lots.iter().filter(|row| is_here(&row.plant_id.0)) {
            put(6, row.id.to_string(), FeedChange::Lot(row.clone()));
        }
        for row in self.equipment.iter().filter(|row| is_here(&row.plant_id.0)) {
            put(7, row.id.to_string(), FeedChange::Equipment(row.clone()));
        }
        for row in self.qualifications.iter().filter(|row| is_here(&row.plant_id.0)) {
            put(8, row.id.to_string(), FeedChange::Qualification(row.clone()));
        }
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        rows
    }
}
