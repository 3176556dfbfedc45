use axum::{Json, extract::State};
use viruj_api::lists::{Page, PageQuery, QualitySample};
use viruj_storage::lists;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Quality samples
///
/// Newest first, of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/quality-samples", operation_id = "quality_samples_list", tag = "lists", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<QualitySample>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<QualitySample>>, ApiError> {
    Ok(Json(lists::quality_samples(&app.database, &reader.scope, &query).await?))
}
