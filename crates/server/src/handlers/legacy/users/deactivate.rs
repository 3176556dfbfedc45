use axum::{Json, extract::State};
use viruj_api::legacy::Message;
use viruj_domain::ids::UserId;
use viruj_storage::{
    legacy_users::{self, UserChange},
    sessions,
};

use super::{check_administrator, locked, taken};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::{legacy::begin, sessions::now},
};

/// Deactivate an account
///
/// Nobody is ever deleted: the records name them. The person is logged out everywhere.
#[utoipa::path(delete, path = "/api/users/{user_id}", operation_id = "legacy_users_deactivate", tag = "legacy",
    params(("user_id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "The account is not active any more", body = Message)))]
pub async fn deactivate(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Json<Message>, ApiError> {
    let now = now(&app);
    let mut unit = begin(&app, &caller, "deactivate user").await?;
    let before = locked(&mut unit, &caller, &id).await?;
    let change = UserChange { is_active: Some(false), ..UserChange::default() };
    let after = legacy_users::update(&mut unit, &before, &change, now).await.map_err(taken)?;
    check_administrator(&mut unit).await?;
    let person = UserId(after.id);
    sessions::revoke_of(&mut unit, &person, None, "deactivated", now).await?;
    unit.commit().await?;
    app.live_sessions.forget_person(&person);
    Ok(Json(Message { message: "User deactivated successfully".to_owned() }))
}
