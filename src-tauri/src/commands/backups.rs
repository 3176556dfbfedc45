//! The backups of the server.

use tauri::State;
use viruj_api::station::{BackupList, BackupView, CommandError};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_backups(shell: State<'_, Shell>) -> Result<BackupList, CommandError> {
    Ok(shell.core()?.list_backups().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn take_backup(shell: State<'_, Shell>) -> Result<BackupView, CommandError> {
    Ok(shell.core()?.take_backup().await?)
}
