//! Accounts, roles and plants as the screens of a System Admin show them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use viruj_api::{
    plants::Plant,
    roles::Roles,
    station::administration::{
        AccountState, NamedPlant, PlantBatches, PlantItem, RoleItem, RoleMatrix, SessionItem, UserItem,
    },
    users::{User, UserSession},
};
use viruj_domain::ids::PlantId;

use super::time;

pub(crate) fn user(user: User, names: &BTreeMap<PlantId, String>, now: DateTime<Utc>) -> UserItem {
    let is_locked = user.locked_until.is_some_and(|until| until > now);
    // A plant that the administrator does not see keeps its id.
    let named = |id: PlantId| NamedPlant { name: names.get(&id).cloned().unwrap_or_else(|| id.0.clone()), id: id.0 };
    UserItem {
        id: user.id.0,
        name: user.name,
        email: user.email,
        role: user.role.0,
        department: user.department,
        plants: user.plant_ids.into_iter().map(named).collect(),
        sees_all_plants: user.sees_all_plants,
        state: match (user.is_active, is_locked) {
            (false, _) => AccountState::Inactive,
            (true, true) => AccountState::Locked,
            (true, false) => AccountState::Active,
        },
        must_change_password: user.must_change_password,
        has_second_factor: user.has_second_factor,
        locked_until: user.locked_until.filter(|_| is_locked).map(time),
        created_at: user.created_at.map(time),
        last_signed_in_at: user.last_signed_in_at.map(time),
    }
}

pub(crate) fn session(session: UserSession) -> SessionItem {
    SessionItem {
        id: session.id.0,
        created_at: time(session.created_at),
        last_used_at: time(session.last_used_at),
        expires_at: time(session.expires_at),
        client_address: session.client_address,
    }
}

pub(crate) fn role_matrix(roles: Roles) -> RoleMatrix {
    let words = |capabilities: Vec<_>| capabilities.iter().map(ToString::to_string).collect();
    RoleMatrix {
        capabilities: words(roles.capabilities),
        roles: roles
            .items
            .into_iter()
            .map(|row| RoleItem {
                role: row.role,
                departments: row.departments,
                capabilities: words(row.capabilities),
                needs_plant: !row.sees_all_plants_by_default,
            })
            .collect(),
    }
}

pub(crate) fn plant(plant: Plant) -> PlantItem {
    PlantItem {
        id: plant.id.0,
        name: plant.name,
        region: plant.region,
        time_zone: plant.time_zone,
        manager_id: plant.manager_id.map(|id| id.0),
        manager_name: plant.manager_name,
        people: plant.figures.people,
        stations: plant.figures.stations,
        batch_count: plant.figures.batches.iter().map(|row| row.count).sum(),
        batches: plant
            .figures
            .batches
            .into_iter()
            .map(|row| PlantBatches { status: row.status, count: row.count })
            .collect(),
    }
}
