use axum::extract::State;
use viruj_api::capas::{Capa, ReportCapaDone};
use viruj_domain::deviation::capa::CapaStep;
use viruj_storage::capas;

use super::{finish, id_of, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::{
        deviations::{begin, reason_of},
        sessions::now,
    },
};

/// Report that the action is done
///
/// By its owner, or by somebody who manages actions; the note says how. Whether it has helped, somebody else judges.
#[utoipa::path(post, path = "/api/v1/capas/{capa_id}/done", operation_id = "capas_done", tag = "capas",
    params(("capa_id" = String, Path, description = "The action's id"),
        ("If-Match" = String, Header, description = "The tag of the action that was shown")),
    request_body = ReportCapaDone,
    responses((status = 200, description = "The action as it is now", body = Capa,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn done(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<ReportCapaDone>,
) -> Result<Tagged<Capa>, ApiError> {
    let id = id_of(&id)?;
    let note = reason_of(&request.note)?;
    let mut unit = begin(&app, &caller, note).await?;
    let (_, status) = locked(&mut unit, &caller, id, &if_match, CapaStep::ReportDone).await?;
    capas::report_done(&mut unit, id, status, note, (&caller.person.id, now(&app))).await?;
    finish(unit, id).await
}
