//! Who is qualified for what; every command but that of the candidates needs the server.

use tauri::State;
use uuid::Uuid;
use viruj_api::station::{
    CommandError,
    resources::{
        NewQualification, QualificationCandidate, QualificationChange, QualificationItem, QualificationList,
        QualificationListQuery,
    },
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_qualifications(
    shell: State<'_, Shell>,
    query: QualificationListQuery,
) -> Result<QualificationList, CommandError> {
    Ok(shell.core()?.list_qualifications(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn qualification(shell: State<'_, Shell>, id: Uuid) -> Result<QualificationItem, CommandError> {
    Ok(shell.core()?.qualification(id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn qualification_candidates(shell: State<'_, Shell>) -> Result<Vec<QualificationCandidate>, CommandError> {
    Ok(shell.core()?.qualification_candidates().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn grant_qualification(
    shell: State<'_, Shell>,
    grant: NewQualification,
) -> Result<QualificationItem, CommandError> {
    Ok(shell.core()?.grant_qualification(&grant).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn change_qualification(
    shell: State<'_, Shell>,
    change: QualificationChange,
) -> Result<QualificationItem, CommandError> {
    Ok(shell.core()?.change_qualification(&change).await?)
}
