//! What the header shows.

use tauri::{AppHandle, State};
use viruj_api::station::{CommandError, SavedExport, StationStatus, UnsentEntry};

use super::{export_folder, plugged_in_stick};
use crate::shell::Shell;

/// Never fails: before the station runs, the stage says how far it has come.
#[tauri::command]
#[specta::specta]
pub async fn station_status(shell: State<'_, Shell>) -> Result<StationStatus, CommandError> {
    Ok(shell.status().await)
}

#[tauri::command]
#[specta::specta]
pub async fn list_unsent(shell: State<'_, Shell>) -> Result<Vec<UnsentEntry>, CommandError> {
    Ok(shell.core()?.list_unsent().await?)
}

/// Tries the server now instead of at the next turn.
#[tauri::command]
#[specta::specta]
pub async fn postpone_update(shell: State<'_, Shell>) -> Result<(), CommandError> {
    shell.postpone_update();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub async fn sync_now(shell: State<'_, Shell>) -> Result<(), CommandError> {
    Ok(shell.core()?.sync_now().await?)
}

/// Writes what is unsent, sealed to the server, onto a stick that is plugged in or into the downloads of whoever owns the
/// computer's session, and answers where it lies.
#[tauri::command]
#[specta::specta]
pub async fn export_unsent(app: AppHandle, shell: State<'_, Shell>) -> Result<SavedExport, CommandError> {
    let folder = match plugged_in_stick() {
        Some(stick) => stick,
        None => export_folder(&app)?,
    };
    Ok(shell.core()?.export_unsent(&folder).await?)
}

/// The window has drawn its first usable screen; the log gives the time since the program's start.
#[tauri::command]
#[specta::specta]
pub async fn report_painted(shell: State<'_, Shell>) -> Result<(), CommandError> {
    shell.report_painted();
    Ok(())
}
