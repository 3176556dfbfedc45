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
pub mod reviews;
pub mod roles;
pub mod session;
pub mod settings;
pub mod start;
pub mod status;
pub mod users;

use std::path::PathBuf;

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
