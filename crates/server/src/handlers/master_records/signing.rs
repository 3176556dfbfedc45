//! A step of a version's life that is signed.

use chrono::SubsecRound;
use viruj_api::master_records::{MasterRecord, SignMasterRecord};
use viruj_domain::master::{MasterRecordStatus, Step};
use viruj_storage::{
    ChangeContext,
    master_records::{self, ENTITY, StoredVersion},
};

use super::{decide, finish, id_of, reason_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    handlers::record_signing::{Signed, Signing},
};

/// Takes the step and keeps the signature for it, in one transaction.
pub(super) async fn sign(
    app: &AppState,
    caller: &Caller,
    id: &str,
    if_match: &IfMatch,
    request: &SignMasterRecord,
    step: Step,
) -> Result<Tagged<MasterRecord>, ApiError> {
    let (id, now) = (id_of(id)?, app.clock.now().trunc_subsecs(3));
    let reason = reason_of(&request.reason)?;
    let meaning = step.meaning().ok_or_else(|| ApiError::internal("the step is not signed"))?;
    let seen = master_records::find(&app.database, &caller.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    let signing = Signing::from(request);
    let station = signing.station(app, &seen.row.plant_id).await?;
    // Said before the password is looked at, and judged again when nobody else can change the version.
    if_match.check(&Etag::counted(seen.row.revision))?;
    decide(caller, caller.person.role, &seen, step)?;
    is_the_shown_content(&seen, signing)?;
    let account = signing.prove(app, caller, now).await?;
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason))
    };
    let mut unit = app.database.begin(context).await?;
    let version = master_records::lock(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(version.row.revision))?;
    let status = decide(caller, account.person.role, &version, step)?;
    is_the_shown_content(&version, signing)?;
    let signed = Signed {
        plant_id: &version.row.plant_id,
        entity: ENTITY,
        entity_id: &id.to_string(),
        content_hash: &version.content_hash,
        meaning,
        reason,
    };
    signing.keep(app, &mut unit, (caller, &account), signed, now).await?;
    match status {
        MasterRecordStatus::Approved => master_records::approve(&mut unit, id, &account.person.id, now).await?,
        MasterRecordStatus::Withdrawn => master_records::withdraw(&mut unit, id, now).await?,
        other => master_records::set_status(&mut unit, id, other).await?,
    }
    finish(unit, id).await
}

/// What is signed is what was shown, and what is there is what was written (21 CFR 11.70).
fn is_the_shown_content(version: &StoredVersion, signing: Signing<'_>) -> Result<(), ApiError> {
    let text_hash = version.text_hash();
    if version.content_hash == text_hash { signing.is_of(&text_hash) } else { Err(ProblemCode::ContentDiffers.into()) }
}
