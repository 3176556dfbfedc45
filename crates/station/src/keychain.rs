//! The keychain of the operating system: Secret Service on Linux.
//!
//! Store key, station key and refresh token live here and nowhere else. There is no plain-text way around a locked
//! keychain. Every call blocks, and may wait for a person who is asked to unlock: call it off the async threads.

use std::path::{Path, PathBuf};

use keyring_core::{CredentialPersistence, Entry, Error};
use sha2::{Digest, Sha256};
use viruj_api::problem::with_causes;
use zeroize::Zeroizing;

use crate::secrets::{SecretKey, SecretText};

/// The service name of every entry.
pub const SERVICE: &str = "com.viruj.station";

/// One secret of a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Of the encrypted store.
    StoreKey,
    /// The station's Ed25519 key.
    StationKey,
    RefreshToken,
    /// The refresh token of somebody who signed out while the server was away: revoked when it is back.
    TokenToRevoke,
    /// `SECRET_KEY` of the embedded server.
    EmbeddedSecret,
    /// What opens the embedded server's backups (age).
    BackupIdentity,
    /// Written and removed at each start, to see that the keychain takes and keeps.
    Probe,
}

impl Item {
    /// Every secret that may be stored.
    pub const ALL: [Self; 7] = [
        Self::StoreKey,
        Self::StationKey,
        Self::RefreshToken,
        Self::TokenToRevoke,
        Self::EmbeddedSecret,
        Self::BackupIdentity,
        Self::Probe,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::StoreKey => "store-key",
            Self::StationKey => "station-key",
            Self::RefreshToken => "refresh-token",
            Self::TokenToRevoke => "token-to-revoke",
            Self::EmbeddedSecret => "embedded-secret",
            Self::BackupIdentity => "backup-identity",
            Self::Probe => "probe",
        }
    }
}

/// Why the keychain cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeychainError {
    #[error("there is no session bus, so no keychain can be reached")]
    NoSessionBus,
    #[error("no keychain answers on the session bus: {0}")]
    Unavailable(String),
    #[error("the keychain is locked: {0}")]
    Locked(String),
    #[error("the keychain forgets its secrets when the machine restarts")]
    NotPersistent,
    #[error("the keychain failed: {0}")]
    Failed(String),
}

impl KeychainError {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSessionBus => "no_session_bus",
            Self::Unavailable(_) => "keychain_unavailable",
            Self::Locked(_) => "keychain_locked",
            Self::NotPersistent => "keychain_not_persistent",
            Self::Failed(_) => "keychain_failed",
        }
    }
}

/// The secrets of one data folder.
#[derive(Clone, Debug)]
pub struct Keychain {
    /// Two data folders of one person keep their secrets apart.
    folder_hash: String,
}

impl Keychain {
    /// Connects, and sees that the keychain is unlocked and keeps what it is given.
    ///
    /// # Errors
    /// [`KeychainError`], each with a remedy of its own.
    pub fn open(data_dir: &Path) -> Result<Self, KeychainError> {
        let keychain = Self { folder_hash: folder_hash(data_dir) };
        match keychain.probe() {
            // A keychain that was restarted, as unlocking it may do, answers on a new connection alone.
            Err(KeychainError::Failed(_)) => keychain.probe()?,
            answered => answered?,
        }
        Ok(keychain)
    }

    fn probe(&self) -> Result<(), KeychainError> {
        connect()?;
        self.write(Item::Probe, b"viruj")?;
        self.remove(Item::Probe)
    }

    /// `None` when it was never written, or was removed.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn read(&self, item: Item) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        match self.entry(item)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    /// # Errors
    /// [`KeychainError`].
    pub fn write(&self, item: Item, secret: &[u8]) -> Result<(), KeychainError> {
        self.entry(item)?.set_secret(secret).map_err(failure)
    }

