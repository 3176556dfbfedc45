//! The server's signing keys (Ed25519), kept in files that open under `SECRET_KEY` only.
//!
//! They attest signatures and the server's time; stations pin their public halves. Every replica reads the same files.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use viruj_api::server::ServerKey;
use viruj_sync::signing::{endorse, key_id, public_key, to_base64};
use zeroize::Zeroizing;

use crate::{
    files::{create_private_folder, write_private},
    sealing::{SealError, Sealer},
    secrets::{SecretKey, random},
};

mod carried;

pub(crate) use carried::{CarriedKey, export, import};

const FORMAT: u16 = 1;
const NONCE_LENGTH: usize = 12;

/// The keys that this server signs with; the newest one signs.
pub struct SigningKeys {
    current: SigningKey,
    /// The word of the key before it.
    endorsement: Option<String>,
    /// The key before it, which stays valid until the next rotation.
    previous: Option<ServerKey>,
    created_at: DateTime<Utc>,
}

/// Why the server has no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    #[error("the key file {path} does not open under this SECRET_KEY; set the SECRET_KEY it was made with")]
    OtherSecret { path: PathBuf },
    #[error("the key file {path} is damaged; restore it from a backup")]
    Damaged { path: PathBuf },
    #[error("the key folder {path} cannot be used: {source}")]
    Folder { path: PathBuf, source: io::Error },
    #[error("another command has just rotated the key")]
    RotatedMeanwhile,
    #[error("the key file {path} is of another key than the backup's; give an empty VIRUJ_KEY_DIR")]
    OtherKey { path: PathBuf },
    #[error("the operating system has no randomness to give: {0}")]
    Randomness(#[from] getrandom::Error),
    #[error(transparent)]
    Seal(#[from] SealError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    format: u16,
    key_id: String,
    public_key: String,
    created_at: DateTime<Utc>,
    nonce: String,
    /// The private key, sealed with the key id as associated data.
    sealed: String,
    /// The signature of the key before it; a first key has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endorsement: Option<String>,
}

/// A key with what its file says of it.
struct OpenKey {
    key: SigningKey,
    created_at: DateTime<Utc>,
    endorsement: Option<String>,
    is_of_second_secret: bool,
}

impl OpenKey {
    fn published(&self) -> ServerKey {
        publish(&self.key.verifying_key(), self.endorsement.clone())
    }
}

impl SigningKeys {
    /// Opens the keys in `folder`; makes the first one where there is none.
    ///
    /// # Errors
    /// [`SigningKeyError`]; a file that does not open is never replaced.
    pub fn open_or_create(folder: &Path, secret: &SecretKey, now: DateTime<Utc>) -> Result<Self, SigningKeyError> {
        let unusable = |source| SigningKeyError::Folder { path: folder.to_owned(), source };
        create_private_folder(folder).map_err(unusable)?;
        if numbers(folder).map_err(unusable)?.is_empty() {
            // A replica that starts at the same moment may have made it; then that one counts.
            create_file(folder, &path_of(folder, 1), &new_file(secret, None, now)?).map_err(unusable)?;
        }
        let numbers = numbers(folder).map_err(unusable)?;
        for number in &numbers {
            seal_anew(folder, &path_of(folder, *number), secret)?;
        }
        let newest = numbers.last().copied().unwrap_or(1);
        let OpenKey { key, created_at, endorsement, .. } = open_file(&path_of(folder, newest), secret)?;
        let previous = numbers.iter().rev().nth(1).map(|number| open_file(&path_of(folder, *number), secret));
        let previous = previous.transpose()?.map(|previous| previous.published());
        Ok(Self { current: key, endorsement, previous, created_at })
    }

    /// Makes a new key that the one before it vouches for. That one stays valid, and the one before it ends.
    ///
    /// Replicas sign with the new key from their next start.
    ///
    /// # Errors
    /// [`SigningKeyError`]; nothing has changed then.
    pub fn rotate(folder: &Path, secret: &SecretKey, now: DateTime<Utc>) -> Result<Self, SigningKeyError> {
        let unusable = |source| SigningKeyError::Folder { path: folder.to_owned(), source };
        Self::open_or_create(folder, secret, now)?;
        let known = numbers(folder).map_err(unusable)?;
        let newest = known.last().copied().unwrap_or(1);
        let previous = open_file(&path_of(folder, newest), secret)?;
        let file = new_file(secret, Some(&previous.key), now)?;
        if !create_file(folder, &path_of(folder, newest + 1), &file).map_err(unusable)? {
            return Err(SigningKeyError::RotatedMeanwhile);
        }
        // What they signed stays verifiable by their public halves, which are in the database.
        for number in known.iter().filter(|number| **number < newest) {
            fs::remove_file(path_of(folder, *number)).map_err(unusable)?;
        }
        Self::open_or_create(folder, secret, now)
    }

    /// The key that signs.
    #[must_use]
    pub fn current(&self) -> &SigningKey {
        &self.current
    }

    #[must_use]
    pub fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// The public halves, the signing one first.
    #[must_use]
    pub fn verifying(&self) -> Vec<VerifyingKey> {
        self.published().iter().filter_map(|key| public_key(&key.public_key).ok()).collect()
    }

    /// The public halves as they travel.
    #[must_use]
    pub fn published(&self) -> Vec<ServerKey> {
        let current = publish(&self.current.verifying_key(), self.endorsement.clone());
        std::iter::once(current).chain(self.previous.clone()).collect()
    }
}

fn publish(key: &VerifyingKey, endorsement: Option<String>) -> ServerKey {
    ServerKey { key_id: key_id(key), public_key: to_base64(key.as_bytes()), endorsement }
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SigningKeys").field("published", &self.published()).finish_non_exhaustive()
    }
}

