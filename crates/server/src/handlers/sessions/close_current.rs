use axum::extract::State;
use http::StatusCode;
use viruj_storage::sessions;

use super::now;
use crate::{application::AppState, caller::Caller, error::ApiError};

/// Sign out
///
/// Ends the session on the server: its access token and its refresh token work no more.
#[utoipa::path(delete, path = "/api/v1/sessions/current", operation_id = "sessions_close_current", tag = "sessions",
    responses((status = 204, description = "The session has ended")))]
pub async fn close_current(State(app): State<AppState>, caller: Caller) -> Result<StatusCode, ApiError> {
    close(&app, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the caller's session.
pub(in crate::handlers) async fn close(app: &AppState, caller: &Caller) -> Result<(), ApiError> {
    let mut unit = app.begin_for(&caller.person.id, "sign-out").await?;
    sessions::revoke(&mut unit, caller.session_id, "signed_out", now(app)).await?;
    unit.audit_event("sessions", &caller.session_id.to_string(), "signed_out", "").await?;
    unit.commit().await?;
    app.live_sessions.forget(caller.session_id);
    Ok(())
}
