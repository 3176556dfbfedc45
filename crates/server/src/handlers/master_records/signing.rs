//! A step of a version's life that is signed.

use chrono::SubsecRound;
use viruj_api::{
    master_records::{MasterRecord, RecordStatement, SignMasterRecord},
    statement::{Attestation, FORMAT_VERSION},
};
use viruj_domain::{
    ids::OperationId,
    master::{MasterRecordStatus, Step},
    plant::time_zone,
};
use viruj_storage::{
    ChangeContext, StorageError,
    master_records::{self, ENTITY, NewSignature, StoredVersion},
    sessions,
};
use viruj_sync::{canonical::to_canonical, signing};

use super::{decide, finish, id_of, reason_of};
use crate::{
    application::AppState,
    caller::{Caller, active_station},
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    handlers::signatures::attest::{Proof, prove_to_be_the_person},
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
    time_zone(&request.time_zone).ok_or(ProblemCode::TimeZoneUnknown)?;
    let meaning = step.meaning().ok_or_else(|| ApiError::internal("the step is not signed"))?;
    let seen = master_records::find(&app.database, &caller.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    // A station of another plant is no different from one that is not there.
    let station = active_station(app, request.station_id).await.map_err(|error| match error.code {
        ProblemCode::InvalidToken => ProblemCode::NotFound.into(),
        _ => error,
    })?;
    if station.plant_id != seen.row.plant_id {
        return Err(ProblemCode::NotFound.into());
    }
    // Said before the password is looked at, and judged again when nobody else can change the version.
    if_match.check(&Etag::counted(seen.row.revision))?;
    decide(caller, caller.person.role, &seen, step)?;
    is_the_shown_content(&seen, request)?;
    let proof = Proof {
        entity: "record_signatures",
        id: request.signature_id.to_string(),
        place: format!("at station {}", station.id),
        email: request.email.as_deref(),
        password: &request.password,
    };
    let account = prove_to_be_the_person(app, caller, &proof, now).await?;
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason))
    };
    let mut unit = app.database.begin(context).await?;
    let version = master_records::lock(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(version.row.revision))?;
    let status = decide(caller, account.person.role, &version, step)?;
    is_the_shown_content(&version, request)?;
    let statement = RecordStatement {
        format: FORMAT_VERSION,
        signature_id: request.signature_id,
        person_id: account.person.id.clone(),
        entity: ENTITY.to_owned(),
        entity_id: id.to_string(),
        content_sha256: request.content_hash.clone(),
        meaning,
        reason: Some(reason.to_owned()),
        shown_text: request.shown_text.clone(),
        language: request.language.clone(),
        stated_at: now,
        time_zone: request.time_zone.clone(),
    };
    let bytes = to_canonical(&statement).map_err(ApiError::internal)?;
    let attestation = Attestation {
        format: FORMAT_VERSION,
        statement_sha256: hex::encode(signing::sha256(&bytes)),
        operation_id: OperationId(request.signature_id),
        person_id: account.person.id.clone(),
        person_name: account.person.name.clone(),
        meaning,
        attested_at: now,
        station_id: station.id,
    };
    let slot = signing::attest(&attestation, app.signing_keys.current()).map_err(ApiError::internal)?;
    let kept = NewSignature {
        id: request.signature_id,
        plant_id: &version.row.plant_id,
        record: id,
        content_hash: &version.content_hash,
        meaning,
        reason,
        person_id: &account.person.id,
        person_name: &account.person.name,
        station_id: station.id,
        statement: &bytes,
        signature: &serde_json::to_string(&slot).map_err(ApiError::internal)?,
        signed_at: now,
        time_zone: &request.time_zone,
    };
    match master_records::keep_signature(&mut unit, &kept).await {
        Err(StorageError::Conflict { .. }) => return Err(ProblemCode::OperationKnown.into()),
        kept => kept?,
    }
    sessions::note_first_signature(&mut unit, caller.session_id, now).await?;
    match status {
        MasterRecordStatus::Approved => master_records::approve(&mut unit, id, &account.person.id, now).await?,
        MasterRecordStatus::Withdrawn => master_records::withdraw(&mut unit, id, now).await?,
        other => master_records::set_status(&mut unit, id, other).await?,
    }
    finish(unit, id).await
}

/// What is signed is what was shown, and what is there is what was written (21 CFR 11.70).
fn is_the_shown_content(version: &StoredVersion, request: &SignMasterRecord) -> Result<(), ApiError> {
    let text_hash = version.text_hash();
    if version.content_hash == text_hash && hex::encode(&text_hash) == request.content_hash {
        Ok(())
    } else {
        Err(ProblemCode::ContentDiffers.into())
    }
}
