//! The way back from a lost disk, without a window: the recovery key is written out, a backup is restored.
//!
//! Whoever runs these commands has the keychain of the station's person open, and reads with it what the station reads.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use viruj_domain::clock::Clock;
use viruj_embedded_postgres::{Cluster, ClusterError, ClusterPlan, find_binaries};
use viruj_server::{
    SecretKey, SecretKeyError, SystemClock,
    backup::{Identities, RestoreFileError, Target, restore_file},
};
use viruj_station_core::{
    SecretText,
    keychain::{Item, Keychain, KeychainError},
    recovery_file::{self, RecoverError},
};

use crate::{
    launch::{LaunchOptions, Task},
    settings::{self, SettingsError},
    start::{self, Choice, SERVER_KEYS},
};

/// In a remark, so that the file is still one of identities to age.
const SECRET_KEY: &str = "# SECRET_KEY=";

/// Why a task was not done; one line for the person who ran it.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    #[error("the data folder cannot be used: {0}")]
    DataFolder(String),
    #[error("the station is running; close it first")]
    AlreadyRunning,
    #[error("no station with an embedded database has started in this data folder, so it has no recovery key")]
    NoKeyYet,
    #[error("{path} cannot be written: {source}")]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("{path} holds no recovery key of a station")]
    NoRecoveryKey { path: PathBuf },
    #[error(transparent)]
    Recover(#[from] RecoverError),
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error(transparent)]
    Restore(#[from] RestoreFileError),
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Out(#[from] io::Error),
}

/// Does the task.
///
/// # Errors
/// [`RecoveryError`].
pub async fn run(
    task: &Task,
    launch: &LaunchOptions,
    data_folder: &Path,
    out: &mut (dyn Write + Send),
) -> Result<(), RecoveryError> {
    match task {
        Task::RecoveryKey { file } => write_recovery_key(data_folder, file, out),
        Task::Recover { identity } => put_keys_back(data_folder, identity, out),
        Task::Restore { file, identity } => restore(launch, data_folder, file, identity, out).await,
    }
}

fn put_keys_back(data_folder: &Path, identity: &Path, out: &mut (dyn Write + Send)) -> Result<(), RecoveryError> {
    let _lock = lock(data_folder)?;
    let recovered = recovery_file::recover(data_folder, identity)?;
    writeln!(out, "The keys of {} ({}) are back in the keychain.", recovered.station_name, recovered.station_id)?;
    writeln!(out, "Start the station; what it had not sent is there.")?;
    Ok(())
}

fn write_recovery_key(data_folder: &Path, file: &Path, out: &mut (dyn Write + Send)) -> Result<(), RecoveryError> {
    let keychain = Keychain::open(data_folder)?;
    let identity = keychain.text(Item::BackupIdentity)?.ok_or(RecoveryError::NoKeyYet)?;
    let recipients = Identities::read(identity.expose()).ok_or(RecoveryError::NoKeyYet)?.recipients();
    let text = SecretText::new(format!(
        "# Opens the backups of the station in {}.\n\
         # Keep it under lock and key, away from this computer: whoever has it can read every backup.\n\
         # public key: {recipients}\n\
         {}\n\
         # What the server inside the station keeps secret hangs on this; `viruj-station restore` puts it back.\n\
         {SECRET_KEY}{}\n",
        data_folder.display(),
        identity.expose(),
        keychain.embedded_secret()?.expose(),
    ));
    write_new(file, text.expose()).map_err(|source| RecoveryError::Unwritable { path: file.to_owned(), source })?;
    writeln!(out, "{} opens the backups for {recipients}.", file.display())?;
    writeln!(out, "Keep it under lock and key, away from this computer.")?;
    Ok(())
}

/// No file is overwritten, and nobody else on the computer reads it.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn lock(data_folder: &Path) -> Result<fs::File, RecoveryError> {
    start::lock_data_folder(data_folder).map_err(|error| match error.code.as_str() {
        "already_running" => RecoveryError::AlreadyRunning,
        _ => RecoveryError::DataFolder(error.detail.unwrap_or(error.code)),
    })
}

