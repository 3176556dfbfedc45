use std::path::{Path, PathBuf};

/// Why the store cannot be used; what was recorded stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The file is no database under this key, or a page of it was changed. It is not touched.
    #[error("the local store {} is damaged: {detail}", file.display())]
    Corrupted { file: PathBuf, detail: String },
    /// A store is there and its key is not: without it the store cannot be read.
    #[error("the key of the local store {} is not in the keychain", file.display())]
    KeyMissing { file: PathBuf },
    #[error("the local store was written by a newer program (version {version})")]
    Newer { version: i64 },
    #[error("the disk is full: {free_mb} MB are free, {needed_mb} MB are needed")]
    DiskFull { free_mb: u64, needed_mb: u64 },
    #[error("the local store failed: {0}")]
    Database(#[source] sqlx::Error),
    /// The two files contradict each other: which of them is right is not for the program to guess.
    #[error("store and outbox copy differ at number {station_seq}: {detail}")]
    CopyDiffers { station_seq: u64, detail: String },
    /// The store is damaged, and so is the copy that would take its place. Neither is touched.
    #[error("there is no sound outbox copy {} to go on from", file.display())]
    CopyUnusable { file: PathBuf },
    /// The operation is on the disk in the outbox copy, and the store could not take it: it comes in at the next try.
    #[error("the operation is in the outbox copy and not yet in the store: {0}")]
    InDoubt(#[source] Box<StoreFault>),
    #[error("a file of the local store could not be moved: {0}")]
    Files(#[source] std::io::Error),
    /// What was stored cannot be read back as what it was.
    #[error("the local store holds something unreadable: {0}")]
    Unreadable(String),
}

/// Primary result codes of SQLite.
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_NOTADB: i32 = 26;

impl StoreFault {
    /// Room that a step needs: the entry, the write-ahead log and a page of every index it touches, many times over.
    pub const NEEDED_MB: u64 = 64;

    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Corrupted { .. } => "store_corrupted",
            Self::KeyMissing { .. } => "store_key_missing",
            Self::Newer { .. } => "store_newer",
            Self::DiskFull { .. } => "disk_full",
            Self::CopyDiffers { .. } => "outbox_copy_differs",
            Self::CopyUnusable { .. } => "outbox_copy_unusable",
            Self::InDoubt(_) => "entry_in_doubt",
            Self::Database(_) | Self::Unreadable(_) | Self::Files(_) => "store_failed",
        }
    }

    pub(super) fn differs(station_seq: u64, detail: &str) -> Self {
        Self::CopyDiffers { station_seq, detail: detail.to_owned() }
    }

    pub(super) fn of(error: sqlx::Error, file: &Path) -> Self {
        let code = error
            .as_database_error()
            .and_then(|database| database.code())
            .and_then(|code| code.parse::<i32>().ok())
            // The low byte is the primary code, the rest says where.
            .map(|code| code & 0xff);
        match code {
            Some(SQLITE_CORRUPT | SQLITE_NOTADB) => {
                Self::Corrupted { file: file.to_owned(), detail: error.to_string() }
            }
            Some(SQLITE_FULL) => Self::DiskFull { free_mb: 0, needed_mb: Self::NEEDED_MB },
            _ => Self::Database(error),
        }
    }
}

impl From<serde_json::Error> for StoreFault {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<StoreFault> for viruj_sync::store::StoreError {
    fn from(fault: StoreFault) -> Self {
        Self::new(fault)
    }
}
