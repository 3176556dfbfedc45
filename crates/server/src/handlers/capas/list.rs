use axum::{Json, extract::State};
use viruj_api::{
    capas::{CapaQuery, CapaRow},
    lists::Page,
};
use viruj_storage::capas;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Corrective and preventive actions
///
/// The next due first, those of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/capas", operation_id = "capas_list", tag = "capas",
    params(CapaQuery),
    responses((status = 200, description = "One page", body = Page<CapaRow>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<CapaQuery>,
) -> Result<Json<Page<CapaRow>>, ApiError> {
    Ok(Json(capas::list(&app.database, &reader.scope, &query).await?))
}
