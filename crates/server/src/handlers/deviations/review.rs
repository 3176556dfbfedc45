use axum::extract::State;
use viruj_api::{deviations::Deviation, record_signing::SignRecord};
use viruj_domain::deviation::DeviationStep;

use super::signing::sign;
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Sign the review
///
/// By a manager who has not investigated: 409 `own_investigation`. It is bound to the content that was shown: 409
/// `content_differs` for another one.
#[utoipa::path(post, path = "/api/v1/deviations/{deviation_id}/review", operation_id = "deviations_review",
    tag = "deviations",
    params(("deviation_id" = String, Path, description = "The deviation's id"),
        ("If-Match" = String, Header, description = "The tag of the deviation that was shown")),
    request_body = SignRecord,
    responses((status = 200, description = "The deviation as it is now", body = Deviation,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn review(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<SignRecord>,
) -> Result<Tagged<Deviation>, ApiError> {
    sign(&app, &caller, (&id, &if_match), &request, DeviationStep::Review).await
}
