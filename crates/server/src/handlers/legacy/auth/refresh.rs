use axum::{Json, extract::State};
use viruj_api::legacy::LoginResponse;
use viruj_storage::legacy_users;

use super::logged_in;
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    handlers::sessions::now,
};

/// Refresh a token
///
/// Takes a token that is still good and gives another one of the same session, as long as that lives: 12 hours.
#[utoipa::path(post, path = "/api/auth/refresh", operation_id = "legacy_refresh", tag = "legacy",
    responses((status = 200, description = "A new token of the same session", body = LoginResponse)))]
pub async fn refresh(State(app): State<AppState>, caller: Caller) -> Result<Json<LoginResponse>, ApiError> {
    let user = legacy_users::find(&app.database, caller.person.id.as_str()).await?;
    let user = user.ok_or(ProblemCode::InvalidToken)?;
    Ok(Json(logged_in(&app, user, caller.session_id, now(&app)).await?))
}
