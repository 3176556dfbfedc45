use axum::extract::State;
use viruj_api::qualifications::{QualificationRow, RenewQualification};
use viruj_domain::qualification::QualificationStep;

use super::take;
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Renew a qualification
///
/// The person has been assessed again; one that was withdrawn holds again from now on.
#[utoipa::path(post, path = "/api/v1/qualifications/{qualification_id}/renew", operation_id = "qualifications_renew",
    tag = "qualifications",
    params(("qualification_id" = String, Path, description = "The qualification's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = RenewQualification,
    responses((status = 200, description = "The qualification as it is now", body = QualificationRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn renew(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<RenewQualification>,
) -> Result<Tagged<QualificationRow>, ApiError> {
    let wanted = QualificationStep::Renew { valid_until: request.valid_until };
    take(&app, &caller, (&id, &if_match), (wanted, &request.reason)).await
}
