//! A chunk of a snapshot: rows as lines of JSON, and a last line that says what they are.
//!
//! The server keeps nothing of a snapshot: each chunk says what asks for the next one.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use viruj_api::sync::{FeedChange, FeedCursor, ServerTime, SnapshotEnd};

/// The kind of the last line.
const END: &str = "end";

/// What is wrong with a chunk; nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    #[error("the chunk of the snapshot has no end")]
    NoEnd,
    #[error("the chunk of the snapshot is not what its checksum says")]
    Checksum,
    #[error("the chunk of the snapshot cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// Rows of a snapshot, as they came, with their checksum verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotChunk {
    lines: String,
    pub end: SnapshotEnd,
}

/// A row as its text.
#[derive(Debug, Deserialize)]
pub struct RowText<'a> {
    #[serde(borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    pub row: &'a RawValue,
}

#[derive(Serialize, Deserialize)]
struct EndLine {
    kind: String,
    row: SnapshotEnd,
}

impl SnapshotChunk {
    /// Reads a chunk as it came over the wire.
    ///
    /// # Errors
    /// [`ChunkError`].
    pub fn read(mut text: String) -> Result<Self, ChunkError> {
        let body = text.trim_end_matches('\n');
        let start = body.rfind('\n').map_or(0, |line_feed| line_feed + 1);
        let EndLine { kind, row: end } = serde_json::from_str(&body[start..]).map_err(|_| ChunkError::NoEnd)?;
        if kind != END {
            return Err(ChunkError::NoEnd);
        }
        text.truncate(start);
        let rows = text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        if end.rows != rows || end.sha256 != hex::encode(Sha256::digest(&text)) {
            return Err(ChunkError::Checksum);
        }
        Ok(Self { lines: text, end })
    }

    /// As it goes over the wire.
    ///
    /// # Errors
    /// Never in practice: the end is text and integers.
    pub fn into_text(self) -> serde_json::Result<String> {
        let mut text = self.lines;
        text.push_str(&serde_json::to_string(&EndLine { kind: END.to_owned(), row: self.end })?);
        text.push('\n');
        Ok(text)
    }

    /// Each row as its text, in order.
    pub fn rows(&self) -> impl Iterator<Item = serde_json::Result<RowText<'_>>> {
        self.lines.lines().map(serde_json::from_str)
    }

    /// Each row read.
    pub fn changes(&self) -> impl Iterator<Item = serde_json::Result<FeedChange>> {
        self.lines.lines().map(serde_json::from_str)
    }
}

/// Where a chunk stands in its snapshot.
#[derive(Clone, Debug)]
pub struct ChunkPlace {
    /// Where the feed stood when the snapshot was begun.
    pub cursor: FeedCursor,
    /// Rows of the chunks before.
    pub sent_before: u64,
    pub expected: u64,
    /// What asks for the next chunk.
    pub next: Option<String>,
}

/// Writes a chunk.
#[derive(Debug, Default)]
pub struct ChunkWriter {
    lines: Vec<u8>,
    rows: u64,
}

impl ChunkWriter {
    /// # Errors
    /// The row cannot be written as JSON.
    pub fn push(&mut self, change: &FeedChange) -> serde_json::Result<()> {
        serde_json::to_writer(&mut self.lines, change)?;
        self.lines.push(b'\n');
        self.rows += 1;
        Ok(())
    }

    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the chunk.
    ///
    /// # Errors
    /// Never in practice: JSON is UTF-8.
    pub fn finish(
        self,
        place: ChunkPlace,
        server_time: ServerTime,
    ) -> Result<SnapshotChunk, std::string::FromUtf8Error> {
        let end = SnapshotEnd {
            cursor: place.cursor,
            rows: self.rows,
            sent: place.sent_before + self.rows,
            expected: place.expected,
            sha256: hex::encode(Sha256::digest(&self.lines)),
            next: place.next,
            server_time,
        };
        Ok(SnapshotChunk { lines: String::from_utf8(self.lines)?, end })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use viruj_api::sync::Tombstone;

    use super::*;

    fn chunk() -> SnapshotChunk {
        let mut writer = ChunkWriter::default();
        for id in ["one", "two"] {
            let row = Tombstone { kind: "batch".to_owned(), id: id.to_owned() };
            writer.push(&FeedChange::Gone(row)).unwrap();
        }
        let cursor = FeedCursor { feed_epoch: Uuid::from_u128(1), feed: "plant-a".to_owned(), seq: 7 };
        let place = ChunkPlace { cursor, sent_before: 5, expected: 9, next: Some("on".to_owned()) };
        let server_time = ServerTime { time: chrono::DateTime::UNIX_EPOCH, token: String::new() };
        writer.finish(place, server_time).unwrap()
    }

    #[test]
    fn a_chunk_is_read_as_it_was_written() {
        let chunk = chunk();
        let text = chunk.clone().into_text().unwrap();
        assert_eq!(text.lines().count(), 3);
        let read = SnapshotChunk::read(text).unwrap();
        assert_eq!((read.end.rows, read.end.sent, read.end.expected), (2, 7, 9));
        assert_eq!(read.rows().map(|row| row.unwrap().kind.into_owned()).collect::<Vec<_>>(), ["gone", "gone"]);
        assert_eq!(read, chunk);
    }

    #[test]
    fn golden_chunk() {
        let lines = concat!(
            r#"{"kind":"gone","row":{"kind":"batch","id":"one"}}"#,
            "\n",
            r#"{"kind":"gone","row":{"kind":"batch","id":"two"}}"#,
            "\n",
            r#"{"kind":"end","row":{"cursor":{"feed_epoch":"00000000-0000-0000-0000-000000000001","feed":"plant-a","#,
            r#""seq":7},"rows":2,"sent":7,"expected":9,"#,
            r#""sha256":"53f564f8807daf9a930aa58abe4afd79f15b6ea98fc08d90a8dc054036ab1d3e","#,
            r#""next":"on","server_time":{"time":"1970-01-01T00:00:00Z","token":""}}}"#,
            "\n",
        );
        assert_eq!(chunk().into_text().unwrap(), lines);
        assert_eq!(SnapshotChunk::read(lines.to_owned()).unwrap(), chunk());
    }

    #[test]
    fn a_chunk_that_is_cut_short_or_changed_is_refused() {
        let text = chunk().into_text().unwrap();
        for end in 0..text.len() - 1 {
            SnapshotChunk::read(text[..end].to_owned()).unwrap_err();
        }
        assert!(matches!(SnapshotChunk::read(text.replace("two", "owt")), Err(ChunkError::Checksum)));
        assert!(matches!(SnapshotChunk::read(text.replacen("{\"kind\"", "\n{\"kind\"", 1)), Err(ChunkError::Checksum)));
        assert!(matches!(SnapshotChunk::read(String::new()), Err(ChunkError::NoEnd)));
    }
}
