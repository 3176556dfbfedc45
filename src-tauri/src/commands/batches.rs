//! Batches and the entries of their phases, from the local store.

use tauri::{AppHandle, State};
use viruj_api::station::{
    BatchList, BatchListQuery, BatchRecordFiles, BatchView, CheckNumber, CommandError, EntryReceipt, NumberCheck,
    RecordEntry,
};

use super::export_folder;
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

/// Writes new files into the downloads of whoever owns the computer's session, and answers where they lie.
#[tauri::command]
#[specta::specta]
pub async fn write_batch_record(
    app: AppHandle,
    shell: State<'_, Shell>,
    batch_id: String,
) -> Result<BatchRecordFiles, CommandError> {
    Ok(shell.core()?.write_batch_record(&batch_id, &export_folder(&app)?).await?)
}

/// Answers only after the entry is durable on this station.
#[tauri::command]
#[specta::specta]
pub async fn record_entry(shell: State<'_, Shell>, entry: RecordEntry) -> Result<EntryReceipt, CommandError> {
    Ok(shell.core()?.record_entry(entry).await?)
}
