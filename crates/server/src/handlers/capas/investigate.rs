use axum::extract::State;
use viruj_api::capas::{Capa, CapaStepRequest};
use viruj_domain::deviation::capa::CapaStep;
use viruj_storage::capas;

use super::{finish, id_of, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::deviations::{begin, reason_of},
};

/// Begin to look into what would help
#[utoipa::path(post, path = "/api/v1/capas/{capa_id}/investigate", operation_id = "capas_investigate", tag = "capas",
    params(("capa_id" = String, Path, description = "The action's id"),
        ("If-Match" = String, Header, description = "The tag of the action that was shown")),
    request_body = CapaStepRequest,
    responses((status = 200, description = "The action as it is now", body = Capa,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn investigate(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<CapaStepRequest>,
) -> Result<Tagged<Capa>, ApiError> {
    let id = id_of(&id)?;
    let mut unit = begin(&app, &caller, reason_of(&request.reason)?).await?;
    let (_, status) = locked(&mut unit, &caller, id, &if_match, CapaStep::BeginInvestigation).await?;
    capas::set_status(&mut unit, id, status).await?;
    finish(unit, id).await
}
