use axum::extract::State;
use viruj_api::{record_signing::SignRecord, reviews::BatchReview};
use viruj_domain::{ids::BatchId, review::ReviewStep};

use super::deciding::decide;
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Release a batch
///
/// Signed by a person who neither worked on the batch nor reviewed it: 409 `own_work`, `own_review`. 409 `blockers_remain` lists
/// everything that stands against it. From then on the batch's documents are kept as they are.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/release", operation_id = "reviews_release", tag = "reviews",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("If-Match" = String, Header, description = "The tag of the batch that was shown")),
    request_body = SignRecord,
    responses((status = 200, description = "The review as it is now", body = BatchReview,
        headers(("ETag" = String, description = "The tag of the batch")))))]
pub async fn release(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<SignRecord>,
) -> Result<Tagged<BatchReview>, ApiError> {
    decide(&app, &caller, (&BatchId(id), &if_match), &request, ReviewStep::Release).await
}
