//! The keys as a backup carries them to another host.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{OpenKey, SigningKeyError, create_file, key_files, open_file, path_of, sealed_file};
use crate::{files::create_private_folder, secrets::SecretKey};

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
