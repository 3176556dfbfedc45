use axum::{Json, extract::State};
use viruj_api::legacy::plants::Plant;
use viruj_storage::legacy_plants;

use crate::{application::AppState, caller::Caller, error::ApiError};

/// Plants
#[utoipa::path(get, path = "/api/plants", operation_id = "legacy_plants_list", tag = "legacy",
    responses((status = 200, description = "The plants that the person sees", body = Vec<Plant>)))]
pub async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Vec<Plant>>, ApiError> {
    Ok(Json(legacy_plants::list(&app.database, &caller.scope, None).await?))
}
