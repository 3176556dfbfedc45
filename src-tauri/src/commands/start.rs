//! The first start's one question, and another try after a problem.

use tauri::State;
use viruj_api::station::{CommandError, PlantSetUp};

use crate::{shell::Shell, start::FirstStart};

#[tauri::command]
#[specta::specta]
pub async fn choose_demo(shell: State<'_, Shell>) -> Result<(), CommandError> {
    shell.answer_first_start(FirstStart::Demo).await
}

/// Refuses what is wrong with the form before anything is made.
#[tauri::command]
#[specta::specta]
pub async fn set_up_plant(shell: State<'_, Shell>, plant: PlantSetUp) -> Result<(), CommandError> {
    shell.answer_first_start(FirstStart::Plant(plant)).await
}

#[tauri::command]
#[specta::specta]
pub async fn retry_start(shell: State<'_, Shell>) -> Result<(), CommandError> {
    shell.start();
    Ok(())
}

/// Puts a damaged store aside, never deletes it, and starts anew from the copy of what was recorded.
#[tauri::command]
#[specta::specta]
pub async fn set_store_aside(shell: State<'_, Shell>) -> Result<(), CommandError> {
    shell.set_store_aside().await
}

/// The IANA names that a plant's zone is chosen from.
#[tauri::command]
#[specta::specta]
pub async fn time_zones() -> Result<Vec<String>, CommandError> {
    Ok(viruj_domain::plant::time_zone_names())
}
