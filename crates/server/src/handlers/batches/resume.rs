use axum::extract::State;
use viruj_api::batches::{BatchReason, BatchRow};
use viruj_domain::batch::BatchStep;

use super::take;
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Take a batch off hold
///
/// It goes on where it was stopped. A batch that the legacy system put on hold, or wrote down as blocked, goes on as far
/// as its record has come.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/resume", operation_id = "batches_resume", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("If-Match" = String, Header, description = "The tag of the batch that was shown")),
    request_body = BatchReason,
    responses((status = 200, description = "The batch as it is now", body = BatchRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn resume(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<BatchReason>,
) -> Result<Tagged<BatchRow>, ApiError> {
    take(&app, &caller, id, &if_match, (BatchStep::Resume, &request.reason)).await
}
