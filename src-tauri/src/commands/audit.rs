//! The audit trail: read, exported into the person's downloads, reviewed.

use tauri::{AppHandle, State};
use viruj_api::{
    audit::ExportFormat,
    station::{AuditReviewInput, AuditReviewView, AuditTrailPage, AuditTrailQuery, CommandError},
};

use super::export_folder;
use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn read_audit_trail(
    shell: State<'_, Shell>,
    query: AuditTrailQuery,
    cursor: Option<String>,
) -> Result<AuditTrailPage, CommandError> {
    Ok(shell.core()?.read_audit_trail(&query, cursor).await?)
}

/// Writes a new file into the downloads of whoever owns the computer's session, and answers where it lies.
#[tauri::command]
#[specta::specta]
pub async fn export_audit_trail(
    app: AppHandle,
    shell: State<'_, Shell>,
    query: AuditTrailQuery,
    is_csv: bool,
) -> Result<String, CommandError> {
    let folder = export_folder(&app)?;
    let format = if is_csv { ExportFormat::Csv } else { ExportFormat::JsonLines };
    let path = shell.core()?.export_audit_trail(&query, format, &folder).await?;
    Ok(path.display().to_string())
}

#[tauri::command]
#[specta::specta]
pub async fn review_audit_trail(
    shell: State<'_, Shell>,
    review: AuditReviewInput,
) -> Result<AuditReviewView, CommandError> {
    Ok(shell.core()?.review_audit_trail(&review).await?)
}
