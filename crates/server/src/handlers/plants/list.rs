use axum::{Json, extract::State};
use viruj_api::{
    lists::Page,
    plants::{Plant, PlantQuery},
};
use viruj_storage::plants;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Plants
///
/// By name, those that the reader sees, with what there is in them.
#[utoipa::path(get, path = "/api/v1/plants", operation_id = "plants_list", tag = "plants", params(PlantQuery),
    responses((status = 200, description = "One page", body = Page<Plant>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<PlantQuery>,
) -> Result<Json<Page<Plant>>, ApiError> {
    Ok(Json(plants::list(&app.database, &reader.scope, &query).await?))
}
