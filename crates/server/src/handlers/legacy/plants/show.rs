use axum::{Json, extract::State};
use viruj_api::legacy::plants::Plant;
use viruj_storage::legacy_plants;

use crate::{application::AppState, caller::Caller, error::ApiError, extract::Segment, handlers::legacy::not_found};

/// One plant
#[utoipa::path(get, path = "/api/plants/{plant_id}", operation_id = "legacy_plants_show", tag = "legacy",
    params(("plant_id" = String, Path, description = "The plant's id")),
    responses((status = 200, description = "The plant", body = Plant)))]
pub async fn show(State(app): State<AppState>, caller: Caller, Segment(id): Segment) -> Result<Json<Plant>, ApiError> {
    // PostgreSQL knows no text with a zero byte, so no plant has such an id.
    let plants = if id.contains('\0') {
        Vec::new()
    } else {
        legacy_plants::list(&app.database, &caller.scope, Some(&id)).await?
    };
    plants.into_iter().next().map(Json).ok_or_else(|| not_found("Plant"))
}
