//! What each role may do.

use tauri::State;
use viruj_api::station::{CommandError, administration::RoleMatrix};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn role_matrix(shell: State<'_, Shell>) -> Result<RoleMatrix, CommandError> {
    Ok(shell.core()?.role_matrix().await?)
}
