use axum::{Json, extract::State};
use viruj_api::lists::{Page, PageQuery, QualityTest};
use viruj_storage::lists;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Quality tests
///
/// Newest first, of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/quality-tests", operation_id = "quality_tests_list", tag = "lists", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<QualityTest>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<QualityTest>>, ApiError> {
    Ok(Json(lists::quality_tests(&app.database, &reader.scope, &query).await?))
}
