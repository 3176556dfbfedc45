//! What the handlers of lots, equipment and qualifications have in common.

use chrono::{DateTime, NaiveDate, Utc};
use viruj_domain::{
    ids::PlantId,
    person::{self, Acting},
    plant::PlantScope,
};
use viruj_storage::{ChangeContext, UnitOfWork, plants, registers};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
};

/// An id as it stands in the path; one that is none names nothing.
pub(super) fn id_of<T: std::str::FromStr>(segment: &str) -> Result<T, ApiError> {
    segment.parse().map_err(|_| ProblemCode::NotFound.into())
}

/// A transaction of the caller that sees and writes the caller's plants only, with the reason of what it changes.
pub(super) async fn begin(app: &AppState, caller: &Caller, reason: &str) -> Result<UnitOfWork, ApiError> {
    let reason = reason_of(reason)?;
    let context = ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(reason));
    Ok(app.database.begin(context).await?)
}

pub(super) fn reason_of(text: &str) -> Result<&str, ApiError> {
    person::reason(text).ok_or_else(|| ProblemCode::ChangeReasonRequired.into())
}

/// A plant that the caller does not see is no different from one that is not there.
pub(super) async fn refuse_unseen_plant(
    unit: &mut UnitOfWork,
    scope: &PlantScope,
    plant: &PlantId,
) -> Result<(), ApiError> {
    let is_there = scope.sees(plant) && !plants::known(unit, std::slice::from_ref(plant)).await?.is_empty();
    if is_there { Ok(()) } else { Err(ProblemCode::PlantUnknown.into()) }
}

/// The caller, as the rules know them in this plant.
pub(super) fn acting<'a>(caller: &'a Caller, plant: &PlantId) -> Acting<'a> {
    Acting { id: &caller.person.id, role: caller.person.role, is_active: caller.scope.sees(plant) }
}

/// The plant's day.
pub(super) async fn day(unit: &mut UnitOfWork, plant: &PlantId, now: DateTime<Utc>) -> Result<NaiveDate, ApiError> {
    Ok(now.with_timezone(&registers::zone(unit.connection(), plant).await?).date_naive())
}

/// A name without the spaces around it, when it can be one.
pub(super) fn name_of(text: &str, code: ProblemCode) -> Result<String, ApiError> {
    person::name(text).map(str::to_owned).ok_or_else(|| code.into())
}

/// A name that may be missing.
pub(super) fn optional_name(text: Option<&str>, code: ProblemCode) -> Result<Option<String>, ApiError> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => name_of(text, code).map(Some),
        None => Ok(None),
    }
}
