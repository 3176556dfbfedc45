//! What the window may ask of the station. A command takes typed values, asks the core, and answers a view or a code.

pub mod account;
pub mod api_keys;
pub mod audit;
pub mod backups;
pub mod batches;
pub mod conflicts;
pub mod deviations;
pub mod devices;
pub mod equipment;
pub mod lists;
pub mod lots;
pub mod master_records;
pub mod plants;
pub mod qualifications;
pub mod registration;
pub mod releases;
pub mod reviews;
pub mod roles;
pub mod session;
pub mod settings;
pub mod start;
pub mod status;
pub mod users;

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager};
use viruj_api::station::CommandError;

/// Where exports go. The window names no path: what a page says must not decide where a file is written.
fn export_folder(app: &AppHandle) -> Result<PathBuf, CommandError> {
    app.path()
        .download_dir()
        .ok()
        .filter(|folder| folder.is_dir())
        .or_else(|| app.path().home_dir().ok())
        .ok_or_else(|| CommandError::new("export_not_written"))
}

/// Where desktops mount what somebody plugs in, below a folder of the person's name.
const MOUNTED_BELOW: [&str; 2] = ["/media", "/run/media"];

/// The stick that was plugged in last.
fn plugged_in_stick() -> Option<PathBuf> {
    newest_folder(MOUNTED_BELOW.iter().flat_map(|root| folders(Path::new(root))).flat_map(|person| folders(&person)))
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

fn newest_folder(sticks: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    sticks.max_by_key(|stick| stick.metadata().and_then(|known| known.modified()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plugged_in_is_found_below_its_person() {
        let root = tempfile::tempdir().expect("a folder");
        let stick = root.path().join("operator/VIRUJ");
        std::fs::create_dir_all(&stick).expect("a stick");
        std::fs::write(root.path().join("operator/a file"), "").expect("a file");
        let found = newest_folder(folders(root.path()).iter().flat_map(|person| folders(person)));
        assert_eq!(found, Some(stick));
        assert_eq!(newest_folder(folders(&root.path().join("nobody")).into_iter()), None);
    }
}
