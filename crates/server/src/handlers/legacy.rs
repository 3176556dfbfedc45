//! The old backend's interface under `/api`: its paths, fields, status codes and texts, for the clients that it left
//! behind. What differs on purpose is in `docs/api-design.md`.

pub mod auth;
mod body;
pub mod root;
pub mod users;

use viruj_api::legacy::{UserEntry, UserResponse};
use viruj_storage::legacy_users::LegacyUser;

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
