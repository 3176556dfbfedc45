use axum::{Json, extract::State};
use viruj_api::users::EndedSessions;

use super::{commit, end_sessions, locked};
use crate::{application::AppState, caller::Caller, error::ApiError, extract::Segment};

/// End every session of an account
///
/// The person signs in anew wherever they work.
#[utoipa::path(delete, path = "/api/v1/users/{user_id}/sessions", operation_id = "users_end_sessions", tag = "users",
    params(("user_id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "How many have ended", body = EndedSessions)))]
pub async fn end(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Json<EndedSessions>, ApiError> {
    let (mut unit, user) = locked(&app, &caller, id, "sessions ended by an administrator").await?;
    let ended = end_sessions(&app, &mut unit, &user.id, None, "ended_by_administrator").await?;
    commit(&app, unit, &ended).await?;
    Ok(Json(EndedSessions { ended: u32::try_from(ended.len()).unwrap_or(u32::MAX) }))
}
