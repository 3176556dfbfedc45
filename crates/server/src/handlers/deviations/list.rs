use axum::{Json, extract::State};
use viruj_api::{
    deviations::{DeviationQuery, DeviationSummary},
    lists::Page,
};
use viruj_storage::deviations;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Deviations
///
/// The newest first, those of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/deviations", operation_id = "deviations_list", tag = "deviations",
    params(DeviationQuery),
    responses((status = 200, description = "One page", body = Page<DeviationSummary>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<DeviationQuery>,
) -> Result<Json<Page<DeviationSummary>>, ApiError> {
    Ok(Json(deviations::list(&app.database, &reader.scope, &query).await?))
}
