use axum::{Json, extract::State};
use uuid::Uuid;
use viruj_api::releases::{ChangeRollout, Publisher, ReleaseRow};
use viruj_domain::ids::ReleaseId;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::{Body, Segment},
    releases,
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
    let by = Publisher::Person(caller.person.id);
    Ok(Json(releases::change_rollout(&app, id, &request, &by).await?.row))
}