/// The public halves in the folder, which open without the secret; a folder that is not there holds none.
///
/// # Errors
/// [`SigningKeyError::Folder`] when it cannot be read, [`SigningKeyError::Damaged`] for a file that is no key.
pub fn public_halves(folder: &Path) -> Result<Vec<VerifyingKey>, SigningKeyError> {
    let mut keys = Vec::new();
    for path in key_files(folder)? {
        let text = fs::read(&path).map_err(|source| SigningKeyError::Folder { path: path.clone(), source })?;
        let key = serde_json::from_slice::<PublicHalf>(&text).ok().and_then(|half| public_key(&half.public_key).ok());
        keys.push(key.ok_or(SigningKeyError::Damaged { path })?);
    }
    Ok(keys)
}

/// What is read of a key file without its secret.
#[derive(Deserialize)]
struct PublicHalf {
    public_key: String,
}

/// The key files in the folder, in the order of their names.
pub(crate) fn key_files(folder: &Path) -> Result<Vec<PathBuf>, SigningKeyError> {
    let unusable = |source| SigningKeyError::Folder { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unusable(error)),
    };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>().map_err(unusable)?;
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("signing-key-") && name.ends_with(".json")
    });
    paths.sort();
    Ok(paths)
}

fn sealer(secret: &SecretKey) -> Sealer {
    Sealer::new(secret, "viruj signing keys, ChaCha20-Poly1305, 1")
}

fn path_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("signing-key-{number}.json"))
}

/// The numbers of the keys in the folder, the newest last.
fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("signing-key-")?.strip_suffix(".json"));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn new_file(secret: &SecretKey, previous: Option<&SigningKey>, now: DateTime<Utc>) -> Result<KeyFile, SigningKeyError> {
    let seed = Zeroizing::new(random::<32>()?);
    let endorsement = previous.map(|previous| endorse(&SigningKey::from_bytes(&seed).verifying_key(), previous));
    sealed_file(secret, &seed, now, endorsement)
}

fn sealed_file(
    secret: &SecretKey,
    seed: &Zeroizing<[u8; 32]>,
    created_at: DateTime<Utc>,
    endorsement: Option<String>,
) -> Result<KeyFile, SigningKeyError> {
    let public = SigningKey::from_bytes(seed).verifying_key();
    let id = key_id(&public);
    let sealed = sealer(secret).seal(&**seed, id.as_bytes())?;
    let (nonce, sealed) = sealed.split_at(NONCE_LENGTH);
    Ok(KeyFile {
        format: FORMAT,
        key_id: id,
        public_key: to_base64(public.as_bytes()),
        created_at,
        nonce: BASE64.encode(nonce),
        sealed: BASE64.encode(sealed),
        endorsement,
    })
}

fn open_file(path: &Path, secret: &SecretKey) -> Result<OpenKey, SigningKeyError> {
    let damaged = || SigningKeyError::Damaged { path: path.to_owned() };
    let text = fs::read(path).map_err(|source| SigningKeyError::Folder { path: path.to_owned(), source })?;
    let file: KeyFile = serde_json::from_slice(&text).map_err(|_| damaged())?;
    if file.format != FORMAT {
        return Err(damaged());
    }
    let nonce = BASE64.decode(&file.nonce).ok().filter(|nonce| nonce.len() == NONCE_LENGTH);
    let sealed = BASE64.decode(&file.sealed).map_err(|_| damaged())?;
    let sealed = [nonce.ok_or_else(damaged)?, sealed].concat();
    let opened = sealer(secret).open(&sealed, file.key_id.as_bytes());
    let opened = opened.ok_or_else(|| SigningKeyError::OtherSecret { path: path.to_owned() })?;
    let seed = Zeroizing::new(<[u8; 32]>::try_from(opened.bytes.as_slice()).map_err(|_| damaged())?);
    let key = SigningKey::from_bytes(&seed);
    if key_id(&key.verifying_key()) != file.key_id {
        return Err(damaged());
    }
    let KeyFile { created_at, endorsement, .. } = file;
    Ok(OpenKey { key, created_at, endorsement, is_of_second_secret: opened.is_of_second_key })
}

/// While `SECRET_KEY` is exchanged, what lies under the other one is written anew, whole and at once.
fn seal_anew(folder: &Path, path: &Path, secret: &SecretKey) -> Result<(), SigningKeyError> {
    let OpenKey { key, created_at, endorsement, is_of_second_secret } = open_file(path, secret)?;
    if !is_of_second_secret {
        return Ok(());
    }
    let file = sealed_file(secret, &Zeroizing::new(key.to_bytes()), created_at, endorsement)?;
    let draft = draft_in(folder);
    let written = serde_json::to_vec_pretty(&file)
        .map_err(io::Error::from)
        .and_then(|bytes| write_private(&draft, &bytes))
        .and_then(|()| fs::rename(&draft, path));
    written.map_err(|source| SigningKeyError::Folder { path: folder.to_owned(), source })
}

fn draft_in(folder: &Path) -> PathBuf {
    folder.join(format!(".{}.draft", uuid::Uuid::now_v7()))
}

/// Whether the file is this one and not another's, who was faster: it appears whole and at once, or not at all.
fn create_file(folder: &Path, path: &Path, file: &KeyFile) -> io::Result<bool> {
    let draft = draft_in(folder);
    let written = write_private(&draft, &serde_json::to_vec_pretty(file)?).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        written => written.map(|()| true),
    }
}

#[cfg(test)]
mod tests;
