use axum::{Json, extract::State};
use http::StatusCode;
use viruj_api::backups::{Backup, BackupCause};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    kept_backups::{self, KeepError},
};

/// Take a backup
///
/// Answers when the file is whole and on the disk: 409 `backup_not_configured` when the server was not told for whom and
/// where, 409 `backup_running` while another one is taken. When the request is given up, the backup goes on.
#[utoipa::path(post, path = "/api/v1/backups", operation_id = "backups_take", tag = "backups",
    responses((status = 201, description = "The backup", body = Backup)))]
pub async fn take(State(app): State<AppState>, caller: Caller) -> Result<(StatusCode, Json<Backup>), ApiError> {
    let person = caller.person.id.0.clone();
    // A large database takes longer than a request has.
    let taking = tokio::spawn(async move { kept_backups::keep(&app, BackupCause::Person, Some(&person)).await });
    let taken = taking.await.map_err(ApiError::internal)?.map_err(|error| match error {
        KeepError::NotConfigured => ProblemCode::BackupNotConfigured.into(),
        KeepError::Running => ProblemCode::BackupRunning.into(),
        KeepError::Failed(error) => ApiError::new(ProblemCode::BackupFailed).caused_by(error),
        KeepError::Storage(error) => error.into(),
    })?;
    let whole = taken.outcome.ok();
    let backup = Backup {
        id: taken.id,
        recovery_point: taken.recovery_point,
        finished_at: taken.finished_at,
        cause: taken.cause,
        requested_by_name: Some(caller.person.name),
        file_name: taken.file_name,
        size_bytes: whole.as_ref().map(|whole| whole.size_bytes.to_string()),
        row_count: whole.as_ref().map(|whole| whole.row_count.to_string()),
        sha256: whole.map(|whole| whole.sha256),
        failure: None,
    };
    Ok((StatusCode::CREATED, Json(backup)))
}
