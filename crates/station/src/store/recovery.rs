//! What can be done about a damaged store: it is put aside, never deleted.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::STORE_FILE;

/// Renames the store and its write-ahead log, so that a new one can be made; gives the folder where they lie.
///
/// The files stay encrypted under the key in the keychain: what was unsent in them can be read out later.
///
/// # Errors
/// The file system refuses.
pub fn set_aside(folder: &Path, now: DateTime<Utc>) -> std::io::Result<PathBuf> {
    let aside = folder.join(format!("set-aside-{}", now.format("%Y%m%dT%H%M%SZ")));
    std::fs::create_dir_all(&aside)?;
    for ending in ["", "-wal", "-shm"] {
        let name = format!("{STORE_FILE}{ending}");
        let file = folder.join(&name);
        if file.try_exists()? {
            std::fs::rename(file, aside.join(name))?;
        }
    }
    Ok(aside)
}
