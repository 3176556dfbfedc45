//! Steps of the review that are signed.

use chrono::SubsecRound;
use uuid::Uuid;
use viruj_api::{record_signing::SignRecord, reviews::BatchReview};
use viruj_domain::{
    batch::{self, BatchStep},
    ids::BatchId,
    person::{self, Acting},
    review::{self, ReviewStep},
    signature::SignatureMeaning,
};
use viruj_storage::{
    ChangeContext, batches,
    reviews::{self, StoredReview},
};

use super::{check, finish};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    handlers::record_signing::{Signed, Signing},
    kept_documents,
};

/// Signs the batch as reviewed, released or rejected: the step, the signature and what follows are one transaction.
pub(super) async fn decide(
    app: &AppState,
    caller: &Caller,
    (id, if_match): (&BatchId, &IfMatch),
    request: &SignRecord,
    step: ReviewStep,
) -> Result<Tagged<BatchReview>, ApiError> {
    let now = app.clock.now().trunc_subsecs(3);
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let meaning = meaning_of(step)?;
    let seen = reviews::find(&app.database, &caller.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    let signing = Signing::from(request);
    let station = signing.station(app, &seen.batch.plant_id).await?;
    // Said before the password is looked at, and judged again when nobody else can change the batch.
    if_match.check(&Etag::counted(seen.batch.version))?;
    check(caller, caller.person.role, &seen, step)?;
    signing.is_of(&seen.content_hash)?;
    let account = signing.prove(app, caller, now).await?;
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason))
    };
    let mut unit = app.database.begin(context).await?;
    let locked = batches::lock(&mut unit, id, now).await?.ok_or(ProblemCode::NotFound)?;
    // Whoever was overtaken lets go of the batch before its whole review is read: those behind wait for little.
    if_match.check(&Etag::counted(locked.row.version))?;
    let stored = reviews::find_in(&mut unit, id).await?.ok_or(ProblemCode::NotFound)?;
    check(caller, account.person.role, &stored, step)?;
    signing.is_of(&stored.content_hash)?;
    let signed = Signed {
        plant_id: &stored.batch.plant_id,
        entity: batches::ENTITY,
        entity_id: id.as_str(),
        content_hash: &stored.content_hash,
        meaning,
        reason,
    };
    signing.keep(app, &mut unit, (caller, &account), signed, now).await?;
    if let Some(step) = course_of(step) {
        let is_active = caller.scope.sees(&stored.batch.plant_id);
        let acting = Acting { id: &caller.person.id, role: account.person.role, is_active };
        let course = batch::step(locked.course, step, acting)?;
        batches::write_course(&mut unit, id, course, None, now).await?;
    }
    let answer = finish(unit, id).await?;
    if course_of(step).is_some() {
        // What cannot be printed now is kept by the job that looks for it; the decision stands either way.
        if let Err(error) = kept_documents::keep(app, &stored.batch.plant_id, id).await {
            tracing::error!(batch = id.as_str(), ?error, "the documents of a decided batch are not kept yet");
        }
    }
    Ok(answer)
}

fn meaning_of(step: ReviewStep) -> Result<SignatureMeaning, ApiError> {
    step.meaning().ok_or_else(|| ApiError::internal("the step is not signed"))
}

fn course_of(step: ReviewStep) -> Option<BatchStep> {
    match step {
        ReviewStep::Release => Some(BatchStep::Release),
        ReviewStep::Reject => Some(BatchStep::Reject),
        ReviewStep::Sign | ReviewStep::Accept | ReviewStep::Ask | ReviewStep::Answer | ReviewStep::CloseQuery => None,
    }
}

/// Closes a question, signed with its answer.
pub(super) async fn close_query(
    app: &AppState,
    caller: &Caller,
    (id, query_id, if_match): (&BatchId, Uuid, &IfMatch),
    request: &SignRecord,
) -> Result<Tagged<BatchReview>, ApiError> {
    let now = app.clock.now().trunc_subsecs(3);
    let step = ReviewStep::CloseQuery;
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let seen = reviews::find(&app.database, &caller.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    let signing = Signing::from(request);
    let station = signing.station(app, &seen.batch.plant_id).await?;
    let hash = query_hash(&seen, query_id)?;
    check(caller, caller.person.role, &seen, step)?;
    signing.is_of(&hash)?;
    let account = signing.prove(app, caller, now).await?;
    let context = ChangeContext {
        station: Some(station.id),
        ..ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason))
    };
    let mut unit = app.database.begin(context).await?;
    let (_, stored) = reviews::lock(&mut unit, id, now).await?.ok_or(ProblemCode::NotFound)?;
    check(caller, account.person.role, &stored, step)?;
    let found = reviews::lock_query(&mut unit, id, query_id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(found.version))?;
    review::query_step(found.status, &found.asked_by, step, &account.person.id)?;
    let content_hash = query_hash(&stored, query_id)?;
    signing.is_of(&content_hash)?;
    let signed = Signed {
        plant_id: &stored.batch.plant_id,
        entity: "batch_queries",
        entity_id: &query_id.to_string(),
        content_hash: &content_hash,
        meaning: meaning_of(step)?,
        reason,
    };
    signing.keep(app, &mut unit, (caller, &account), signed, now).await?;
    reviews::close(&mut unit, query_id, &account.person.id, now).await?;
    finish(unit, id).await
}

fn query_hash(review: &StoredReview, id: Uuid) -> Result<Vec<u8>, ApiError> {
    let query = review.queries.iter().find(|query| query.id == id).ok_or(ProblemCode::NotFound)?;
    Ok(reviews::query_hash(&review.batch.id, query)?)
}
