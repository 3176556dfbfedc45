use axum::{Json, extract::State};
use viruj_api::legacy::UserResponse;
use viruj_storage::legacy_users;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    handlers::legacy::response,
};

/// The person whom the token speaks for
#[utoipa::path(get, path = "/api/auth/me", operation_id = "legacy_me", tag = "legacy",
    responses((status = 200, description = "The person as they are now", body = UserResponse)))]
pub async fn me(State(app): State<AppState>, caller: Caller) -> Result<Json<UserResponse>, ApiError> {
    let user = legacy_users::find(&app.database, caller.person.id.as_str()).await?;
    Ok(Json(response(user.ok_or(ProblemCode::InvalidToken)?)))
}
