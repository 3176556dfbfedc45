//! A System Admin registers the station's key at the server, once.

use tauri::State;
use viruj_api::station::{CommandError, PlantOption, StationRegistration};

use crate::shell::Shell;

/// The plants that the server knows; asked after a System Admin has signed in.
#[tauri::command]
#[specta::specta]
pub async fn registration_plants(shell: State<'_, Shell>) -> Result<Vec<PlantOption>, CommandError> {
    Ok(shell.core()?.registration_plants().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn register_station(shell: State<'_, Shell>, station: StationRegistration) -> Result<(), CommandError> {
    shell.register_station(station).await
}
