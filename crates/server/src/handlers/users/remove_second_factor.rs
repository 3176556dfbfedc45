use axum::extract::State;
use viruj_api::users::{ChangeReason, User};
use viruj_storage::{attempts, second_factors};

use super::{commit, end_sessions, etag, locked, refuse_own};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::{Body, Segment},
};

/// Remove the second factor of an account
///
/// For somebody who has lost the device and the recovery codes. The person's sessions end, and the next sign-in asks for
/// the password alone. One's own is removed at `/api/v1/me/second-factor/remove`, with the password.
#[utoipa::path(post, path = "/api/v1/users/{user_id}/second-factor/remove", operation_id = "users_remove_second_factor",
    tag = "users", params(("user_id" = String, Path, description = "The person's id")),
    request_body = ChangeReason,
    responses((status = 200, description = "The account as it is now", body = User,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<ChangeReason>,
) -> Result<Tagged<User>, ApiError> {
    let (mut unit, user) = locked(&app, &caller, id, &request.reason).await?;
    refuse_own(&caller, &user)?;
    if !second_factors::remove(&mut unit, &user.id).await? {
        return Err(ProblemCode::SecondFactorMissing.into());
    }
    unit.audit_event("second_factors", user.id.as_str(), "second_factor_removed", "by an administrator").await?;
    attempts::forget_person(&mut unit, user.id.as_str()).await?;
    let ended = end_sessions(&app, &mut unit, &user.id, None, "second_factor_removed").await?;
    commit(&app, unit, &ended).await?;
    let user = User { has_second_factor: false, ..user };
    Ok(Tagged::ok(etag(&user)?, user))
}
