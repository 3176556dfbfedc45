//! Batches and the entries of their phases, from the local store; making, holding and their history need the server.

use tauri::{AppHandle, State};
use uuid::Uuid;
use viruj_api::station::{
    BatchList, BatchListQuery, BatchRecordFiles, BatchView, CheckNumber, CheckResource, CommandError, EntryReceipt,
    NumberCheck, RecordEntry, ResourceCheck, SavedFile,
    batch_steps::{
        BatchHistory, BatchHistoryQuery, BatchProposal, MadeBatch, MakeBatch, MakeableProduct, TakeBatchStep,
    },
    finding::Found,
};
use viruj_domain::ids::OperationId;

use super::export_folder;
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_batches(shell: State<'_, Shell>, query: BatchListQuery) -> Result<BatchList, CommandError> {
    Ok(shell.core()?.list_batches(&query).await?)
}

/// Batches and lots whose words begin as what was typed.
#[tauri::command]
#[specta::specta]
pub async fn find(shell: State<'_, Shell>, text: String) -> Result<Found, CommandError> {
    Ok(shell.core()?.find(&text).await?)
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

/// Writes the file of an entry into the downloads of whoever owns the computer's session, and answers where it lies.
#[tauri::command]
#[specta::specta]
pub async fn save_attachment(
    app: AppHandle,
    shell: State<'_, Shell>,
    batch_id: String,
    operation_id: Uuid,
) -> Result<SavedFile, CommandError> {
    let operation = OperationId(operation_id);
    Ok(shell.core()?.save_attachment(&batch_id, operation, &export_folder(&app)?).await?)
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

#[tauri::command]
#[specta::specta]
pub async fn makeable_products(shell: State<'_, Shell>) -> Result<Vec<MakeableProduct>, CommandError> {
    Ok(shell.core()?.makeable_products().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn propose_batch(shell: State<'_, Shell>, master_record_id: Uuid) -> Result<BatchProposal, CommandError> {
    Ok(shell.core()?.propose_batch(master_record_id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn make_batch(shell: State<'_, Shell>, batch: MakeBatch) -> Result<MadeBatch, CommandError> {
    Ok(shell.core()?.make_batch(&batch).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn take_batch_step(shell: State<'_, Shell>, step: TakeBatchStep) -> Result<BatchView, CommandError> {
    Ok(shell.core()?.take_batch_step(&step).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn batch_history(shell: State<'_, Shell>, query: BatchHistoryQuery) -> Result<BatchHistory, CommandError> {
    Ok(shell.core()?.batch_history(&query).await?)
}
