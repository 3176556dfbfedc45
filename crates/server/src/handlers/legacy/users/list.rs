use axum::{Json, extract::State};
use viruj_api::legacy::UserEntry;
use viruj_storage::legacy_users;

use crate::{application::AppState, error::ApiError, handlers::legacy::entry};

/// Everybody
///
/// By role and name.
#[utoipa::path(get, path = "/api/users", operation_id = "legacy_users_list", tag = "legacy",
    responses((status = 200, description = "Everybody who has an account", body = Vec<UserEntry>)))]
pub async fn list(State(app): State<AppState>) -> Result<Json<Vec<UserEntry>>, ApiError> {
    Ok(Json(legacy_users::list(&app.database).await?.into_iter().map(entry).collect()))
}
