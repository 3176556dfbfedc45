use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::{Receiver, channel};
use uuid::Uuid;
use viruj_api::backups::BackupCause;
use viruj_storage::backup::{Manifest, NewBackup, Piece, WholeBackup, dump};
use viruj_sync::signing::{self, Domain, to_base64};

use super::{
    BackupError, Recipients,
    format::{End, FrameWriter, Header, Kind, TableEnd},
};
use crate::{
    files::{create_private, create_private_folder},
    secrets::SecretKey,
    signing_keys::{self, CarriedKey, SigningKeys},
};

/// Pieces between the database and the file.
const PIECES_AHEAD: usize = 16;
/// Fast, and a third of the size for rows of text.
const COMPRESSION: i32 = 3;

/// What is backed up, and for whom.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// A login that may read everything.
    pub url: &'a str,
    pub recipients: &'a Recipients,
    /// The folder of the server's signing keys and the secret that opens them; without it the backup carries none.
    pub keys: Option<(&'a Path, &'a SecretKey)>,
}

/// A backup that is whole and on the disk.
#[derive(Clone, Debug)]
pub struct Taken {
    pub path: PathBuf,
    pub manifest: Manifest,
    pub whole: WholeBackup,
}

impl Taken {
    /// What is written down of it.
    #[must_use]
    pub fn noted(&self, cause: BackupCause, finished_at: DateTime<Utc>) -> NewBackup {
        NewBackup {
            id: Uuid::now_v7(),
            recovery_point: self.manifest.recovery_point,
            finished_at,
            cause,
            requested_by: None,
            file_name: self.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            migration_version: self.manifest.migration_version(),
            outcome: Ok(self.whole.clone()),
        }
    }
}

/// The name of a backup that is taken now; names are in the order of time, and two within a second differ.
#[must_use]
pub fn file_name(now: DateTime<Utc>) -> String {
    let moment = now.format("%Y%m%dT%H%M%S%3fZ");
    format!("viruj-backup-{moment}.age")
}

/// Takes a backup into a file that is not there yet; it appears whole or not at all.
///
/// # Errors
/// [`BackupError`].
pub async fn take(source: &Source<'_>, path: &Path, now: DateTime<Utc>) -> Result<Taken, BackupError> {
    let unusable = |source| BackupError::File { path: path.to_owned(), source };
    if path.try_exists().map_err(unusable)? {
        return Err(BackupError::Exists(path.to_owned()));
    }
    let keys = match source.keys {
        Some((folder, secret)) => Keys {
            carried: signing_keys::export(folder, secret)?,
            signing: Some(SigningKeys::open_or_create(folder, secret, now)?.current().clone()),
        },
        None => Keys { carried: Vec::new(), signing: None },
    };
    let name = path.file_name().ok_or_else(|| unusable(io::ErrorKind::InvalidInput.into()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_private_folder(folder).map_err(unusable)?;
    let draft = Draft(folder.join(format!(".{}.{}.part", name.to_string_lossy(), Uuid::now_v7().simple())));
    let file = create_private(&draft.0).map_err(unusable)?;
    let (give, pieces) = channel(PIECES_AHEAD);
    let recipients = source.recipients.clone();
    let writing = tokio::task::spawn_blocking(move || write(file, &recipients, keys, pieces, now));
    let dumped = dump(source.url, &give).await;
    drop(give);
    let written = writing.await.map_err(|error| unusable(io::Error::other(error)))?;
    // When the file cannot be written, the database is only told that nobody takes its rows any more.
    let whole = match (&dumped, written) {
        (Err(error), _) if !matches!(error, viruj_storage::backup::DumpError::GivenUp) => None,
        (_, Err(error)) => return Err(unusable(error)),
        (_, Ok(whole)) => whole,
    };
    let manifest = dumped?;
    let whole = whole.ok_or_else(|| unusable(io::ErrorKind::UnexpectedEof.into()))?;
    if path.try_exists().map_err(unusable)? {
        return Err(BackupError::Exists(path.to_owned()));
    }
    fs::rename(&draft.0, path).and_then(|()| sync_folder(folder)).map_err(unusable)?;
    Ok(Taken { path: path.to_owned(), manifest, whole })
}

/// Removed when it is dropped, unless it was renamed.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // What is not there was renamed.
        let _ = fs::remove_file(&self.0);
    }
}

struct Keys {
    carried: Vec<CarriedKey>,
    signing: Option<SigningKey>,
}

/// A rename is durable when its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Writes the pieces until the last one; `None` when they end before.
fn write(
    file: fs::File,
    recipients: &Recipients,
    keys: Keys,
    mut pieces: Receiver<Piece>,
    now: DateTime<Utc>,
) -> io::Result<Option<WholeBackup>> {
    let encryptor =
        age::Encryptor::with_recipients(recipients.0.iter().map(|recipient| recipient as &dyn age::Recipient))
            .map_err(io::Error::other)?;
    let encrypted = encryptor.wrap_output(Hashing { file, hash: Sha256::new(), bytes: 0 })?;
    let mut frames = FrameWriter::begin(zstd::Encoder::new(encrypted, COMPRESSION)?)?;
    let mut carried = Some(keys.carried);
    let (mut table, mut row_count, mut is_whole) = (Sha256::new(), 0, false);
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Manifest(manifest) => {
                let header = Header {
                    program_version: env!("CARGO_PKG_VERSION").to_owned(),
                    taken_at: now,
                    manifest: *manifest,
                    keys: carried.take().unwrap_or_default(),
                    signed_by: keys.signing.as_ref().map(|key| to_base64(key.verifying_key().as_bytes())),
                };
                frames.frame(Kind::Header, &zeroize::Zeroizing::new(serde_json::to_vec(&header)?))?;
            }
            Piece::Rows(bytes) => {
                table.update(&bytes);
                frames.frame(Kind::Rows, &bytes)?;
            }
            Piece::TableEnds { rows } => {
                row_count += rows;
                let end = TableEnd { rows, sha256: hex::encode(table.finalize_reset()) };
                frames.frame(Kind::TableEnd, &serde_json::to_vec(&end)?)?;
            }
            Piece::End => {
                let hash = frames.hash();
                let sign = |key: &SigningKey| to_base64(&signing::sign(Domain::Backup, &hash, key));
                let end = End { sha256: hex::encode(hash), signature: keys.signing.as_ref().map(sign) };
                frames.frame(Kind::End, &serde_json::to_vec(&end)?)?;
                is_whole = true;
            }
        }
    }
    if !is_whole {
        return Ok(None);
    }
    let done = frames.into_inner().finish()?.finish()?;
    done.file.sync_all()?;
    Ok(Some(WholeBackup { size_bytes: done.bytes, row_count, sha256: hex::encode(done.hash.finalize()) }))
}

/// Hashes the file while it is written.
struct Hashing {
    file: fs::File,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
