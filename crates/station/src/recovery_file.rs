//! The station's keys in a file of its data folder that only the site's recovery keys open.
//!
//! Without it a keychain that is lost takes every record with it that is not with the server yet.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    keychain::{Item, Keychain, KeychainError},
    secrets::SecretKey,
};

/// The file in the data folder.
pub const RECOVERY_FILE: &str = "recovery.age";

const FORMAT: u16 = 1;

/// What is sealed.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct SealedKeys {
    format: u16,
    /// For the person who looks into it.
    #[zeroize(skip)]
    station_id: Uuid,
    #[zeroize(skip)]
    station_name: String,
    /// 64 hex digits.
    store_key: String,
    station_key: String,
}

/// Why the keys are not back.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    #[error("{path} cannot be read: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("the file of the identity holds none; it is a file of `age-keygen`, or of `viruj-station recovery-key`")]
    NoIdentity,
    #[error("this identity does not open {0}; take the one that opens the site's backups")]
    OtherIdentity(PathBuf),
    #[error("{0} is not what a station has sealed, or is of a newer program")]
    Unreadable(PathBuf),
    #[error("the keychain holds other keys for this data folder; nothing was changed")]
    OtherKeys,
    #[error(transparent)]
    Keychain(#[from] KeychainError),
}

/// Whose keys are back in the keychain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    pub station_id: Uuid,
    pub station_name: String,
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
#[error("the station's keys were not sealed: {0}")]
pub struct SealError(pub String);

/// The keys of a station, sealed to the recipients (`age1…`, between commas).
pub(crate) fn seal(
    recipients: &str,
    (station_id, station_name): (Uuid, &str),
    (store_key, station_key): (&SecretKey, &SecretKey),
) -> Result<Vec<u8>, SealError> {
    let words = recipients.split(|sign: char| sign == ',' || sign.is_whitespace()).filter(|word| !word.is_empty());
    let recipients: Vec<age::x25519::Recipient> = words
        .map(|word| word.parse().map_err(|_| SealError(format!("{word} is no recipient of age"))))
        .collect::<Result<_, _>>()?;
    let keys = SealedKeys {
        format: FORMAT,
        station_id,
        station_name: station_name.to_owned(),
        store_key: hex::encode(store_key.expose()),
        station_key: hex::encode(station_key.expose()),
    };
    let failed = |error: &dyn std::fmt::Display| SealError(error.to_string());
    let bytes = Zeroizing::new(serde_json::to_vec(&keys).map_err(|error| failed(&error))?);
    let sealer = age::Encryptor::with_recipients(recipients.iter().map(|to| to as &dyn age::Recipient));
    let sealer = sealer.map_err(|error| failed(&error))?;
    let mut sealed = Vec::new();
    let mut writer = sealer.wrap_output(&mut sealed).map_err(|error| failed(&error))?;
    std::io::Write::write_all(&mut writer, &bytes).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok(sealed)
}

/// Puts the keys of the station in `data_dir` back into the keychain; `identity` is a file of age identities.
///
/// # Errors
/// [`RecoverError`]; the keychain is as it was then.
pub fn recover(data_dir: &Path, identity: &Path) -> Result<Recovered, RecoverError> {
    let path = data_dir.join(RECOVERY_FILE);
    let read = |path: &Path| std::fs::read(path).map_err(|source| RecoverError::File { path: path.to_owned(), source });
    let sealed = read(&path)?;
    let identity = Zeroizing::new(read(identity)?);
    let identity = std::str::from_utf8(&identity).map_err(|_| RecoverError::NoIdentity)?;
    let lines = identity.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let identities: Vec<age::x25519::Identity> =
        lines.map(|line| line.parse().map_err(|_| RecoverError::NoIdentity)).collect::<Result<_, _>>()?;
    if identities.is_empty() {
        return Err(RecoverError::NoIdentity);
    }
    let opened = identities.iter().find_map(|identity| age::decrypt(identity, &sealed).ok()).map(Zeroizing::new);
    let opened = opened.ok_or_else(|| RecoverError::OtherIdentity(path.clone()))?;
    let unreadable = || RecoverError::Unreadable(path.clone());
    let keys: SealedKeys = serde_json::from_slice(&opened).map_err(|_| unreadable())?;
    let (store_key, station_key) = (SecretKey::from_hex(&keys.store_key), SecretKey::from_hex(&keys.station_key));
    let (Some(store_key), Some(station_key), FORMAT) = (store_key, station_key, keys.format) else {
        return Err(unreadable());
    };
    let keychain = Keychain::open(data_dir)?;
    let wanted = [(Item::StoreKey, &store_key), (Item::StationKey, &station_key)];
    for (item, key) in wanted {
        if keychain.key(item)?.is_some_and(|held| held != *key) {
            return Err(RecoverError::OtherKeys);
        }
    }
    for (item, key) in wanted {
        keychain.write_and_see(item, key.expose())?;
    }
    Ok(Recovered { station_id: keys.station_id, station_name: keys.station_name.clone() })
}