    /// Removes the secret; it is fine when there is none.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn remove(&self, item: Item) -> Result<(), KeychainError> {
        match self.entry(item)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }

    /// A key of 32 bytes; `None` when there is none.
    ///
    /// # Errors
    /// [`KeychainError::Failed`] when something else is stored in its place.
    pub fn key(&self, item: Item) -> Result<Option<SecretKey>, KeychainError> {
        let Some(bytes) = self.read(item)? else { return Ok(None) };
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| KeychainError::Failed(format!("{} is not a key of 32 bytes", item.name())))?;
        Ok(Some(SecretKey::new(key)))
    }

    /// The key, or a new random one that is stored before it is given out.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn key_or_new(&self, item: Item) -> Result<SecretKey, KeychainError> {
        if let Some(key) = self.key(item)? {
            return Ok(key);
        }
        let key = SecretKey::random().map_err(|error| KeychainError::Failed(error.to_string()))?;
        self.write_and_see(item, key.expose())?;
        Ok(key)
    }

    /// Reads back what it has written: a key that was not kept would make everything written under it unreadable.
    pub(crate) fn write_and_see(&self, item: Item, secret: &[u8]) -> Result<(), KeychainError> {
        self.write(item, secret)?;
        match self.read(item)? {
            Some(kept) if *kept == secret => Ok(()),
            _ => Err(KeychainError::NotPersistent),
        }
    }

    /// # Errors
    /// [`KeychainError`].
    pub fn text(&self, item: Item) -> Result<Option<SecretText>, KeychainError> {
        let Some(bytes) = self.read(item)? else { return Ok(None) };
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Some(SecretText::new(text))),
            Err(_) => Err(KeychainError::Failed(format!("{} is not a text", item.name()))),
        }
    }

    /// `SECRET_KEY` of the embedded server, 64 hex digits, made at its first use.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn embedded_secret(&self) -> Result<SecretText, KeychainError> {
        Ok(SecretText::new(hex::encode(self.key_or_new(Item::EmbeddedSecret)?.expose())))
    }

    /// The identity that opens the embedded server's backups; `make` makes it at its first use.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn backup_identity(&self, make: impl FnOnce() -> SecretText) -> Result<SecretText, KeychainError> {
        if let Some(identity) = self.text(Item::BackupIdentity)? {
            return Ok(identity);
        }
        let identity = make();
        self.write_and_see(Item::BackupIdentity, identity.expose().as_bytes())?;
        Ok(identity)
    }

    fn entry(&self, item: Item) -> Result<Entry, KeychainError> {
        Entry::new(SERVICE, &format!("{}.{}", item.name(), self.folder_hash)).map_err(failure)
    }
}

fn folder_hash(data_dir: &Path) -> String {
    let folder = std::path::absolute(data_dir).unwrap_or_else(|_| PathBuf::from(data_dir));
    let folder = folder.canonicalize().unwrap_or(folder);
    let mut digits = hex::encode(Sha256::digest(folder.as_os_str().as_encoded_bytes()));
    digits.truncate(16);
    digits
}

fn connect() -> Result<(), KeychainError> {
    if keyring_core::get_default_store().is_none() {
        connect_to_system_store()?;
    }
    match keyring_core::get_default_store().map(|store| store.persistence()) {
        Some(CredentialPersistence::UntilDelete) => Ok(()),
        _ => Err(KeychainError::NotPersistent),
    }
}

#[cfg(target_os = "linux")]
fn connect_to_system_store() -> Result<(), KeychainError> {
    if !session_bus_answers() {
        return Err(KeychainError::NoSessionBus);
    }
    let store = zbus_secret_service_keyring_store::Store::new()
        .map_err(|error| KeychainError::Unavailable(with_causes(&error)))?;
    keyring_core::set_default_store(store);
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn connect_to_system_store() -> Result<(), KeychainError> {
    keyring::Entry::store_status().as_ref().map_err(|error| KeychainError::Unavailable(with_causes(error)))?;
    Ok(())
}

/// Whether something listens where the session bus must be; an abstract or remote address is tried by the store itself.
#[cfg(target_os = "linux")]
fn session_bus_answers() -> bool {
    let socket = match std::env::var("DBUS_SESSION_BUS_ADDRESS") {
        Ok(address) if !address.is_empty() => {
            let path = address.split(';').find_map(|part| part.strip_prefix("unix:path="));
            match path.map(|path| path.split(',').next().unwrap_or(path).to_owned()) {
                Some(path) => PathBuf::from(path),
                None => return true,
            }
        }
        _ => match std::env::var("XDG_RUNTIME_DIR") {
            Ok(folder) => Path::new(&folder).join("bus"),
            Err(_) => return false,
        },
    };
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}

fn failure(error: Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(_) => KeychainError::Locked(with_causes(&error)),
        Error::NoDefaultStore => KeychainError::Unavailable(error.to_string()),
        Error::PlatformFailure(_) => {
            // The keychain may have been restarted under us: the next call connects anew.
            keyring_core::unset_default_store();
            KeychainError::Failed(with_causes(&error))
        }
        // These two carry what was stored: their text stays here.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainError::Failed("the entry holds something else".to_owned())
        }
        other => KeychainError::Failed(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
