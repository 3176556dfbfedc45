use axum::extract::State;
use viruj_api::capas::{Capa, JudgeCapa};
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

/// Judge whether the action has helped
///
/// By somebody who neither owns nor did it: 409 `own_action`. One that did not help is planned anew.
#[utoipa::path(post, path = "/api/v1/capas/{capa_id}/effectiveness", operation_id = "capas_effectiveness", tag = "capas",
    params(("capa_id" = String, Path, description = "The action's id"),
        ("If-Match" = String, Header, description = "The tag of the action that was shown")),
    request_body = JudgeCapa,
    responses((status = 200, description = "The action as it is now", body = Capa,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn effectiveness(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<JudgeCapa>,
) -> Result<Tagged<Capa>, ApiError> {
    let id = id_of(&id)?;
    let note = reason_of(&request.note)?;
    let mut unit = begin(&app, &caller, note).await?;
    let (_, status) = locked(&mut unit, &caller, id, &if_match, CapaStep::Judge(request.effectiveness)).await?;
    let verdict = (request.effectiveness, note);
    capas::judge(&mut unit, id, status, verdict, (&caller.person.id, now(&app))).await?;
    finish(unit, id).await
}
