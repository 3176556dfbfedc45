//! Pieces of equipment and their logs; every command needs the server.

use tauri::State;
use uuid::Uuid;
use viruj_api::station::{
    CommandError,
    resources::{ActOnEquipment, EquipmentChange, EquipmentList, EquipmentListQuery, EquipmentView, NewEquipment},
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_equipment(shell: State<'_, Shell>, query: EquipmentListQuery) -> Result<EquipmentList, CommandError> {
    Ok(shell.core()?.list_equipment(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn equipment(shell: State<'_, Shell>, id: Uuid) -> Result<EquipmentView, CommandError> {
    Ok(shell.core()?.equipment(id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn create_equipment(shell: State<'_, Shell>, equipment: NewEquipment) -> Result<EquipmentView, CommandError> {
    Ok(shell.core()?.create_equipment(&equipment).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn change_equipment(shell: State<'_, Shell>, change: EquipmentChange) -> Result<EquipmentView, CommandError> {
    Ok(shell.core()?.change_equipment(&change).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn act_on_equipment(shell: State<'_, Shell>, wanted: ActOnEquipment) -> Result<EquipmentView, CommandError> {
    Ok(shell.core()?.act_on_equipment(&wanted).await?)
}
