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

/// Sign the review of a batch
///
/// By quality assurance, once everything out of the ordinary was judged and every question closed: 409 `blockers_remain` lists
/// what is missing. Bound to the record as it was shown: 409 `content_differs` for another one.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/review/sign", operation_id = "reviews_sign", tag = "reviews",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("If-Match" = String, Header, description = "The tag of the batch that was shown")),
    request_body = SignRecord,
    responses((status = 200, description = "The review as it is now", body = BatchReview,
        headers(("ETag" = String, description = "The tag of the batch")))))]
pub async fn sign(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<SignRecord>,
) -> Result<Tagged<BatchReview>, ApiError> {
    decide(&app, &caller, (&BatchId(id), &if_match), &request, ReviewStep::Sign).await
}
