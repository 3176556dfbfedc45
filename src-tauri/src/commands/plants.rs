//! Plants with their figures; every command needs the server.

use tauri::State;
use viruj_api::station::{
    CommandError,
    administration::{NewPlant, PlantChange, PlantDetails, PlantItem, PlantList},
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_plants(shell: State<'_, Shell>) -> Result<PlantList, CommandError> {
    Ok(shell.core()?.list_plants().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn open_plant(shell: State<'_, Shell>, plant_id: String) -> Result<PlantDetails, CommandError> {
    Ok(shell.core()?.open_plant(&plant_id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn create_plant(shell: State<'_, Shell>, plant: NewPlant) -> Result<PlantItem, CommandError> {
    Ok(shell.core()?.create_plant(&plant).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn change_plant(shell: State<'_, Shell>, change: PlantChange) -> Result<(), CommandError> {
    Ok(shell.core()?.change_plant(&change).await?)
}
