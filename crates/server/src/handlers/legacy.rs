//! The old backend's interface under `/api`: its paths, fields, status codes and texts, for the clients that it left
//! behind. What differs on purpose is in `docs/api-design.md`.

pub mod auth;
mod body;
pub mod grn;
pub mod metrics;
pub mod plants;
pub mod quality_samples;
pub mod quality_tests;
mod query;
pub mod root;
pub mod security_logs;
pub mod users;

use uuid::Uuid;
use viruj_api::{
    legacy::{UserEntry, UserResponse},
    people::Person,
};
use viruj_domain::{
    ids::{PlantId, UserId},
    receiving,
    role::Role,
    testing,
};
use viruj_storage::{ChangeContext, StorageError, UnitOfWork, legacy_users::LegacyUser, people};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
};

/// Opens a transaction of somebody who cannot give a reason: the trail says which operation it was.
async fn begin(app: &AppState, caller: &Caller, operation: &str) -> Result<UnitOfWork, ApiError> {
    let reason = format!("legacy client: {operation}");
    let context = ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), Some(&reason));
    Ok(app.database.begin(context).await?)
}

/// What is not there, and what is in another plant.
fn not_found(what: &str) -> ApiError {
    ApiError::new(ProblemCode::NotFound).with_detail(format!("{what} not found"))
}

/// An id of the address or of a body; one that is none belongs to nothing.
fn id_of(text: &str, what: &str) -> Result<Uuid, ApiError> {
    text.parse().map_err(|_| not_found(what))
}

/// Somebody who works in the plant in this role.
async fn colleague(unit: &mut UnitOfWork, id: &str, plant: &PlantId, role: Role) -> Result<Person, ApiError> {
    let person = match people::person(unit.connection(), &UserId::from(id)).await {
        Err(StorageError::Unreadable { .. }) => None,
        answer => answer?,
    };
    person
        .filter(|person| person.is_active && person.role == role && people::scope_of(person).sees(plant))
        .ok_or_else(|| not_found(role.as_str()))
}

impl From<receiving::Refusal> for ApiError {
    fn from(refusal: receiving::Refusal) -> Self {
        let code = match refusal {
            receiving::Refusal::AlreadyReceived => ProblemCode::DeliveryReceived,
            _ => ProblemCode::StepNotAllowed,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<testing::Refusal> for ApiError {
    fn from(refusal: testing::Refusal) -> Self {
        let code = if refusal.is_about_the_person() { ProblemCode::NotAuthorised } else { ProblemCode::StepNotAllowed };
        Self::new(code).with_detail(refusal.to_string())
    }
}

fn response(user: LegacyUser) -> UserResponse {
    UserResponse {
        name: user.name,
        email: user.email,
        role: user.role,
        department: user.department,
        plant_id: user.plant_id,
        id: user.id,
        is_active: user.is_active,
        created_at: user.created_at.unwrap_or_default(),
        updated_at: user.updated_at,
    }
}

fn entry(user: LegacyUser) -> UserEntry {
    UserEntry {
        id: user.id,
        name: user.name,
        email: user.email,
        role: user.role,
        department: user.department,
        plant_id: user.plant_id,
        is_active: user.is_active,
    }
}