async fn restore(
    launch: &LaunchOptions,
    data_folder: &Path,
    backup: &Path,
    identity: &Path,
    out: &mut (dyn Write + Send),
) -> Result<(), RecoveryError> {
    let identities = Identities::read_file(identity)?;
    let _lock = lock(data_folder)?;
    let settings_path = data_folder.join(settings::FILE_NAME);
    let mut settings = settings::load(&settings_path)?;
    let keychain = Keychain::open(data_folder)?;
    let binaries = find_binaries(launch.postgres_dir.as_deref())?;
    let database = start::DATABASE.to_owned();
    let adopted = Adopted::from_file(&keychain, identity)?;
    let cluster = Cluster::start(ClusterPlan { binaries, home: data_folder.to_owned(), database }).await?;
    let restored = restore_into(&cluster, &keychain, data_folder, backup, &identities).await;
    cluster.stop().await?;
    let (point, entries) = restored?;
    adopted.keep();
    // From now on the station works with what was restored, and asks nothing at its start.
    settings.source = Some(viruj_api::station::DataSource::Embedded);
    settings::save(&settings_path, &settings)?;
    writeln!(out, "{entries} entries of the audit trail were verified.")?;
    writeln!(out, "Recovery point: {point}")?;
    writeln!(out, "Start the station; everybody signs in again.")?;
    Ok(())
}

async fn restore_into(
    cluster: &Cluster,
    keychain: &Keychain,
    data_folder: &Path,
    backup: &Path,
    identities: &Identities,
) -> Result<(String, u64), RecoveryError> {
    let secret = SecretKey::new(keychain.embedded_secret()?.expose())?;
    let url = cluster.database_url();
    let key_dir = Choice::Embedded.store_folder(data_folder).join(SERVER_KEYS);
    let target = Target { migration_url: url, serving_url: url, key_dir: &key_dir, secret: &secret };
    let (_, restored) = restore_file(backup, identities, &target, SystemClock.now()).await?;
    Ok((restored.recovery_point.to_rfc3339(), restored.verified_entries))
}

/// Secrets of the lost computer in this one's keychain; they go away again unless they are kept.
///
/// What the keychain holds already stays: a database may hang on it.
struct Adopted {
    keychain: Keychain,
    items: Vec<Item>,
}

impl Adopted {
    fn from_file(keychain: &Keychain, path: &Path) -> Result<Self, RecoveryError> {
        let unreadable = |source| RestoreFileError::File { path: path.to_owned(), source };
        let text = SecretText::new(fs::read_to_string(path).map_err(unreadable)?);
        let mut adopted = Self { keychain: keychain.clone(), items: Vec::new() };
        // An identity of somebody else's, without the secret, opens the backup and is no station's own.
        let Some(secret) = text.expose().lines().find_map(|line| line.strip_prefix(SECRET_KEY)) else {
            return Ok(adopted);
        };
        let damaged = || RecoveryError::NoRecoveryKey { path: path.to_owned() };
        let secret = viruj_station_core::SecretKey::from_hex(secret.trim()).ok_or_else(damaged)?;
        let identity = text.expose().lines().map(str::trim).find(|line| line.starts_with("AGE-SECRET-KEY-1"));
        adopted.take(Item::EmbeddedSecret, secret.expose())?;
        adopted.take(Item::BackupIdentity, identity.ok_or_else(damaged)?.as_bytes())?;
        Ok(adopted)
    }

    fn take(&mut self, item: Item, secret: &[u8]) -> Result<(), KeychainError> {
        if self.keychain.read(item)?.is_none() {
            self.keychain.write(item, secret)?;
            self.items.push(item);
        }
        Ok(())
    }

    fn keep(mut self) {
        self.items.clear();
    }
}

impl Drop for Adopted {
    fn drop(&mut self) {
        for item in &self.items {
            if let Err(error) = self.keychain.remove(*item) {
                tracing::error!(?item, %error, "a secret of a backup that was not restored stays behind");
            }
        }
    }
}

#[cfg(test)]
mod tests;
