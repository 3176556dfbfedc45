use axum::extract::State;
use http::StatusCode;
use viruj_storage::sessions;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Segment,
    handlers::sessions::now,
};

/// End one of one's own sessions
///
/// Its tokens work no more, on every replica within a second. A session of somebody else is not there: 404.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{session_id}", operation_id = "me_revoke_session", tag = "sessions",
    params(("session_id" = String, Path, description = "A session of the list")),
    responses((status = 204, description = "The session has ended")))]
pub async fn revoke_session(
    State(app): State<AppState>,
    caller: Caller,
    Segment(session_id): Segment,
) -> Result<StatusCode, ApiError> {
    let id = session_id.parse().map_err(|_| ProblemCode::NotFound)?;
    let mut unit = app.begin_for(&caller.person.id, "session ended by its person").await?;
    if sessions::revoke_of(&mut unit, &caller.person.id, Some(id), "revoked_by_person", now(&app)).await?.is_empty() {
        return Err(ProblemCode::NotFound.into());
    }
    let detail = format!("from session {}", caller.session_id);
    unit.audit_event("sessions", &session_id, "session_revoked", &detail).await?;
    unit.commit().await?;
    app.live_sessions.forget(id);
    Ok(StatusCode::NO_CONTENT)
}
