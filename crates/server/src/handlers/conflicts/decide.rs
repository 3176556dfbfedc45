use axum::{Json, extract::State};
use chrono::SubsecRound;
use uuid::Uuid;
use viruj_api::{conflicts::Conflict, record_signing::SignRecord};
use viruj_domain::{
    ids::OperationId,
    person::{self, Acting},
    review::{ExceptionKind, check_conflict},
    role::Role,
    signature::SignatureMeaning,
};
use viruj_storage::{
    ChangeContext,
    conflicts::{self, ENTITY},
    reviews::{self, NewDecision},
};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::{Body, Segment},
    handlers::record_signing::{Signed, Signing},
};

/// Decide a conflict
///
/// Quality assurance says, with a signature, why the record may stand as it is: 409 `exception_decided` when somebody else
/// was first, `content_differs` when something else was looked at. Whoever made one of the entries does not decide:
/// 409 `own_work`. What the phase holds is changed by a correction and never by this.
#[utoipa::path(post, path = "/api/v1/conflicts/{operation_id}/decision", operation_id = "conflicts_decide",
    tag = "conflicts",
    params(("operation_id" = String, Path, description = "The operation that is kept without effect")),
    request_body = SignRecord,
    responses((status = 200, description = "The conflict with its decision", body = Conflict)))]
pub async fn decide(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<SignRecord>,
) -> Result<Json<Conflict>, ApiError> {
    let id = OperationId(id.parse().map_err(|_| ProblemCode::NotFound)?);
    let now = app.clock.now().trunc_subsecs(3);
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let seen = conflicts::find(&app.database, &caller.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    let signing = Signing::from(&request);
    let station = signing.station(&app, &seen.plant_id).await?;
    // Said before the password is looked at, and judged again when nobody else can change the batch.
    check(&caller, caller.person.role, &seen)?;
    is_of(&signing, &seen)?;
    let account = signing.prove(&app, &caller, now).await?;
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason))
    };
    let mut unit = app.database.begin(context).await?;
    let stored = conflicts::lock(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    check(&caller, account.person.role, &stored)?;
    let content_hash = is_of(&signing, &stored)?;
    let decision = NewDecision {
        id: Uuid::now_v7(),
        plant_id: &stored.plant_id,
        batch_id: &stored.batch_id,
        kind: ExceptionKind::Conflict,
        subject: id.0,
        evidence: 0,
        comment: reason,
        person_id: &account.person.id,
        person_name: &account.person.name,
        now,
    };
    if !reviews::accept(&mut unit, &decision).await? {
        return Err(ProblemCode::ExceptionDecided.into());
    }
    let signed = Signed {
        plant_id: &stored.plant_id,
        entity: ENTITY,
        entity_id: &id.to_string(),
        content_hash: &content_hash,
        meaning: SignatureMeaning::Reviewed,
        reason,
    };
    signing.keep(&app, &mut unit, (&caller, &account), signed, now).await?;
    let decided = conflicts::find_in(&mut unit, id).await?;
    unit.commit().await?;
    Ok(Json(decided.ok_or_else(|| ApiError::internal("the conflict is gone"))?))
}

fn check(caller: &Caller, role: Role, conflict: &Conflict) -> Result<(), ApiError> {
    let acting = Acting { id: &caller.person.id, role, is_active: caller.scope.sees(&conflict.plant_id) };
    let hands = std::iter::once(&conflict.kept).chain(&conflict.standing).map(|one| &one.entry.person_id);
    check_conflict(acting, hands)?;
    if conflict.decision.is_some() { Err(ProblemCode::ExceptionDecided.into()) } else { Ok(()) }
}

fn is_of(signing: &Signing<'_>, conflict: &Conflict) -> Result<Vec<u8>, ApiError> {
    let content_hash = hex::decode(&conflict.content_hash).map_err(ApiError::internal)?;
    signing.is_of(&content_hash)?;
    Ok(content_hash)
}
