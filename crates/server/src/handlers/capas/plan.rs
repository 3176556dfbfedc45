use axum::extract::State;
use viruj_api::capas::{Capa, PlanCapa};
use viruj_domain::deviation::capa::CapaStep;
use viruj_storage::capas;

use super::{check_owner, finish, id_of, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::deviations::{begin, reason_of, required_text},
};

/// Plan the action
///
/// What is to be done, by whom and until when; the plan may be changed as long as the action is not done.
/// The owner is somebody active who sees the plant: 422 `owner_unknown`.
#[utoipa::path(post, path = "/api/v1/capas/{capa_id}/plan", operation_id = "capas_plan", tag = "capas",
    params(("capa_id" = String, Path, description = "The action's id"),
        ("If-Match" = String, Header, description = "The tag of the action that was shown")),
    request_body = PlanCapa,
    responses((status = 200, description = "The action as it is now", body = Capa,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn plan(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<PlanCapa>,
) -> Result<Tagged<Capa>, ApiError> {
    let id = id_of(&id)?;
    let mut unit = begin(&app, &caller, reason_of(&request.reason)?).await?;
    required_text(&request.action)?;
    let (stored, status) = locked(&mut unit, &caller, id, &if_match, CapaStep::Plan).await?;
    check_owner(&mut unit, &request.owner_id, &stored.row.plant_id).await?;
    capas::plan(&mut unit, id, status, &request).await?;
    finish(unit, id).await
}
