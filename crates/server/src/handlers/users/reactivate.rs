use axum::extract::State;
use viruj_api::users::{ChangeReason, User};
use viruj_storage::users;

use super::{etag, locked, refuse_own};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::sessions::now,
};

/// Reactivate an account
///
/// The person signs in with the password of before, or with a new one-time secret.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/reactivate", operation_id = "users_reactivate", tag = "users",
    params(("user_id" = String, Path, description = "The person's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = ChangeReason,
    responses((status = 200, description = "The account as it is now", body = User,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn reactivate(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<ChangeReason>,
) -> Result<Tagged<User>, ApiError> {
    let (mut unit, user) = locked(&app, &caller, id, &request.reason).await?;
    if_match.check(&etag(&user)?)?;
    refuse_own(&caller, &user)?;
    if !user.is_active {
        users::set_active(&mut unit, &user.id, true, now(&app)).await?;
    }
    unit.commit().await?;
    let user = User { is_active: true, ..user };
    Ok(Tagged::ok(etag(&user)?, user))
}
