use axum::{Json, extract::State};
use viruj_api::sessions::SessionList;
use viruj_storage::sessions as stored;

use crate::{application::AppState, caller::Caller, error::ApiError, handlers::sessions::now};

/// One's own sessions
///
/// Every one that is alive, the newest first; at most 200.
#[utoipa::path(get, path = "/api/v1/me/sessions", operation_id = "me_sessions", tag = "sessions",
    responses((status = 200, description = "The sessions that are alive", body = SessionList)))]
pub async fn sessions(State(app): State<AppState>, caller: Caller) -> Result<Json<SessionList>, ApiError> {
    let items = stored::of_person(&app.database, &caller.person.id, caller.session_id, now(&app)).await?;
    Ok(Json(SessionList { items }))
}
