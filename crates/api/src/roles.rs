//! The roles and what each of them may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::{
    capability::Capability,
    role::{Department, Role},
};

/// A role as the rules know it; roles are part of the program and are not changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleRow {
    pub role: Role,
    /// Where people of the role work, the usual department first.
    pub departments: Vec<Department>,
    pub capabilities: Vec<Capability>,
    /// Somebody of the role for whom no plant is named sees every plant.
    pub sees_all_plants_by_default: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Roles {
    pub items: Vec<RoleRow>,
    /// Everything that somebody may be allowed to do, in the order of the rules.
    pub capabilities: Vec<Capability>,
}
