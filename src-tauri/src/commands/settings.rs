//! The settings screen, which says the same as `station.toml`.

use tauri::State;
use viruj_api::station::{CommandError, Preferences, SaveSettings, StationSettings};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn settings(shell: State<'_, Shell>) -> Result<StationSettings, CommandError> {
    shell.settings_view()
}

/// Keeps the choice and starts anew with it; a choice that cannot work is refused and nothing changes.
#[tauri::command]
#[specta::specta]
pub async fn save_settings(shell: State<'_, Shell>, settings: SaveSettings) -> Result<StationSettings, CommandError> {
    shell.save_settings(settings).await
}

#[tauri::command]
#[specta::specta]
pub async fn save_preferences(shell: State<'_, Shell>, preferences: Preferences) -> Result<(), CommandError> {
    shell.save_preferences(preferences)
}
