//! Master batch records; every command but the check needs the server.

use tauri::{AppHandle, State};
use uuid::Uuid;
use viruj_api::{
    master_records::DifferenceList,
    station::{
        CommandError,
        master_records::{
            CompareMasterRecords, MasterRecordEdit, MasterRecordExport, MasterRecordImport, MasterRecordImportOutcome,
            MasterRecordList, MasterRecordListQuery, MasterRecordView, NewMasterRecord, TakeMasterRecordStep,
        },
    },
};
use viruj_domain::master::{Fault, Procedure};

use super::export_folder;
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_master_records(
    shell: State<'_, Shell>,
    query: MasterRecordListQuery,
) -> Result<MasterRecordList, CommandError> {
    Ok(shell.core()?.list_master_records(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn master_record(shell: State<'_, Shell>, id: Uuid) -> Result<MasterRecordView, CommandError> {
    Ok(shell.core()?.master_record(id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn create_master_record(
    shell: State<'_, Shell>,
    record: NewMasterRecord,
) -> Result<MasterRecordView, CommandError> {
    Ok(shell.core()?.create_master_record(&record).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn edit_master_record(
    shell: State<'_, Shell>,
    edit: MasterRecordEdit,
) -> Result<MasterRecordView, CommandError> {
    Ok(shell.core()?.edit_master_record(&edit).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn check_procedure(shell: State<'_, Shell>, procedure: Procedure) -> Result<Vec<Fault>, CommandError> {
    Ok(shell.core()?.check_procedure(&procedure)?)
}

#[tauri::command]
#[specta::specta]
pub async fn take_master_record_step(
    shell: State<'_, Shell>,
    step: TakeMasterRecordStep,
) -> Result<MasterRecordView, CommandError> {
    Ok(shell.core()?.take_master_record_step(&step).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn compare_master_records(
    shell: State<'_, Shell>,
    compare: CompareMasterRecords,
) -> Result<DifferenceList, CommandError> {
    Ok(shell.core()?.compare_master_records(&compare).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn import_master_record(
    shell: State<'_, Shell>,
    file: MasterRecordImport,
) -> Result<MasterRecordImportOutcome, CommandError> {
    Ok(shell.core()?.import_master_record(&file).await?)
}

/// Writes a new file into the downloads of whoever owns the computer's session, and answers where it lies.
#[tauri::command]
#[specta::specta]
pub async fn export_master_record(
    app: AppHandle,
    shell: State<'_, Shell>,
    id: Uuid,
) -> Result<MasterRecordExport, CommandError> {
    Ok(shell.core()?.export_master_record(id, &export_folder(&app)?).await?)
}
