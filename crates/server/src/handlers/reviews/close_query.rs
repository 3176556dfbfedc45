use axum::extract::State;
use viruj_api::{record_signing::SignRecord, reviews::BatchReview};
use viruj_domain::ids::BatchId;

use super::{deciding, query_id};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segments},
};

/// Close an answered question
///
/// Signed by quality assurance; bound to question and answer as they were shown: 409 `content_differs` for others.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/review/queries/{query_id}/close",
    operation_id = "reviews_close_query", tag = "reviews",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("query_id" = String, Path, description = "The query's id"),
        ("If-Match" = String, Header, description = "The tag of the query that was shown: its version in quotes")),
    request_body = SignRecord,
    responses((status = 200, description = "The review as it is now", body = BatchReview,
        headers(("ETag" = String, description = "The tag of the batch")))))]
pub async fn close_query(
    State(app): State<AppState>,
    caller: Caller,
    Segments(id, query): Segments,
    if_match: IfMatch,
    Body(request): Body<SignRecord>,
) -> Result<Tagged<BatchReview>, ApiError> {
    deciding::close_query(&app, &caller, (&BatchId(id), query_id(&query)?, &if_match), &request).await
}
