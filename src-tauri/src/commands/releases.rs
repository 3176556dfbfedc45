//! Releases of the program, for those who give them to stations.

use tauri::State;
use viruj_api::station::{
    CommandError,
    releases::{ReleaseView, RolloutInput},
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_releases(shell: State<'_, Shell>) -> Result<Vec<ReleaseView>, CommandError> {
    Ok(shell.core()?.list_releases().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn change_rollout(shell: State<'_, Shell>, input: RolloutInput) -> Result<ReleaseView, CommandError> {
    Ok(shell.core()?.change_rollout(&input).await?)
}
