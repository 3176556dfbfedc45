//! A step of a deviation that is signed.

use chrono::SubsecRound;
use viruj_api::{deviations::Deviation, record_signing::SignRecord};
use viruj_domain::deviation::DeviationStep;
use viruj_storage::{
    ChangeContext,
    deviations::{self, ENTITY},
};

use super::{decide, finish, id_of, reason_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    handlers::record_signing::{Signed, Signing},
};

/// Takes the step, keeps the signature for it and lets a decision take effect in the batch, in one transaction.
pub(super) async fn sign(
    app: &AppState,
    caller: &Caller,
    (id, if_match): (&str, &IfMatch),
    request: &SignRecord,
    step: DeviationStep,
) -> Result<Tagged<Deviation>, ApiError> {
    let (id, now) = (id_of(id)?, app.clock.now().trunc_subsecs(3));
    let reason = reason_of(&request.reason)?;
    let meaning = step.meaning().ok_or_else(|| ApiError::internal("the step is not signed"))?;
    let seen = deviations::find(&app.database, &caller.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    let signing = Signing::from(request);
    let station = signing.station(app, &seen.row.plant_id).await?;
    // Said before the password is looked at, and judged again when nobody else can change the deviation.
    if_match.check(&Etag::counted(seen.row.version))?;
    decide(caller, caller.person.role, &seen, step)?;
    signing.is_of(&seen.content_hash()?)?;
    let account = signing.prove(app, caller, now).await?;
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason))
    };
    let mut unit = app.database.begin(context).await?;
    let stored = deviations::lock(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(stored.row.version))?;
    let status = decide(caller, account.person.role, &stored, step)?;
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
    signing.keep(app, &mut unit, (caller, &account), signed, now).await?;
    deviations::set_status(&mut unit, id, status, &account.person.id, now).await?;
    if !status.is_open() {
        deviations::settle_batch(&mut unit, &stored.row, now).await?;
    }
    finish(unit, id).await
}
