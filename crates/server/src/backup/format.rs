//! What lies inside the encryption and the compression. Version 1 does not change.
//!
//! A line that names the format, then frames: a letter, four bytes of length, the content. `M` is the header, `R` rows of
//! the table whose turn it is, `T` the end of a table with its rows counted and hashed, `E` the end with the hash of
//! everything before it and the server's signature over that hash.

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use viruj_storage::backup::Manifest;

use crate::signing_keys::CarriedKey;

pub(super) const MAGIC: &[u8] = b"viruj-backup 1\n";
/// No frame is larger; what claims to be is damaged.
const LARGEST_FRAME: usize = 64 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub program_version: String,
    pub taken_at: DateTime<Utc>,
    pub manifest: Manifest,
    /// Readable here: the backup as a whole is encrypted.
    pub keys: Vec<CarriedKey>,
    /// The public half of the key that signs the end, base64; none where the server's keys were not at hand.
    pub signed_by: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableEnd {
    pub rows: u64,
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub sha256: String,
    pub signature: Option<String>,
}

/// The letter of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Header,
    Rows,
    TableEnd,
    End,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Header, Self::Rows, Self::TableEnd, Self::End];

    fn letter(self) -> u8 {
        match self {
            Self::Header => b'M',
            Self::Rows => b'R',
            Self::TableEnd => b'T',
            Self::End => b'E',
        }
    }
}

/// Writes frames and hashes what it writes.
pub(super) struct FrameWriter<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> FrameWriter<W> {
    pub fn begin(mut out: W) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        Ok(Self { out, hash: Sha256::new_with_prefix(MAGIC) })
    }

    pub fn frame(&mut self, kind: Kind, content: &[u8]) -> io::Result<()> {
        let length = u32::try_from(content.len()).map_err(io::Error::other)?;
        let mut head = [kind.letter(), 0, 0, 0, 0];
        head[1..].copy_from_slice(&length.to_be_bytes());
        for part in [&head[..], content] {
            self.hash.update(part);
            self.out.write_all(part)?;
        }
        Ok(())
    }

    /// The hash of everything so far.
    pub fn hash(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    pub fn into_inner(self) -> W {
        self.out
    }
}

/// Reads frames and hashes what it reads.
pub(super) struct FrameReader<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> FrameReader<R> {
    /// Behind the line that names the format.
    pub fn begin(from: R) -> Self {
        Self { from, hash: Sha256::new_with_prefix(MAGIC) }
    }

    /// The next frame, with the hash of everything before it.
    pub fn frame(&mut self) -> io::Result<(Kind, Vec<u8>, [u8; 32])> {
        let before = self.hash.clone().finalize().into();
        let mut head = [0; 5];
        self.from.read_exact(&mut head)?;
        let [letter, length @ ..] = head;
        let damaged = |what| io::Error::new(io::ErrorKind::InvalidData, what);
        let kind =
            Kind::ALL.into_iter().find(|kind| kind.letter() == letter).ok_or_else(|| damaged("unknown frame"))?;
        let length = u32::from_be_bytes(length) as usize;
        if length > LARGEST_FRAME {
            return Err(damaged("a frame is too large"));
        }
        let mut content = vec![0; length];
        self.from.read_exact(&mut content)?;
        self.hash.update(head);
        self.hash.update(&content);
        Ok((kind, content, before))
    }
}
