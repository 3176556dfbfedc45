use axum::{Json, extract::State};
use viruj_api::{
    lists::Page,
    lots::{LotQuery, LotRow},
};
use viruj_storage::lots;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Lots
///
/// By material and number, those of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/lots", operation_id = "lots_list", tag = "lots",
    params(LotQuery),
    responses((status = 200, description = "One page", body = Page<LotRow>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<LotQuery>,
) -> Result<Json<Page<LotRow>>, ApiError> {
    Ok(Json(lots::list(&app.database, &reader.scope, &query).await?))
}
