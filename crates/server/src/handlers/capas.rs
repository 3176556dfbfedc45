//! Corrective and preventive actions, from the deviation to the proof that they work.

pub mod close;
pub mod create;
pub mod done;
pub mod effectiveness;
pub mod investigate;
pub mod list;
pub mod plan;
pub mod show;

use http::StatusCode;
use viruj_api::capas::Capa;
use viruj_domain::{
    deviation::capa::{self, CapaStatus, CapaStep},
    ids::{CapaId, PlantId, UserId},
    person::Acting,
    role::Role,
};
use viruj_storage::{
    UnitOfWork,
    capas::{self, StoredCapa},
    people,
};

use crate::{
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{Etag, IfMatch, Tagged},
};

/// An id as it stands in the path; one that is none names nothing.
fn id_of(segment: &str) -> Result<CapaId, ApiError> {
    segment.parse().map_err(|_| ProblemCode::NotFound.into())
}

/// Whether the role may take the step with the action as it stands, by the rules that the station asks too.
fn decide(caller: &Caller, role: Role, stored: &StoredCapa, step: CapaStep) -> Result<CapaStatus, ApiError> {
    let acting = Acting { id: &caller.person.id, role, is_active: caller.scope.sees(&stored.row.plant_id) };
    Ok(capa::step(&stored.told(), step, acting)?)
}

/// The action, locked, when it is still what the caller saw and the caller may take the step.
async fn locked(
    unit: &mut UnitOfWork,
    caller: &Caller,
    id: CapaId,
    if_match: &IfMatch,
    step: CapaStep,
) -> Result<(StoredCapa, CapaStatus), ApiError> {
    let stored = capas::lock(unit, id).await?.ok_or(ProblemCode::NotFound)?;
    if_match.check(&Etag::counted(stored.row.version))?;
    let status = decide(caller, caller.person.role, &stored, step)?;
    Ok((stored, status))
}

/// The owner is somebody active who sees the plant.
async fn check_owner(unit: &mut UnitOfWork, owner: &UserId, plant: &PlantId) -> Result<(), ApiError> {
    let person = people::person(unit.connection(), owner).await?;
    let is_there =
        person.is_some_and(|person| person.is_active && (person.sees_all_plants || person.plant_ids.contains(plant)));
    if is_there { Ok(()) } else { Err(ProblemCode::OwnerUnknown.into()) }
}

/// What the transaction has made of the action; it is committed with that.
async fn finish(mut unit: UnitOfWork, id: CapaId) -> Result<Tagged<Capa>, ApiError> {
    let shown = capas::show_in(&mut unit, id).await?.ok_or_else(|| ApiError::internal("the action is gone"))?;
    unit.commit().await?;
    Ok(tagged(StatusCode::OK, shown))
}

fn tagged(status: StatusCode, shown: Capa) -> Tagged<Capa> {
    Tagged { status, etag: Etag::counted(shown.row.version), body: shown }
}
