use axum::extract::State;
use viruj_api::users::{ChangeReason, User};
use viruj_storage::users;

use super::{commit, end_sessions, etag, locked, refuse_last_administrator, refuse_own};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::sessions::now,
};

/// Deactivate an account
///
/// Its sessions end, nobody signs in to it, and its id and address stay its own for ever; an account is never deleted.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/deactivate", operation_id = "users_deactivate", tag = "users",
    params(("user_id" = String, Path, description = "The person's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = ChangeReason,
    responses((status = 200, description = "The account as it is now", body = User,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn deactivate(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<ChangeReason>,
) -> Result<Tagged<User>, ApiError> {
    let (mut unit, user) = locked(&app, &caller, id, &request.reason).await?;
    if_match.check(&etag(&user)?)?;
    refuse_own(&caller, &user)?;
    refuse_last_administrator(&mut unit, &user).await?;
    if user.is_active {
        users::set_active(&mut unit, &user.id, false, now(&app)).await?;
    }
    let ended = end_sessions(&app, &mut unit, &user.id, None, "deactivated").await?;
    commit(&app, unit, &ended).await?;
    let user = User { is_active: false, ..user };
    Ok(Tagged::ok(etag(&user)?, user))
}
