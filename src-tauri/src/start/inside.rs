//! What the server inside the station is told: its secrets are the keychain's, its folders the data folder's.

use std::path::{Path, PathBuf};

use tauri::async_runtime;
use viruj_api::station::CommandError;
use viruj_server::{
    SecretKey, ServerSettings,
    backup::{Identities, Recipients, new_identity},
    settings::BackupSettings,
};
use viruj_station_core::{
    SecretText,
    keychain::{Keychain, KeychainError},
};

use super::Plan;
use crate::settings::Settings;

/// In the folder of the store; the signed heads of the audit trail lie in `checkpoints` in it, outside the cluster.
pub const SERVER_KEYS: &str = "server-keys";

/// The settings of a server on any database; a backup is what the embedded one has besides.
pub(super) async fn settings(
    plan: &Plan<'_>,
    database_url: &str,
    keychain: &Keychain,
) -> Result<ServerSettings, CommandError> {
    let secret = with_keychain(keychain, Keychain::embedded_secret).await?;
    let secret = SecretKey::new(secret.expose())
        .map_err(|error| CommandError::new("server_secret_unusable").with_detail(error))?;
    let key_dir = plan.choice.store_folder(plan.data_folder).join(SERVER_KEYS);
    Ok(ServerSettings::embedded(database_url, secret, key_dir))
}

/// For the station's own identity, which is made now if need be, and for the recipients of the settings file.
pub async fn backups(
    settings: &Settings,
    data_folder: &Path,
    keychain: &Keychain,
) -> Result<BackupSettings, CommandError> {
    let malformed = |what: String| CommandError::new("settings_malformed").with_detail(what);
    let at = match &settings.backup_at {
        Some(text) => BackupSettings::read_time(text).map_err(|_| malformed(format!("backup_at = {text:?}")))?,
        None => BackupSettings::usual_time(),
    };
    let others = match settings.backup_recipients.join(" ") {
        none if none.is_empty() => None,
        text => Some(Recipients::read(&text).map_err(|word| malformed(format!("backup_recipients: {word:?}")))?),
    };
    let make = || SecretText::new(new_identity().expose());
    let identity = with_keychain(keychain, move |keychain| keychain.backup_identity(make)).await?;
    let own = Identities::read(identity.expose())
        .ok_or_else(|| KeychainError::Failed("backup-identity holds something else".to_owned()))
        .map_err(|error| CommandError::new(error.code()).with_detail(error))?
        .recipients();
    let recipients = match others {
        Some(others) => own.and(others),
        None => own,
    };
    Ok(BackupSettings { folder: backup_folder(settings, data_folder), recipients, at })
}

/// Where the embedded database is backed up to.
#[must_use]
pub fn backup_folder(settings: &Settings, data_folder: &Path) -> PathBuf {
    settings.backup_folder.as_ref().map_or_else(|| data_folder.join("backups"), PathBuf::from)
}

async fn with_keychain<T: Send + 'static>(
    keychain: &Keychain,
    call: impl FnOnce(&Keychain) -> Result<T, KeychainError> + Send + 'static,
) -> Result<T, CommandError> {
    let keychain = keychain.clone();
    async_runtime::spawn_blocking(move || call(&keychain))
        .await
        .map_err(|error| CommandError::new("broken_off").with_detail(error))?
        .map_err(|error| CommandError::new(error.code()).with_detail(error))
}
