//! Batches and the entries of their phases, from the local store.

use tauri::State;
use viruj_api::station::{
    BatchList, BatchListQuery, BatchView, CheckNumber, CheckResource, CommandError, EntryReceipt, NumberCheck,
    RecordEntry, ResourceCheck,
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_batches(shell: State<'_, Shell>, query: BatchListQuery) -> Result<BatchList, CommandError> {
    Ok(shell.core()?.list_batches(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn open_batch(shell: State<'_, Shell>, batch_id: String) -> Result<BatchView, CommandError> {
    Ok(shell.core()?.open_batch(&batch_id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn check_number(shell: State<'_, Shell>, input: CheckNumber) -> Result<NumberCheck, CommandError> {
    Ok(shell.core()?.check_number(&input).await?)
}

/// Answers only after the entry is durable on this station.
#[tauri::command]
#[specta::specta]
pub async fn record_entry(shell: State<'_, Shell>, entry: RecordEntry) -> Result<EntryReceipt, CommandError> {
    Ok(shell.core()?.record_entry(entry).await?)
}

/// Says whether a lot or a piece of equipment may be taken for a step; nothing is recorded.
#[tauri::command]
#[specta::specta]
pub async fn check_resource(shell: State<'_, Shell>, input: CheckResource) -> Result<ResourceCheck, CommandError> {
    Ok(shell.core()?.check_resource(&input).await?)
}
