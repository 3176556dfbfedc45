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

/// A key as a backup carries it: readable, since the backup as a whole is encrypted.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarriedKey {
    file_name: String,
    created_at: DateTime<Utc>,
    /// The private half, base64.
    seed: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endorsement: Option<String>,
}

/// Every key in the folder, out of its wrapping.
///
/// # Errors
/// [`SigningKeyError`].
pub(crate) fn export(folder: &Path, secret: &SecretKey) -> Result<Vec<CarriedKey>, SigningKeyError> {
    let mut keys = Vec::new();
    for path in key_files(folder)? {
        let OpenKey { key, created_at, endorsement, .. } = open_file(&path, secret)?;
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        keys.push(CarriedKey { file_name, created_at, seed: BASE64.encode(key.to_bytes()), endorsement });
    }
    Ok(keys)
}

/// Key files that go away again unless they are kept.
pub(crate) struct Imported {
    made: Vec<PathBuf>,
}

impl Imported {
    pub(crate) fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Imported {
    fn drop(&mut self) {
        for path in &self.made {
            if let Err(error) = fs::remove_file(path) {
                tracing::error!(path = %path.display(), %error, "a key of a backup that was not restored stays behind");
            }
        }
    }
}

/// Wraps a backup's keys under this host's secret; a key that is there already changes nothing.
///
/// # Errors
/// [`SigningKeyError::OtherKey`] where another one lies in its place.
pub(crate) fn import(folder: &Path, secret: &SecretKey, keys: &[CarriedKey]) -> Result<Imported, SigningKeyError> {
    let unusable = |source| SigningKeyError::Folder { path: folder.to_owned(), source };
    create_private_folder(folder).map_err(unusable)?;
    let mut imported = Imported { made: Vec::new() };
    for carried in keys {
        // A name out of a file leads nowhere but into this folder.
        let is_plain = carried.file_name.starts_with("signing-key-")
            && carried.file_name.ends_with(".json")
            && !carried.file_name.contains(['/', '\\']);
        let path = if is_plain { folder.join(&carried.file_name) } else { path_of(folder, 1) };
        let damaged = || SigningKeyError::Damaged { path: path.clone() };
        let seed = BASE64.decode(&carried.seed).map(Zeroizing::new).map_err(|_| damaged())?;
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed.as_slice()).map_err(|_| damaged())?);
        if path.try_exists().map_err(unusable)? {
            let present = open_file(&path, secret)?;
            if present.key.to_bytes() != *seed {
                return Err(SigningKeyError::OtherKey { path });
            }
            continue;
        }
        create_file(folder, &path, &sealed_file(secret, &seed, carried.created_at, carried.endorsement.clone())?)
            .map_err(unusable)?;
        imported.made.push(path);
    }
    Ok(imported)
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
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretKey {
        SecretKey::new(&format!("{text} c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24")).unwrap()
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    #[test]
    fn the_key_is_made_once_and_opens_again() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let made = SigningKeys::open_or_create(&keys, &secret("one"), now()).unwrap();
        let opened = SigningKeys::open_or_create(&keys, &secret("one"), now()).unwrap();
        assert_eq!(made.published(), opened.published());
        assert_eq!(fs::read_dir(&keys).unwrap().count(), 1, "no draft is left behind");
        let file = keys.join("signing-key-1.json");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains(&BASE64.encode(made.current.to_bytes())), "the private half is sealed");
    }

    #[test]
    fn a_file_of_another_secret_is_a_clear_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap();
        let before = fs::read(folder.path().join("signing-key-1.json")).unwrap();
        let error = SigningKeys::open_or_create(folder.path(), &secret("two"), now()).unwrap_err();
        assert!(matches!(error, SigningKeyError::OtherSecret { .. }), "{error}");
        fs::write(folder.path().join("signing-key-1.json"), b"{}").unwrap();
        let error = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap_err();
        assert!(matches!(error, SigningKeyError::Damaged { .. }), "{error}");
        assert!(!before.is_empty());
    }

    #[test]
    fn an_exchanged_secret_takes_the_keys_along() {
        let folder = tempfile::tempdir().unwrap();
        let made = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap();
        let rotated = SigningKeys::rotate(folder.path(), &secret("one"), now()).unwrap();
        let exchanging = secret("two").with_second("one c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24").unwrap();
        let taken = SigningKeys::open_or_create(folder.path(), &exchanging, now()).unwrap();
        assert_eq!(taken.published(), rotated.published());
        let after = SigningKeys::open_or_create(folder.path(), &secret("two"), now()).unwrap();
        assert_eq!(after.published(), rotated.published());
        assert_ne!(after.published(), made.published());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no draft is left behind");
        let error = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap_err();
        assert!(matches!(error, SigningKeyError::OtherSecret { .. }), "{error}");
    }

    #[test]
    fn replicas_that_start_together_share_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap()))
                .collect();
            starts.into_iter().map(|start| start.join().unwrap().published()).collect()
        });
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn after_a_rotation_two_keys_are_alive_and_the_new_one_signs() {
        let folder = tempfile::tempdir().unwrap();
        let made = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap();
        let mut before = made.published().remove(0);
        for _ in 0..3 {
            let rotated = SigningKeys::rotate(folder.path(), &secret("one"), now()).unwrap();
            let published = rotated.published();
            assert_eq!(published.len(), 2, "two are alive");
            assert_eq!(published[1], before);
            let previous = public_key(&before.public_key).unwrap();
            assert!(
                viruj_sync::signing::is_endorsed_by(&published[0], &previous),
                "the old key vouches for the new one"
            );
            let opened = SigningKeys::open_or_create(folder.path(), &secret("one"), now()).unwrap();
            assert_eq!(opened.published(), published);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
            before = published[0].clone();
        }
        let error = SigningKeys::rotate(folder.path(), &secret("two"), now()).unwrap_err();
        assert!(matches!(error, SigningKeyError::OtherSecret { .. }), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
