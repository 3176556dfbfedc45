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

/// Put a batch on hold
///
/// From wherever it stands, until quality assurance has decided about it: nothing more is recorded for it.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/hold", operation_id = "batches_hold", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("If-Match" = String, Header, description = "The tag of the batch that was shown")),
    request_body = BatchReason,
    responses((status = 200, description = "The batch as it is now", body = BatchRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn hold(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<BatchReason>,
) -> Result<Tagged<BatchRow>, ApiError> {
    take(&app, &caller, id, &if_match, (BatchStep::Hold, &request.reason)).await
}
