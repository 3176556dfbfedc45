use axum::{Json, extract::State};
use http::StatusCode;
use uuid::Uuid;
use viruj_api::legacy::{UserCreate, UserResponse};
use viruj_domain::{
    ids::{PlantId, UserId},
    role::{Department, Role},
};
use viruj_storage::{
    legacy_users,
    people::{self, NewPerson},
};

use super::{LONGEST_NAME, LONGEST_PASSWORD, LONGEST_PLANT, SHORTEST_PASSWORD, check_plant, taken};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    handlers::{
        legacy::{begin, body::Fields, response},
        sessions::now,
    },
};

/// Make an account
///
/// The password works once: its owner has to change it in Viruj Station. An address that is or was somebody's is 409.
#[utoipa::path(post, path = "/api/users", operation_id = "legacy_users_create", tag = "legacy",
    request_body = UserCreate,
    responses((status = 201, description = "The account", body = UserResponse)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<(StatusCode, Json<UserResponse>), ApiError> {
    let now = now(&app);
    let name = fields.text("name", 1, LONGEST_NAME);
    let email = fields.email("email");
    let role = fields.word("role", Role::ALL);
    let department = fields.word("department", Department::ALL);
    let plant = fields.optional_text("plant_id", LONGEST_PLANT).map(PlantId);
    let password = fields.text("password", SHORTEST_PASSWORD, LONGEST_PASSWORD);
    let mut unit = begin(&app, &caller, "create user").await?;
    check_plant(&mut unit, &mut fields, plant.as_ref()).await?;
    fields.check()?;
    let (Some(role), Some(department)) = (role, department) else {
        return Err(ApiError::internal("a word that is wrong passed the check"));
    };
    let id = UserId(Uuid::now_v7().to_string());
    let person = NewPerson {
        id: id.clone(),
        name: &name,
        email: &email,
        password_hash: &app.passwords.hash(&password).await.map_err(ApiError::internal)?,
        role,
        department,
        plant_ids: plant.into_iter().collect(),
        must_change_password: true,
        created_at: now,
    };
    people::create(&mut unit, &person).await.map_err(taken)?;
    let user = legacy_users::lock(&mut unit, id.as_str()).await?;
    let user = user.ok_or_else(|| ApiError::internal("the account that was made is gone"))?;
    unit.commit().await.map_err(taken)?;
    Ok((StatusCode::CREATED, Json(response(user))))
}
