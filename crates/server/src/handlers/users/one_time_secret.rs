use axum::{Json, extract::State};
use viruj_api::users::{ChangeReason, OneTimeSecret};
use viruj_storage::accounts;

use super::{commit, end_sessions, locked, refuse_own};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::{Body, Segment},
    handlers::sessions::now,
    secrets::one_time_secret,
};

/// Give a one-time secret
///
/// It takes the place of the password, is shown once, and asks the person for a password that nobody else knows
/// (21 CFR 11.200(a)(3)). The person's sessions end. For one's own account there is the change of the password.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/one-time-secret", operation_id = "users_give_one_time_secret",
    tag = "users", params(("user_id" = String, Path, description = "The person's id")),
    request_body = ChangeReason,
    responses((status = 200, description = "The secret, shown once", body = OneTimeSecret)))]
pub async fn give(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<ChangeReason>,
) -> Result<Json<OneTimeSecret>, ApiError> {
    // Hashing takes its time, a transaction should not.
    let one_time_secret = one_time_secret().map_err(ApiError::internal)?;
    let hash = app.passwords.hash(&one_time_secret).await.map_err(ApiError::internal)?;
    let (mut unit, user) = locked(&app, &caller, id, &request.reason).await?;
    refuse_own(&caller, &user)?;
    accounts::give_one_time_password(&mut unit, &user.id, &hash, now(&app)).await?;
    unit.audit_event("users", user.id.as_str(), "one_time_secret_given", "by an administrator").await?;
    let ended = end_sessions(&app, &mut unit, &user.id, None, "password_reset").await?;
    commit(&app, unit, &ended).await?;
    Ok(Json(OneTimeSecret { one_time_secret }))
}
