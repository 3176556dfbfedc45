//! Deviations: from what went another way to its disposition, by three people.

pub mod approve;
pub mod create;
pub mod edit;
pub mod investigate;
pub mod list;
pub mod reject;
pub mod review;
pub mod send_back;
pub mod severity;
pub mod show;
mod signing;
pub mod submit;

use http::StatusCode;
use viruj_api::deviations::{Deviation, DeviationStepRequest, LONGEST_TEXT};
use viruj_domain::{
    deviation::{self, DeviationStatus, DeviationStep},
    ids::DeviationId,
    person::{self, Acting},
    role::Role,
};
use viruj_storage::{
    ChangeContext, UnitOfWork,
    deviations::{self, StoredDeviation},
};
use viruj_sync::text::is_storable;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
    handlers::sessions::now,
};

/// An id as it stands in the path; one that is none names nothing.
fn id_of(segment: &str) -> Result<DeviationId, ApiError> {
    segment.parse().map_err(|_| ProblemCode::NotFound.into())
}

pub(super) fn reason_of(text: &str) -> Result<&str, ApiError> {
    person::reason(text).ok_or_else(|| ProblemCode::ChangeReasonRequired.into())
}

/// A text without the spaces around it; nothing when it says nothing.
///
/// # Errors
/// 422 `text_unfit` for one that is too long or holds what cannot be kept.
pub(super) fn text_of(text: Option<&str>) -> Result<Option<&str>, ApiError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text {
        Some(text) if !is_storable(text, LONGEST_TEXT) => {
            let detail = format!("a text has at most {LONGEST_TEXT} characters");
            Err(ApiError::new(ProblemCode::TextUnfit).with_detail(detail))
        }
        text => Ok(text),
    }
}

/// As [`text_of`], for one that must say something.
pub(super) fn required_text(text: &str) -> Result<&str, ApiError> {
    text_of(Some(text))?.ok_or_else(|| ProblemCode::TextUnfit.into())
}

/// A transaction of the caller that sees and writes the caller's plants only.
pub(super) async fn begin(app: &AppState, caller: &Caller, reason: &str) -> Result<UnitOfWork, ApiError> {
    let context = ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason));
    Ok(app.database.begin(context).await?)
}

/// Whether the role may take the step with the deviation as it stands, by the rules that the station asks too.
pub(super) fn decide(
    caller: &Caller,
    role: Role,
    stored: &StoredDeviation,
    step: DeviationStep,
) -> Result<DeviationStatus, ApiError> {
    let acting = Acting { id: &caller.person.id, role, is_active: caller.scope.sees(&stored.row.plant_id) };
    Ok(deviation::step(&stored.told(), step, acting)?)
}

/// The deviation, locked, when it is still what the caller saw and the caller may take the step.
async fn locked(
    unit: &mut UnitOfWork,
    caller: &Caller,
    id: DeviationId,
    if_match: &IfMatch,
    step: DeviationStep,
) -> Result<(StoredDeviation, DeviationStatus), ApiError> {
    let stored = deviations::lock(unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(stored.row.version))?;
    let status = decide(caller, caller.person.role, &stored, step)?;
    Ok((stored, status))
}

/// Takes a step that is not signed and asks for nothing but a reason.
async fn step_on(
    app: &AppState,
    caller: &Caller,
    (id, if_match): (&str, &IfMatch),
    request: &DeviationStepRequest,
    step: DeviationStep,
) -> Result<Tagged<Deviation>, ApiError> {
    let id = id_of(id)?;
    let mut unit = begin(app, caller, reason_of(&request.reason)?).await?;
    let (_, status) = locked(&mut unit, caller, id, if_match, step).await?;
    if step == DeviationStep::BeginInvestigation {
        deviations::begin_investigation(&mut unit, id, &caller.person.id).await?;
    } else {
        deviations::set_status(&mut unit, id, status, &caller.person.id, now(app)).await?;
    }
    finish(unit, id).await
}

/// What the transaction has made of the deviation; it is committed with that.
async fn finish(mut unit: UnitOfWork, id: DeviationId) -> Result<Tagged<Deviation>, ApiError> {
    let shown = deviations::show_in(&mut unit, id).await?;
    let shown = shown.ok_or_else(|| ApiError::internal("the deviation is gone"))?;
    unit.commit().await?;
    Ok(tagged(StatusCode::OK, shown))
}

fn tagged(status: StatusCode, shown: Deviation) -> Tagged<Deviation> {
    Tagged { status, etag: Etag::counted(shown.record.row.version), body: shown }
}
