use axum::extract::State;
use viruj_api::plants::{ChangePlant, Plant};
use viruj_domain::{
    ids::{PlantId, UserId},
    person,
};
use viruj_storage::{
    UnitOfWork,
    plants::{self, Changed},
    users,
};

use super::{checked, etag};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Change a plant
///
/// Needs a reason and, in `If-Match`, the tag that the change was made from. Whoever manages a plant sees it.
#[utoipa::path(put, path = "/api/v1/plants/{plant_id}", operation_id = "plants_change", tag = "plants",
    params(("plant_id" = String, Path, description = "The plant's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = ChangePlant,
    responses((status = 200, description = "The plant as it is now", body = Plant,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<ChangePlant>,
) -> Result<Tagged<Plant>, ApiError> {
    let id = PlantId(id);
    if !caller.scope.sees(&id) {
        return Err(ProblemCode::NotFound.into());
    }
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let mut unit = app.begin_for(&caller.person.id, reason).await?;
    let plant = plants::lock(&mut unit, &id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&etag(&plant)?)?;
    let (name, region, time_zone) = checked(&request.name, &request.region, &request.time_zone)?;
    let manager_id = request.manager_id.as_ref();
    if manager_id != plant.manager_id.as_ref()
        && let Some(manager) = manager_id
    {
        refuse_unfit_manager(&mut unit, &caller, manager).await?;
    }
    plants::change(&mut unit, &id, &Changed { name, region, time_zone, manager_id }).await?;
    let plant = plants::lock(&mut unit, &id).await?.ok_or_else(|| ApiError::internal("the plant is gone"))?;
    unit.commit().await?;
    Ok(Tagged::ok(etag(&plant)?, plant))
}

/// A manager is somebody who is active and whom the caller manages: managing a plant widens what a person sees.
async fn refuse_unfit_manager(unit: &mut UnitOfWork, caller: &Caller, manager: &UserId) -> Result<(), ApiError> {
    let found = users::find_in(unit, manager).await?;
    match found.filter(|user| user.is_active && users::is_managed_in(&caller.scope, user)) {
        Some(_) => Ok(()),
        None => Err(ProblemCode::ManagerUnknown.into()),
    }
}
