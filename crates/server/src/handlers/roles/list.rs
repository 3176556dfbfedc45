use axum::Json;
use viruj_api::roles::{RoleRow, Roles};
use viruj_domain::{capability::Capability, role::Role};

/// Roles
///
/// The roles, where their people work, and what each of them may do; they are part of the program.
#[utoipa::path(get, path = "/api/v1/roles", operation_id = "roles_list", tag = "roles",
    responses((status = 200, description = "Every role", body = Roles)))]
pub async fn list() -> Json<Roles> {
    let row = |role: &Role| RoleRow {
        role: *role,
        departments: role.departments().to_vec(),
        capabilities: role.capabilities().to_vec(),
        sees_all_plants_by_default: role.sees_all_plants_by_default(),
    };
    Json(Roles { items: Role::ALL.iter().map(row).collect(), capabilities: Capability::ALL.to_vec() })
}
