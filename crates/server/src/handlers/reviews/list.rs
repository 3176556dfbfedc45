use axum::{Json, extract::State};
use viruj_api::{
    lists::Page,
    reviews::{ReviewListQuery, ReviewSummary},
};
use viruj_storage::reviews;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Batches that wait for quality assurance
///
/// Those that production finished first come first; each with what nobody has judged yet.
#[utoipa::path(get, path = "/api/v1/reviews", operation_id = "reviews_list", tag = "reviews",
    params(ReviewListQuery),
    responses((status = 200, description = "One page", body = Page<ReviewSummary>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<ReviewListQuery>,
) -> Result<Json<Page<ReviewSummary>>, ApiError> {
    Ok(Json(reviews::list(&app.database, &reader.scope, &query).await?))
}
