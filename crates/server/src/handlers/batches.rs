//! Batches: made from the effective master batch record, put on hold and taken off it, and what has become of them.

pub mod create;
pub mod history;
pub mod hold;
pub mod list;
pub mod master_record;
pub mod print;
pub mod record;
pub mod resume;
pub mod show;

use viruj_api::batches::BatchRow;
use viruj_domain::{
    batch::{self, BatchStep},
    ids::BatchId,
    person::{self, Acting},
};
use viruj_storage::{ChangeContext, UnitOfWork, batches};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    handlers::sessions::now,
};

/// A transaction of the caller that sees and writes the caller's plants only.
async fn begin(app: &AppState, caller: &Caller, reason: Option<&str>) -> Result<UnitOfWork, ApiError> {
    Ok(app.database.begin(ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), reason)).await?)
}

fn tagged(batch: BatchRow) -> Tagged<BatchRow> {
    Tagged::ok(Etag::counted(batch.version), batch)
}

/// Takes a step with a batch that is still as the caller saw it, by the rules that the station asks too.
async fn take(
    app: &AppState,
    caller: &Caller,
    id: String,
    if_match: &IfMatch,
    (step, reason): (BatchStep, &str),
) -> Result<Tagged<BatchRow>, ApiError> {
    let (id, now) = (BatchId(id), now(app));
    let reason = person::reason(reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let mut unit = begin(app, caller, Some(reason)).await?;
    let found = batches::lock(&mut unit, &id, now).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(found.row.version))?;
    let is_active = caller.scope.sees(&found.row.plant_id);
    let acting = Acting { id: &caller.person.id, role: caller.person.role, is_active };
    let course = batch::step(found.course, step, acting)?;
    let hold_reason = course.held_from.is_some().then_some(reason);
    batches::write_course(&mut unit, &id, course, hold_reason, now).await?;
    let batch = batches::find_in(&mut unit, &id).await?.ok_or_else(|| ApiError::internal("the batch is gone"))?;
    unit.commit().await?;
    Ok(tagged(batch.seen_at(now)))
}
