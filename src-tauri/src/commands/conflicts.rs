//! Conflicts; every command needs the server.

use tauri::State;
use viruj_api::station::{
    CommandError,
    conflicts::{ConflictList, ConflictListQuery, ConflictView, DecideConflict},
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_conflicts(shell: State<'_, Shell>, query: ConflictListQuery) -> Result<ConflictList, CommandError> {
    Ok(shell.core()?.list_conflicts(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn decide_conflict(shell: State<'_, Shell>, decision: DecideConflict) -> Result<ConflictView, CommandError> {
    Ok(shell.core()?.decide_conflict(&decision).await?)
}
