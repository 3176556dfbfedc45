use axum::{Json, extract::State};
use viruj_api::lists::{Material, Page, PageQuery};
use viruj_storage::lists;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Materials
///
/// Newest first, of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/materials", operation_id = "materials_list", tag = "lists", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<Material>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Material>>, ApiError> {
    Ok(Json(lists::materials(&app.database, &reader.scope, &query).await?))
}
