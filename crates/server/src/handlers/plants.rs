//! Plants with their figures.

pub mod change;
pub mod create;
pub mod list;
pub mod show;

use serde::Serialize;
use viruj_api::plants::Plant;
use viruj_domain::{
    ids::{PlantId, UserId},
    person,
    plant::{PlantScope, time_zone},
};
use viruj_storage::{UnitOfWork, plants};

use crate::{
    error::{ApiError, ProblemCode},
    etag::Etag,
};

/// What a change of a plant overwrites; its figures come and go without anybody's change.
#[derive(Serialize)]
struct Changeable<'a> {
    name: &'a str,
    region: &'a str,
    time_zone: &'a str,
    manager_id: Option<&'a UserId>,
}

/// The tag of a plant.
fn etag(plant: &Plant) -> Result<Etag, ApiError> {
    Etag::of(&Changeable {
        name: &plant.name,
        region: &plant.region,
        time_zone: &plant.time_zone,
        manager_id: plant.manager_id.as_ref(),
    })
}

/// Name, region and time zone without the spaces around them, when a plant can have them.
fn checked<'a>(name: &'a str, region: &'a str, zone: &'a str) -> Result<(&'a str, &'a str, &'a str), ApiError> {
    let name = person::name(name).ok_or(ProblemCode::NameInvalid)?;
    let region = person::name(region).ok_or(ProblemCode::RegionInvalid)?;
    let zone = zone.trim();
    if time_zone(zone).is_none() {
        return Err(ProblemCode::TimeZoneUnknown.into());
    }
    Ok((name, region, zone))
}

/// A plant that the caller does not see is no different from one that is not there.
pub(super) async fn refuse_unseen(unit: &mut UnitOfWork, scope: &PlantScope, plant: &PlantId) -> Result<(), ApiError> {
    let is_there = scope.sees(plant) && !plants::known(unit, std::slice::from_ref(plant)).await?.is_empty();
    if is_there { Ok(()) } else { Err(ProblemCode::PlantUnknown.into()) }
}
