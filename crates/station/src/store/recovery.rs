//! What can be done about a damaged file: it is put aside, never deleted.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{OutboxCopy, STORE_FILE, Store, StoreFault, outbox_copy::OUTBOX_COPY_FILE};
use crate::{durable::sync_folder, secrets::SecretKey};

/// Puts a damaged store aside, so that the next opening makes a new one from the outbox copy; gives the folder where it
/// lies. A store that is sound is left where it is.
///
/// The files stay encrypted under the key in the keychain: what is in them can be read out later.
///
/// # Errors
/// [`StoreFault::CopyUnusable`] when there is no sound copy to go on from: then nothing was moved.
pub async fn set_store_aside(
    folder: &Path,
    key: &SecretKey,
    now: DateTime<Utc>,
) -> Result<Option<PathBuf>, StoreFault> {
    match Store::open_alone(folder, key).await {
        Err(StoreFault::Corrupted { .. }) => {}
        Ok(sound) => {
            sound.close().await;
            return Ok(None);
        }
        Err(other) => return Err(other),
    }
    let copy = folder.join(OUTBOX_COPY_FILE);
    if !copy.try_exists().map_err(StoreFault::Files)? {
        return Err(StoreFault::CopyUnusable { file: copy });
    }
    match OutboxCopy::open(folder, key).await {
        Ok(copy) => copy.close().await,
        Err(StoreFault::Corrupted { file, .. }) => return Err(StoreFault::CopyUnusable { file }),
        Err(other) => return Err(other),
    }
    let folder = folder.to_owned();
    let moved = tokio::task::spawn_blocking(move || set_aside(&folder, STORE_FILE, now)).await;
    moved.map_err(std::io::Error::other).and_then(|moved| moved).map(Some).map_err(StoreFault::Files)
}

/// Renames a file of SQLite with its write-ahead log; gives the new folder where they lie.
pub(super) fn set_aside(folder: &Path, file: &str, now: DateTime<Utc>) -> std::io::Result<PathBuf> {
    let aside = new_folder(folder, now)?;
    // The file itself last: a call that is broken off leaves a damaged store that is found again, not a new one.
    for ending in ["-shm", "-wal", ""] {
        let name = format!("{file}{ending}");
        let from = folder.join(&name);
        if from.try_exists()? {
            std::fs::rename(from, aside.join(name))?;
        }
    }
    sync_folder(&aside)?;
    sync_folder(folder)?;
    Ok(aside)
}

/// Each time another: a file that lies there already is never overwritten.
fn new_folder(folder: &Path, now: DateTime<Utc>) -> std::io::Result<PathBuf> {
    let name = format!("set-aside-{}", now.format("%Y%m%dT%H%M%SZ"));
    let mut number = 1;
    loop {
        let aside = folder.join(if number == 1 { name.clone() } else { format!("{name}-{number}") });
        match std::fs::create_dir(&aside) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            made => return made.map(|()| aside),
        }
    }
}
