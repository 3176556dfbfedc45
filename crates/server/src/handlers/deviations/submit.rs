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

/// Submit the investigation
///
/// For the manager's review; 422 with the code of what is missing: root cause, disposition, its reason, or for a High or
/// Critical deviation a corrective or preventive action or the reason why none is needed.
#[utoipa::path(post, path = "/api/v1/deviations/{deviation_id}/submit", operation_id = "deviations_submit",
    tag = "deviations",
    params(("deviation_id" = String, Path, description = "The deviation's id"),
        ("If-Match" = String, Header, description = "The tag of the deviation that was shown")),
    request_body = DeviationStepRequest,
    responses((status = 200, description = "The deviation as it is now", body = Deviation,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn submit(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<DeviationStepRequest>,
) -> Result<Tagged<Deviation>, ApiError> {
    step_on(&app, &caller, (&id, &if_match), &request, DeviationStep::Submit).await
}
