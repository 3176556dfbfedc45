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

/// Reject: it is no deviation
///
/// Signed by quality assurance with the reason, once somebody else has begun to investigate. What waited for it goes on.
#[utoipa::path(post, path = "/api/v1/deviations/{deviation_id}/reject", operation_id = "deviations_reject",
    tag = "deviations",
    params(("deviation_id" = String, Path, description = "The deviation's id"),
        ("If-Match" = String, Header, description = "The tag of the deviation that was shown")),
    request_body = SignRecord,
    responses((status = 200, description = "The deviation as it is now", body = Deviation,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn reject(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<SignRecord>,
) -> Result<Tagged<Deviation>, ApiError> {
    sign(&app, &caller, (&id, &if_match), &request, DeviationStep::Reject).await
}
