//! Deviations, and corrective and preventive actions; every command needs the server.

use tauri::State;
use uuid::Uuid;
use viruj_api::station::{
    CommandError,
    deviations::{
        CapaList, CapaListQuery, CapaView, DeviationEdit, DeviationList, DeviationListQuery, DeviationReport,
        DeviationView, NewCapa, TakeCapaStep, TakeDeviationStep,
    },
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_deviations(
    shell: State<'_, Shell>,
    query: DeviationListQuery,
) -> Result<DeviationList, CommandError> {
    Ok(shell.core()?.list_deviations(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn deviation(shell: State<'_, Shell>, id: Uuid) -> Result<DeviationView, CommandError> {
    Ok(shell.core()?.deviation(id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn report_deviation(shell: State<'_, Shell>, report: DeviationReport) -> Result<DeviationView, CommandError> {
    Ok(shell.core()?.report_deviation(&report).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn edit_deviation(shell: State<'_, Shell>, edit: DeviationEdit) -> Result<DeviationView, CommandError> {
    Ok(shell.core()?.edit_deviation(&edit).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn take_deviation_step(
    shell: State<'_, Shell>,
    step: TakeDeviationStep,
) -> Result<DeviationView, CommandError> {
    Ok(shell.core()?.take_deviation_step(&step).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn list_capas(shell: State<'_, Shell>, query: CapaListQuery) -> Result<CapaList, CommandError> {
    Ok(shell.core()?.list_capas(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn capa(shell: State<'_, Shell>, id: Uuid) -> Result<CapaView, CommandError> {
    Ok(shell.core()?.capa(id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn open_capa(shell: State<'_, Shell>, capa: NewCapa) -> Result<CapaView, CommandError> {
    Ok(shell.core()?.open_capa(&capa).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn take_capa_step(shell: State<'_, Shell>, step: TakeCapaStep) -> Result<CapaView, CommandError> {
    Ok(shell.core()?.take_capa_step(&step).await?)
}
