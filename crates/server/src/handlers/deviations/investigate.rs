use axum::extract::State;
use viruj_api::deviations::{Deviation, DeviationStepRequest};
use viruj_domain::deviation::DeviationStep;

use super::step_on;
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Take the investigation on
///
/// Whoever does is one of the investigators from then on, and neither reviews nor approves.
#[utoipa::path(post, path = "/api/v1/deviations/{deviation_id}/investigate", operation_id = "deviations_investigate",
    tag = "deviations",
    params(("deviation_id" = String, Path, description = "The deviation's id"),
        ("If-Match" = String, Header, description = "The tag of the deviation that was shown")),
    request_body = DeviationStepRequest,
    responses((status = 200, description = "The deviation as it is now", body = Deviation,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn investigate(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<DeviationStepRequest>,
) -> Result<Tagged<Deviation>, ApiError> {
    step_on(&app, &caller, (&id, &if_match), &request, DeviationStep::BeginInvestigation).await
}
