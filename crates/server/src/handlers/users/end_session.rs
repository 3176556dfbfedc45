use axum::extract::State;
use http::StatusCode;
use viruj_domain::ids::SessionId;

use super::{commit, end_sessions, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Segments,
};

/// End one session of an account
///
/// Its tokens work no more, here at once and on every replica within a second.
#[utoipa::path(delete, path = "/api/v1/users/{user_id}/sessions/{session_id}", operation_id = "users_end_session",
    tag = "users",
    params(("user_id" = String, Path, description = "The person's id"),
        ("session_id" = String, Path, description = "The session's id")),
    responses((status = 204, description = "The session has ended")))]
pub async fn end(
    State(app): State<AppState>,
    caller: Caller,
    Segments(id, session): Segments,
) -> Result<StatusCode, ApiError> {
    let session: SessionId = session.parse().map_err(|_| ProblemCode::NotFound)?;
    let (mut unit, user) = locked(&app, &caller, id, "session ended by an administrator").await?;
    let ended = end_sessions(&app, &mut unit, &user.id, Some(session), "ended_by_administrator").await?;
    if ended.is_empty() {
        return Err(ProblemCode::NotFound.into());
    }
    commit(&app, unit, &ended).await?;
    Ok(StatusCode::NO_CONTENT)
}
