//! People: read by those who are signed in, changed by administrators.

pub mod create;
pub mod deactivate;
pub mod list;
pub mod show;
pub mod update;

use viruj_domain::ids::PlantId;
use viruj_storage::{StorageError, UnitOfWork, legacy_plants, legacy_users, legacy_users::LegacyUser, people};

use super::{body::Fields, not_found};
use crate::{
    caller::Caller,
    error::{ApiError, ProblemCode},
};

const LONGEST_NAME: usize = 255;
const LONGEST_PLANT: usize = 50;
/// Of a password that is changed at the first sign-in.
const SHORTEST_PASSWORD: usize = 8;
const LONGEST_PASSWORD: usize = 128;

/// An account that the caller administers, locked; one in another plant is not there.
async fn locked(unit: &mut UnitOfWork, caller: &Caller, id: &str) -> Result<LegacyUser, ApiError> {
    // PostgreSQL knows no text with a zero byte, so nobody has such an id.
    let user = if id.contains('\0') { None } else { legacy_users::lock(unit, id).await? };
    let sees = |user: &LegacyUser| match &user.plant_id {
        Some(plant) => caller.scope.sees(&PlantId::from(plant.as_str())),
        None => caller.scope == viruj_domain::plant::PlantScope::All,
    };
    user.filter(sees).ok_or_else(|| not_found("User"))
}

/// Refuses a plant that is not there for the caller, as a field that is wrong.
async fn check_plant(unit: &mut UnitOfWork, fields: &mut Fields, plant: Option<&PlantId>) -> Result<(), ApiError> {
    if let Some(plant) = plant
        && legacy_plants::time_zone(unit, plant).await?.is_none()
    {
        fields.refuse_value("plant_id", "there is no such plant");
    }
    Ok(())
}

/// Somebody must be left who can administer the installation.
async fn check_administrator(unit: &mut UnitOfWork) -> Result<(), ApiError> {
    if people::has_active_administrator(unit).await? {
        return Ok(());
    }
    Err(ApiError::new(ProblemCode::StepNotAllowed).with_detail("The last System Admin stays one"))
}

/// An address is one person's for ever (21 CFR 11.100).
fn taken(error: StorageError) -> ApiError {
    match error {
        StorageError::Conflict { constraint } if constraint.starts_with("users_") => {
            ApiError::new(ProblemCode::EmailTaken).with_detail("Email already registered")
        }
        other => other.into(),
    }
}
