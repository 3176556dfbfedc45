//! Lots of materials; every command needs the server.

use tauri::State;
use uuid::Uuid;
use viruj_api::station::{
    CommandError,
    resources::{DecideOnLot, LotChange, LotList, LotListQuery, LotView, NewLot},
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_lots(shell: State<'_, Shell>, query: LotListQuery) -> Result<LotList, CommandError> {
    Ok(shell.core()?.list_lots(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn lot(shell: State<'_, Shell>, id: Uuid) -> Result<LotView, CommandError> {
    Ok(shell.core()?.lot(id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn create_lot(shell: State<'_, Shell>, lot: NewLot) -> Result<LotView, CommandError> {
    Ok(shell.core()?.create_lot(&lot).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn change_lot(shell: State<'_, Shell>, change: LotChange) -> Result<LotView, CommandError> {
    Ok(shell.core()?.change_lot(&change).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn decide_on_lot(shell: State<'_, Shell>, decision: DecideOnLot) -> Result<LotView, CommandError> {
    Ok(shell.core()?.decide_on_lot(&decision).await?)
}
