//! API keys; every command needs the server.

use tauri::State;
use viruj_api::station::{
    CommandError,
    api_keys::{ApiKeyChoices, ApiKeyEnd, ApiKeyItem, ApiKeyList, ApiKeyListQuery, NewApiKey, ShownApiKey},
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_api_keys(shell: State<'_, Shell>, query: ApiKeyListQuery) -> Result<ApiKeyList, CommandError> {
    Ok(shell.core()?.list_api_keys(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn api_key_choices(shell: State<'_, Shell>) -> Result<ApiKeyChoices, CommandError> {
    Ok(shell.core()?.api_key_choices().await?)
}

/// Answers the key's text once; it is kept nowhere.
#[tauri::command]
#[specta::specta]
pub async fn create_api_key(shell: State<'_, Shell>, key: NewApiKey) -> Result<ShownApiKey, CommandError> {
    Ok(shell.core()?.create_api_key(&key).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn revoke_api_key(shell: State<'_, Shell>, end: ApiKeyEnd) -> Result<ApiKeyItem, CommandError> {
    Ok(shell.core()?.revoke_api_key(&end).await?)
}
