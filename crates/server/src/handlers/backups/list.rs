use axum::{Json, extract::State};
use viruj_api::backups::Backups;
use viruj_storage::backup;

use crate::{application::AppState, error::ApiError};

/// The newest ones are enough to see whether the nights are kept.
const SHOWN: u32 = 50;

/// Backups
///
/// The newest 50, those that failed among them, and a warning when somebody must do something.
#[utoipa::path(get, path = "/api/v1/backups", operation_id = "backups_list", tag = "backups",
    responses((status = 200, description = "The newest backups", body = Backups)))]
pub async fn list(State(app): State<AppState>) -> Result<Json<Backups>, ApiError> {
    Ok(Json(read(&app).await?))
}

async fn read(app: &AppState) -> Result<Backups, ApiError> {
    let last = backup::last_success(&app.database).await?;
    Ok(Backups {
        items: backup::recent(&app.database, SHOWN).await?,
        folder: app.backups.settings().map(|settings| settings.folder.display().to_string()),
        last_recovery_point: last,
        warning: app.backups.warning(last, app.clock.now()),
    })
}
