use axum::extract::State;
use http::StatusCode;
use viruj_api::reviews::BatchReview;
use viruj_domain::ids::BatchId;
use viruj_storage::reviews;

use super::tagged;
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
};

/// The review of a batch
///
/// What is out of the ordinary, each with what it is about and what was said of it; questions, tests, signatures, and
/// everything that stands against the release.
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}/review", operation_id = "reviews_show", tag = "reviews",
    params(("batch_id" = String, Path, description = "The batch's id")),
    responses((status = 200, description = "The review", body = BatchReview,
        headers(("ETag" = String, description = "The tag of the batch, which a decision overwrites")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Tagged<BatchReview>, ApiError> {
    let review = reviews::find(&app.database, &reader.scope, &BatchId(id)).await?.ok_or(ProblemCode::NotFound)?;
    Ok(tagged(StatusCode::OK, review))
}
