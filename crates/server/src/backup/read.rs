use std::{
    fs,
    io::{self, BufReader, Read},
    path::Path,
};

use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::channel;
use viruj_storage::backup::{Manifest, Piece, Restored, check_target, restore};
use viruj_sync::signing::{self, Domain, key_id, public_key};

use super::{
    Recipients, RestoreFileError,
    format::{End, FrameReader, Header, Kind, MAGIC, TableEnd},
};
use crate::{
    secrets::SecretKey,
    signing_keys::{self, CarriedKey},
};

const PIECES_AHEAD: usize = 16;

/// What opens backups.
#[derive(Clone)]
pub struct Identities(Vec<age::x25519::Identity>);

impl Identities {
    /// Reads a file as `age-keygen` writes it: one identity a line, lines that begin with `#` are remarks.
    ///
    /// # Errors
    /// [`RestoreFileError::File`], [`RestoreFileError::NoIdentity`].
    pub fn read_file(path: &Path) -> Result<Self, RestoreFileError> {
        let text = fs::read_to_string(path)
            .map(zeroize::Zeroizing::new)
            .map_err(|source| RestoreFileError::File { path: path.to_owned(), source })?;
        Self::read(&text).ok_or_else(|| RestoreFileError::NoIdentity(path.to_owned()))
    }

    /// As [`Self::read_file`], from what such a file holds; `None` when it holds no identity or something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let identities: Vec<_> = lines.map(str::parse).collect::<Result<_, _>>().ok()?;
        if identities.is_empty() { None } else { Some(Self(identities)) }
    }

    /// Who can open what is encrypted for these.
    #[must_use]
    pub fn recipients(&self) -> Recipients {
        Recipients(self.0.iter().map(age::x25519::Identity::to_public).collect())
    }
}

/// A backup that was read to its end and holds.
pub struct OpenedBackup {
    pub manifest: Manifest,
    pub taken_at: DateTime<Utc>,
    pub program_version: String,
    pub rows: u64,
    /// The id of the server's key that signed it.
    pub signed_by: Option<String>,
    keys: Vec<CarriedKey>,
}

impl OpenedBackup {
    /// How many of the server's signing keys it carries.
    #[must_use]
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }
}

/// Where a backup is restored to.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    pub migration_url: &'a str,
    pub serving_url: &'a str,
    pub key_dir: &'a Path,
    pub secret: &'a SecretKey,
}

/// Reads a backup from its beginning to its end and checks every hash, every count and the signature.
///
/// # Errors
/// [`RestoreFileError`].
pub async fn inspect(path: &Path, identities: &Identities) -> Result<OpenedBackup, RestoreFileError> {
    let (path, identities) = (path.to_owned(), identities.clone());
    tokio::task::spawn_blocking(move || read(&path, &identities, |_| true)).await.map_err(ended_badly)?
}

/// Restores a backup into an empty database and the keys into a folder that has none of its own.
///
/// The file is read to its end before anything is touched.
///
/// # Errors
/// [`RestoreFileError`]; nothing is changed then.
pub async fn restore_file(
    path: &Path,
    identities: &Identities,
    target: &Target<'_>,
    now: DateTime<Utc>,
) -> Result<(OpenedBackup, Restored), RestoreFileError> {
    let opened = inspect(path, identities).await?;
    check_target(target.migration_url, &opened.manifest).await?;
    let keys = signing_keys::import(target.key_dir, target.secret, &opened.keys)?;
    let (give, pieces) = channel(PIECES_AHEAD);
    let (file, opener) = (path.to_owned(), identities.clone());
    let reading = tokio::task::spawn_blocking(move || read(&file, &opener, |piece| give.blocking_send(piece).is_ok()));
    let restored = restore(target.migration_url, target.serving_url, &opened.manifest, pieces, now).await;
    let read = reading.await.map_err(ended_badly)?;
    match (restored, read) {
        (Ok(restored), _) => {
            keys.keep();
            Ok((opened, restored))
        }
        // The file was whole a moment ago; when it no longer is, that is the reason.
        (Err(viruj_storage::backup::RestoreError::Cut), Err(error)) => Err(error),
        (Err(error), _) => Err(error.into()),
    }
}

fn ended_badly(error: tokio::task::JoinError) -> RestoreFileError {
    RestoreFileError::Damaged(error.to_string())
}

