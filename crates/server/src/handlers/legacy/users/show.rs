use axum::{Json, extract::State};
use viruj_api::legacy::UserEntry;
use viruj_storage::legacy_users;

use crate::{
    application::AppState,
    error::{ApiError, ProblemCode},
    extract::Segment,
    handlers::legacy::entry,
};

/// One person
#[utoipa::path(get, path = "/api/users/{user_id}", operation_id = "legacy_users_show", tag = "legacy",
    params(("user_id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "The person", body = UserEntry)))]
pub async fn show(State(app): State<AppState>, Segment(id): Segment) -> Result<Json<UserEntry>, ApiError> {
    // PostgreSQL knows no text with a zero byte, so nobody has such an id.
    let user = if id.contains('\0') { None } else { legacy_users::find(&app.database, &id).await? };
    let unknown = || ApiError::new(ProblemCode::NotFound).with_detail("User not found");
    user.map(|user| Json(entry(user))).ok_or_else(unknown)
}
