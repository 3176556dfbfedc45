use axum::extract::State;
use chrono::SubsecRound;
use viruj_api::{capas::Capa, record_signing::SignRecord};
use viruj_domain::deviation::capa::CapaStep;
use viruj_storage::{
    ChangeContext,
    capas::{self, ENTITY},
};

use super::{decide, finish, id_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::{
        deviations::reason_of,
        record_signing::{Signed, Signing},
    },
};

/// Close the action
///
/// Signed, once it was found effective, by somebody who neither owns nor did it. It is bound to the content that was
/// shown: 409 `content_differs` for another one.
#[utoipa::path(post, path = "/api/v1/capas/{capa_id}/close", operation_id = "capas_close", tag = "capas",
    params(("capa_id" = String, Path, description = "The action's id"),
        ("If-Match" = String, Header, description = "The tag of the action that was shown")),
    request_body = SignRecord,
    responses((status = 200, description = "The action as it is now", body = Capa,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn close(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<SignRecord>,
) -> Result<Tagged<Capa>, ApiError> {
    let (id, now) = (id_of(&id)?, app.clock.now().trunc_subsecs(3));
    let reason = reason_of(&request.reason)?;
    let meaning = CapaStep::Close.meaning().ok_or_else(|| ApiError::internal("the step is not signed"))?;
    let seen = capas::find(&app.database, &caller.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    let signing = Signing::from(&request);
    let station = signing.station(&app, &seen.row.plant_id).await?;
    // Said before the password is looked at, and judged again when nobody else can change the action.
    if_match.check(&Etag::counted(seen.row.version))?;
    decide(&caller, caller.person.role, &seen, CapaStep::Close)?;
    signing.is_of(&seen.content_hash()?)?;
    let account = signing.prove(&app, &caller, now).await?;
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason))
    };
    let mut unit = app.database.begin(context).await?;
    let stored = capas::lock(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(stored.row.version))?;
    decide(&caller, account.person.role, &stored, CapaStep::Close)?;
    let content_hash = stored.content_hash()?;
    signing.is_of(&content_hash)?;
    let signed = Signed {
        plant_id: &stored.row.plant_id,
        entity: ENTITY,
        entity_id: &id.to_string(),
        content_hash: &content_hash,
        meaning,
        reason,
    };
    signing.keep(&app, &mut unit, (&caller, &account), signed, now).await?;
    capas::close(&mut unit, id, (&account.person.id, now)).await?;
    finish(unit, id).await
}
