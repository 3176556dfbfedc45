//! Read-only lists of what the plant's other systems recorded.

use tauri::State;
use viruj_api::station::{CommandError, ListName, TextList};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn read_list(shell: State<'_, Shell>, list: ListName) -> Result<TextList, CommandError> {
    Ok(shell.core()?.read_list(&list).await?)
}
