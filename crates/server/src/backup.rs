//! Backups of the plant database: encrypted to a recipient (age), whole or not there, restorable on another host.
//!
//! Whoever takes a backup cannot read it: the identity that opens it is kept elsewhere. PostgreSQL's own tools are not
//! needed, and the server's signing keys travel with it.

use std::{io, path::PathBuf};

use age::secrecy::ExposeSecret;
use viruj_storage::{
    StorageError,
    backup::{DumpError, RestoreError},
};

use crate::{secrets::Secret, signing_keys::SigningKeyError};

mod format;
mod read;
mod write;

pub use read::{Identities, OpenedBackup, Target, inspect, restore_file};
pub use write::{Source, Taken, file_name, take};

/// Who can open the backups.
#[derive(Clone)]
pub struct Recipients(Vec<age::x25519::Recipient>);

/// A new identity, as `age-keygen` makes one: `AGE-SECRET-KEY-1…`.
#[must_use]
pub fn new_identity() -> Secret {
    Secret::new(age::x25519::Identity::generate().to_string().expose_secret())
}

impl Recipients {
    /// These and the others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Reads recipients (`age1…`) that stand between commas or white space.
    ///
    /// # Errors
    /// The word that is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let recipients: Vec<_> =
            words.map(|word| word.parse().map_err(|_| word.to_owned())).collect::<Result<_, _>>()?;
        if recipients.is_empty() { Err(String::new()) } else { Ok(Self(recipients)) }
    }
}

/// As [`Recipients::read`] reads them.
impl std::fmt::Display for Recipients {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&words.join(", "))
    }
}

impl std::fmt::Debug for Recipients {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(ToString::to_string)).finish()
    }
}

/// Why there is no backup; no part of one is left behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} is there already; a backup is never overwritten")]
    Exists(PathBuf),
    #[error("{path} cannot be written: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Database(#[from] DumpError),
    #[error(transparent)]
    Keys(#[from] SigningKeyError),
}

impl BackupError {
    /// The stable code that is kept with a backup that failed.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exists(_) => "backup_exists",
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => "backup_disk_full",
            Self::File { .. } => "backup_folder_unusable",
            Self::Database(DumpError::Storage(error)) => error.code(),
            Self::Database(DumpError::MayNotRead(_)) => "backup_not_allowed",
            Self::Database(DumpError::GivenUp) => "internal",
            Self::Keys(_) => "signing_keys_unusable",
        }
    }
}

/// Why nothing was restored; neither the database nor the key folder has changed.
#[derive(Debug, thiserror::Error)]
pub enum RestoreFileError {
    #[error("{path} cannot be read: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{0} holds no age identity (AGE-SECRET-KEY-1…)")]
    NoIdentity(PathBuf),
    #[error("the backup is not encrypted to this identity")]
    OtherIdentity,
    #[error("the file is not a backup of viruj-server")]
    NotABackup,
    #[error("the backup has a newer format; restore it with the program that made it")]
    NewerFormat,
    #[error("the backup is cut short or damaged: {0}")]
    Damaged(String),
    #[error(transparent)]
    Keys(#[from] SigningKeyError),
    #[error(transparent)]
    Database(#[from] RestoreError),
}

impl From<StorageError> for RestoreFileError {
    fn from(error: StorageError) -> Self {
        Self::Database(error.into())
    }
}