/// Reads the whole file; `take` gets every piece but the manifest and says whether it wants more.
fn read(
    path: &Path,
    identities: &Identities,
    mut take: impl FnMut(Piece) -> bool,
) -> Result<OpenedBackup, RestoreFileError> {
    let file = fs::File::open(path).map_err(|source| RestoreFileError::File { path: path.to_owned(), source })?;
    let decryptor = age::Decryptor::new(BufReader::new(file)).map_err(|error| match error {
        age::DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => damaged(&error),
        _ => RestoreFileError::NotABackup,
    })?;
    let identities = identities.0.iter().map(|identity| identity as &dyn age::Identity);
    let decrypted = decryptor.decrypt(identities).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => RestoreFileError::OtherIdentity,
        other => RestoreFileError::Damaged(other.to_string()),
    })?;
    let mut plain = zstd::Decoder::new(decrypted).map_err(|error| damaged(&error))?;
    let mut magic = [0; MAGIC.len()];
    plain.read_exact(&mut magic).map_err(|error| damaged(&error))?;
    if magic != MAGIC {
        let is_ours = magic.starts_with(b"viruj-backup ");
        return Err(if is_ours { RestoreFileError::NewerFormat } else { RestoreFileError::NotABackup });
    }
    let mut frames = FrameReader::begin(&mut plain);
    let opened = read_frames(&mut frames, &mut take)?;
    // The last block of the encryption tells whether the file was cut behind the end.
    match plain.read(&mut [0; 1]) {
        Ok(0) => Ok(opened),
        Ok(_) => Err(RestoreFileError::Damaged("something stands behind its end".to_owned())),
        Err(error) => Err(damaged(&error)),
    }
}

fn read_frames<R: Read>(
    frames: &mut FrameReader<R>,
    take: &mut impl FnMut(Piece) -> bool,
) -> Result<OpenedBackup, RestoreFileError> {
    let (kind, content, _) = frames.frame().map_err(|error| damaged(&error))?;
    if kind != Kind::Header {
        return Err(RestoreFileError::Damaged("it does not begin with its header".to_owned()));
    }
    let content = zeroize::Zeroizing::new(content);
    let header: Header = from_json(&content)?;
    let (mut tables, mut rows) = (0, 0);
    let (mut hash, mut seen) = (Sha256::new(), 0);
    loop {
        let (kind, content, before) = frames.frame().map_err(|error| damaged(&error))?;
        let piece = match kind {
            Kind::Header => return Err(RestoreFileError::Damaged("it has two headers".to_owned())),
            Kind::Rows => {
                hash.update(&content);
                seen += content.iter().filter(|byte| **byte == b'\n').count() as u64;
                Piece::Rows(content)
            }
            Kind::TableEnd => {
                let end: TableEnd = from_json(&content)?;
                let name = header.manifest.tables.get(tables).map_or("a table too many", |table| &table.name);
                if end.sha256 != hex::encode(hash.finalize_reset()) || end.rows != seen {
                    return Err(RestoreFileError::Damaged(format!("the rows of {name}")));
                }
                (tables, rows, seen) = (tables + 1, rows + end.rows, 0);
                Piece::TableEnds { rows: end.rows }
            }
            Kind::End => {
                let end: End = from_json(&content)?;
                if end.sha256 != hex::encode(before) || tables != header.manifest.tables.len() {
                    return Err(RestoreFileError::Damaged("its hash".to_owned()));
                }
                let signed_by = check_signature(&header, &end, &before)?;
                take(Piece::End);
                return Ok(OpenedBackup {
                    manifest: header.manifest,
                    taken_at: header.taken_at,
                    program_version: header.program_version,
                    rows,
                    signed_by,
                    keys: header.keys,
                });
            }
        };
        if !take(piece) {
            return Err(RestoreFileError::Damaged("nobody takes its rows".to_owned()));
        }
    }
}

fn check_signature(header: &Header, end: &End, hash: &[u8; 32]) -> Result<Option<String>, RestoreFileError> {
    let refused = || RestoreFileError::Damaged("its signature".to_owned());
    let (Some(key), Some(signature)) = (&header.signed_by, &end.signature) else {
        return if header.signed_by.is_none() && end.signature.is_none() { Ok(None) } else { Err(refused()) };
    };
    let key: VerifyingKey = public_key(key).map_err(|_| refused())?;
    let signature = signing::from_base64::<64>(signature, "signature").map_err(|_| refused())?;
    signing::verify(Domain::Backup, hash, &signature, &key).map_err(|_| refused())?;
    Ok(Some(key_id(&key)))
}

fn from_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, RestoreFileError> {
    serde_json::from_slice(bytes).map_err(|error| RestoreFileError::Damaged(error.to_string()))
}

fn damaged(error: &io::Error) -> RestoreFileError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => RestoreFileError::Damaged("it ends too early".to_owned()),
        _ => RestoreFileError::Damaged(error.to_string()),
    }
}
