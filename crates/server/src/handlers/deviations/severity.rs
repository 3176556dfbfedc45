use axum::extract::State;
use viruj_api::deviations::{ChangeSeverity, Deviation};
use viruj_domain::deviation::DeviationStep;
use viruj_storage::deviations;

use super::{begin, finish, id_of, locked, reason_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Judge anew how much it may harm
///
/// With a reason, until the manager has signed the review.
#[utoipa::path(post, path = "/api/v1/deviations/{deviation_id}/severity", operation_id = "deviations_severity",
    tag = "deviations",
    params(("deviation_id" = String, Path, description = "The deviation's id"),
        ("If-Match" = String, Header, description = "The tag of the deviation that was shown")),
    request_body = ChangeSeverity,
    responses((status = 200, description = "The deviation as it is now", body = Deviation,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn severity(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<ChangeSeverity>,
) -> Result<Tagged<Deviation>, ApiError> {
    let id = id_of(&id)?;
    let mut unit = begin(&app, &caller, reason_of(&request.reason)?).await?;
    locked(&mut unit, &caller, id, &if_match, DeviationStep::ChangeSeverity).await?;
    deviations::change_severity(&mut unit, id, request.severity).await?;
    finish(unit, id).await
}
