use axum::{Json, extract::State};
use viruj_api::releases::ReleaseRow;
use viruj_storage::releases;

use crate::{application::AppState, caller::Caller, error::ApiError};

/// Releases of the station's program
///
/// The highest version first, those that are paused and withdrawn too.
#[utoipa::path(get, path = "/api/v1/releases", operation_id = "releases_list", tag = "releases",
    responses((status = 200, description = "All of them", body = Vec<ReleaseRow>)))]
pub async fn list(State(app): State<AppState>, _: Caller) -> Result<Json<Vec<ReleaseRow>>, ApiError> {
    Ok(Json(releases::list(&app.database).await?.into_iter().map(|release| release.row).collect()))
}
