//! Reads entries as PostgreSQL stores them and recomputes their hashes.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::Finding;
use crate::error::StorageError;

/// Part of every hash; a change of what is hashed changes it.
const DOMAIN_TAG: &[u8] = b"viruj-audit-v1";
/// What stands before the first row of a binary COPY: a signature, flags, and an extension that has no bytes.
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const COLUMNS: u16 = 14;
/// From 1970 to 2000, where PostgreSQL's time begins.
const MICROSECONDS_TO_2000: i64 = 946_684_800_000_000;

/// Hashes of entries that were written down outside the database, by feed and number.
pub(super) type KnownHeads = BTreeMap<String, BTreeMap<i64, BTreeSet<Vec<u8>>>>;

/// Consecutive entries of one feed.
#[derive(Default)]
pub(super) struct Stretch {
    pub entries: u64,
    pub findings: Vec<Finding>,
    first: Option<First>,
    /// Number and hash.
    pub last: Option<(i64, Vec<u8>)>,
}

struct First {
    seq: i64,
    previous: Vec<u8>,
    is_altered: bool,
}

/// Reads the entries after `after` up to `until`.
pub(super) async fn read_stretch(
    connection: &mut PgConnection,
    feed: &str,
    (after, until): (i64, i64),
    known: &KnownHeads,
) -> Result<Stretch, StorageError> {
    // COPY takes no parameters; a setting brings the name there without quoting it.
    sqlx::query("SELECT set_config('viruj.verified_feed', $1, false)").bind(feed).execute(&mut *connection).await?;
    let after = if after == 0 { String::new() } else { format!("AND seq > {after}") };
    let statement = format!(
        "COPY (SELECT seq, at, transaction_id, actor, station, operation, entity, entity_id, action, old_text, new_text,
                   reason, prev_hash, hash
               FROM audit_entries WHERE feed = current_setting('viruj.verified_feed') {after} AND seq <= {until}
               ORDER BY seq) TO STDOUT (FORMAT BINARY)"
    );
    let mut stretch = Stretch::default();
    let mut reader = Reader { feed, known: known.get(feed), stretch: &mut stretch, hashed: Vec::with_capacity(4096) };
    let mut rest: Vec<u8> = Vec::new();
    let mut is_begun = false;
    let mut stream = connection.copy_out_raw(&statement).await?;
    while let Some(bytes) = stream.try_next().await? {
        rest.extend_from_slice(&bytes);
        let mut unread = rest.as_slice();
        if !is_begun {
            let Some(rows) = unread.strip_prefix(COPY_HEADER) else { continue };
            (unread, is_begun) = (rows, true);
        }
        while let Some((fields, behind)) = fields(unread) {
            reader.take(&fields).ok_or_else(|| unreadable(feed))?;
            unread = behind;
        }
        let read = rest.len() - unread.len();
        rest.drain(..read);
    }
    // Two bytes, all ones, end the rows.
    if !is_begun || rest != [0xff, 0xff] { Err(unreadable(feed)) } else { Ok(stretch) }
}

fn unreadable(feed: &str) -> StorageError {
    StorageError::Unreadable {
        table: "audit_entries",
        id: feed.to_owned(),
        cause: "the rows do not come in the form that COPY gives them".to_owned(),
    }
}

type Fields<'a> = [Option<&'a [u8]>; COLUMNS as usize];

/// One row, and the bytes behind it; `None` where it is not there whole.
fn fields(bytes: &[u8]) -> Option<(Fields<'_>, &[u8])> {
    let (count, mut rest) = bytes.split_first_chunk::<2>()?;
    if u16::from_be_bytes(*count) != COLUMNS {
        return None;
    }
    let mut fields: Fields<'_> = [None; COLUMNS as usize];
    for field in &mut fields {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        rest = behind;
        if let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) {
            let (value, behind) = rest.split_at_checked(length)?;
            (*field, rest) = (Some(value), behind);
        }
    }
    Some((fields, rest))
}

