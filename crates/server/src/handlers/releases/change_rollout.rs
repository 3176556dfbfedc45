use axum::{Json, extract::State};
use uuid::Uuid;
use viruj_api::releases::{ChangeRollout, ReleaseRow};
use viruj_domain::{
    ids::ReleaseId,
    person,
    release::{Rollout, RolloutState},
};
use viruj_storage::releases;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::{Body, Segment},
    releases::rollout,
};

/// Take a release further, or stop it
///
/// A paused release is offered to nobody; stations that have it keep it. A withdrawn one stays so: 400 `step_not_allowed`.
/// There is no way back to a lower version: what a release did is undone by a higher one.
#[utoipa::path(post, path = "/api/v1/releases/{release_id}/rollout", operation_id = "releases_change_rollout",
    tag = "releases",
    params(("release_id" = String, Path, description = "The release's id")),
    request_body = ChangeRollout,
    responses((status = 200, description = "The release as it is now", body = ReleaseRow)))]
pub async fn change_rollout(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<ChangeRollout>,
) -> Result<Json<ReleaseRow>, ApiError> {
    let id = id.parse::<Uuid>().map(ReleaseId).map_err(|_| ProblemCode::NotFound)?;
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let mut unit = app.begin_for(&caller.person.id, reason).await?;
    let found = releases::lock(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    let now = rollout(&found);
    let wanted = Rollout {
        state: request.state.unwrap_or(now.state),
        ring: request.ring.unwrap_or(now.ring),
        percentage: request.percentage.unwrap_or(now.percentage),
    };
    if !now.state.may_become(wanted.state) || now.state == RolloutState::Withdrawn && wanted != now {
        return Err(ProblemCode::StepNotAllowed.into());
    }
    if !(1..=100).contains(&wanted.percentage) {
        return Err(ProblemCode::PercentageInvalid.into());
    }
    if wanted != now {
        let because = (wanted.state != RolloutState::Running).then_some(reason);
        releases::set_rollout(&mut unit, id, wanted, because).await?;
    }
    let changed = releases::lock(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    unit.commit().await?;
    Ok(Json(changed.row))
}
