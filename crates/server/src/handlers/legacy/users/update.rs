use axum::{Json, extract::State};
use viruj_api::legacy::{UserResponse, UserUpdate};
use viruj_domain::{
    ids::{PlantId, UserId},
    role::{Department, Role},
};
use viruj_storage::{
    legacy_users::{self, LegacyUser, UserChange},
    sessions,
};

use super::{
    LONGEST_NAME, LONGEST_PASSWORD, LONGEST_PLANT, SHORTEST_PASSWORD, check_administrator, check_plant, locked, taken,
};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::{
        legacy::{begin, body::Fields, response},
        sessions::now,
    },
};

/// Change an account
///
/// What is left out stays. A password that is set here works once: its owner has to change it in Viruj Station.
/// Whoever gets another role, plant, password or state is logged out everywhere.
#[utoipa::path(put, path = "/api/users/{user_id}", operation_id = "legacy_users_update", tag = "legacy",
    params(("user_id" = String, Path, description = "The person's id")),
    request_body = UserUpdate,
    responses((status = 200, description = "The account as it is now", body = UserResponse)))]
pub async fn update(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<UserResponse>, ApiError> {
    let now = now(&app);
    let (mut change, password) = read(&mut fields);
    let mut unit = begin(&app, &caller, "update user").await?;
    let plant = change.plant.clone().flatten();
    check_plant(&mut unit, &mut fields, plant.as_ref()).await?;
    fields.check()?;
    if let Some(password) = password {
        change.password_hash = Some(app.passwords.hash(&password).await.map_err(ApiError::internal)?);
    }
    let before = locked(&mut unit, &caller, &id).await?;
    let after = legacy_users::update(&mut unit, &before, &change, now).await.map_err(taken)?;
    check_administrator(&mut unit).await?;
    let person = UserId(after.id.clone());
    if must_log_in_again(&before, &after, &change) {
        sessions::revoke_of(&mut unit, &person, None, "account_changed", now).await?;
    }
    unit.commit().await.map_err(taken)?;
    app.live_sessions.forget_person(&person);
    Ok(Json(response(after)))
}

/// A password is hashed once everything else is known to be right.
fn read(fields: &mut Fields) -> (UserChange, Option<String>) {
    let sent = |fields: &mut Fields, name: &str| fields.optional_text(name, usize::MAX).is_some();
    let change = UserChange {
        name: sent(fields, "name").then(|| fields.text("name", 1, LONGEST_NAME)),
        email: sent(fields, "email").then(|| fields.email("email")),
        role: if sent(fields, "role") { fields.word("role", Role::ALL) } else { None },
        department: if sent(fields, "department") { fields.word("department", Department::ALL) } else { None },
        plant: fields.has("plant_id").then(|| fields.optional_text("plant_id", LONGEST_PLANT).map(PlantId)),
        is_active: fields.flag("is_active", None),
        password_hash: None,
    };
    let password = sent(fields, "password").then(|| fields.text("password", SHORTEST_PASSWORD, LONGEST_PASSWORD));
    (change, password)
}

fn must_log_in_again(before: &LegacyUser, after: &LegacyUser, change: &UserChange) -> bool {
    change.password_hash.is_some()
        || (&before.role, &before.plant_id, before.is_active) != (&after.role, &after.plant_id, after.is_active)
}
