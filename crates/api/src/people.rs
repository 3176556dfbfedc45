//! People with an account, without their secrets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::{
    ids::{PlantId, UserId},
    role::{Department, Role},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub department: Department,
    /// The plants that the person sees; ignored when `sees_all_plants`.
    pub plant_ids: Vec<PlantId>,
    pub sees_all_plants: bool,
    pub is_active: bool,
}
