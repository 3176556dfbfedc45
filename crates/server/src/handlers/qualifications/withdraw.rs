use axum::extract::State;
use viruj_api::qualifications::{QualificationRow, WithdrawQualification};
use viruj_domain::qualification::QualificationStep;

use super::take;
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Withdraw a qualification
///
/// It does not hold from now on; what the person has done stays.
#[utoipa::path(post, path = "/api/v1/qualifications/{qualification_id}/withdraw",
    operation_id = "qualifications_withdraw", tag = "qualifications",
    params(("qualification_id" = String, Path, description = "The qualification's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = WithdrawQualification,
    responses((status = 200, description = "The qualification as it is now", body = QualificationRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn withdraw(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<WithdrawQualification>,
) -> Result<Tagged<QualificationRow>, ApiError> {
    take(&app, &caller, (&id, &if_match), (QualificationStep::Withdraw, &request.reason)).await
}
