use axum::{Json, extract::State};
use viruj_api::lists::{Page, PageQuery, QualityTest};
use viruj_storage::lists;

use crate::{application::AppState, caller::Caller, error::ApiError, extract::Query};

/// Quality tests
///
/// Newest first, of the plants that the person sees.
#[utoipa::path(get, path = "/api/v1/quality-tests", operation_id = "quality_tests_list", tag = "lists", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<QualityTest>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<QualityTest>>, ApiError> {
    Ok(Json(lists::quality_tests(&app.database, &caller.scope, &query).await?))
}