struct Reader<'a> {
    feed: &'a str,
    known: Option<&'a BTreeMap<i64, BTreeSet<Vec<u8>>>>,
    stretch: &'a mut Stretch,
    /// What goes into the hash of one entry; kept so that it is allocated once.
    hashed: Vec<u8>,
}

impl Reader<'_> {
    fn take(&mut self, fields: &Fields<'_>) -> Option<()> {
        let number = |field: Option<&[u8]>| field?.try_into().ok().map(i64::from_be_bytes);
        let seq = number(fields[0])?;
        let micros = number(fields[1])?.checked_add(MICROSECONDS_TO_2000)?;
        let transaction = number(fields[2])?;
        let (previous, hash) = (fields[12]?, fields[13]?);
        self.hashed.clear();
        self.part(Some(DOMAIN_TAG));
        self.part(Some(self.feed.as_bytes()));
        for number in [seq, micros, transaction] {
            self.decimal(number);
        }
        for field in &fields[3..13] {
            self.part(*field);
        }
        let is_altered = Sha256::digest(&self.hashed).as_slice() != hash;
        let feed = || self.feed.to_owned();
        match &self.stretch.last {
            None => {
                self.stretch.first = Some(First { seq, previous: previous.to_owned(), is_altered });
                if is_altered {
                    self.stretch.findings.push(Finding::EntryAltered { feed: feed(), seq });
                }
            }
            Some((last, last_hash)) => {
                let found = follow(self.feed, (*last, last_hash), (seq, previous, is_altered));
                self.stretch.findings.extend(found);
                if is_altered {
                    self.stretch.findings.push(Finding::EntryAltered { feed: feed(), seq });
                }
            }
        }
        if self.known.and_then(|known| known.get(&seq)).is_some_and(|known| known.iter().any(|known| known != hash)) {
            self.stretch.findings.push(Finding::RewrittenSinceCheckpoint { feed: feed(), seq });
        }
        self.stretch.entries += 1;
        self.stretch.last = Some((seq, hash.to_owned()));
        Some(())
    }

    /// Four bytes of length before each part, all ones for an absent one.
    fn part(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            None => self.hashed.extend_from_slice(&[0xff; 4]),
            Some(bytes) => {
                self.hashed.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
                self.hashed.extend_from_slice(bytes);
            }
        }
    }

    fn decimal(&mut self, number: i64) {
        let start = self.hashed.len();
        self.hashed.extend_from_slice(&[0; 4]);
        // Writing to memory does not fail.
        let _ = write!(self.hashed, "{number}");
        let length = u32::try_from(self.hashed.len() - start - 4).unwrap_or(u32::MAX);
        self.hashed[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}

/// Whether an entry follows the one before it; the link of an altered entry says nothing.
fn follow(feed: &str, (last, hash): (i64, &[u8]), (seq, previous, is_altered): (i64, &[u8], bool)) -> Vec<Finding> {
    let mut found = Vec::new();
    if seq != last + 1 {
        found.push(Finding::EntriesMissing { feed: feed.to_owned(), before: seq });
    }
    if !is_altered && previous != hash {
        found.push(Finding::LinkBroken { feed: feed.to_owned(), seq });
    }
    found
}

/// Joins stretches that stand one behind the other, from the beginning of the feed.
pub(super) fn join(feed: &str, stretches: Vec<Stretch>) -> Stretch {
    let mut whole = Stretch { last: Some((0, vec![0; 32])), ..Stretch::default() };
    for stretch in stretches {
        if let (Some(first), Some((last, hash))) = (&stretch.first, &whole.last) {
            whole.findings.extend(follow(feed, (*last, hash), (first.seq, &first.previous, first.is_altered)));
        }
        whole.entries += stretch.entries;
        whole.findings.extend(stretch.findings);
        if stretch.last.is_some() {
            whole.last = stretch.last;
        }
    }
    whole
}
