use axum::extract::State;
use viruj_api::users::{ChangeReason, User};
use viruj_storage::{attempts, users};

use super::{etag, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::Tagged,
    extract::{Body, Segment},
};

/// Unlock an account
///
/// Forgets its failed attempts, so that the person can sign in at once; the password stays as it is.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/unlock", operation_id = "users_unlock", tag = "users",
    params(("user_id" = String, Path, description = "The person's id")),
    request_body = ChangeReason,
    responses((status = 200, description = "The account as it is now", body = User,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn unlock(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<ChangeReason>,
) -> Result<Tagged<User>, ApiError> {
    let (mut unit, user) = locked(&app, &caller, id, &request.reason).await?;
    users::unlock(&mut unit, &user.id).await?;
    unit.audit_event("users", user.id.as_str(), "unlocked", "failed attempts are forgotten").await?;
    attempts::forget_person(&mut unit, user.id.as_str()).await?;
    unit.commit().await?;
    let user = User { locked_until: None, ..user };
    Ok(Tagged::ok(etag(&user)?, user))
}
