use axum::{Json, extract::State};
use viruj_api::{
    sessions::SessionSummary,
    users::{UserSession, UserSessions},
};
use viruj_storage::sessions;

use super::managed;
use crate::{application::AppState, caller::Caller, error::ApiError, extract::Segment, handlers::sessions::now};

/// Sessions of an account
///
/// Those that are alive, the one used last first.
#[utoipa::path(get, path = "/api/v1/users/{user_id}/sessions", operation_id = "users_list_sessions", tag = "users",
    params(("user_id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "The sessions", body = UserSessions)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Json<UserSessions>, ApiError> {
    let user = managed(&app, &caller, id).await?;
    let mut alive = sessions::of_person(&app.database, &user.id, caller.session_id, now(&app)).await?;
    alive.sort_by_key(|session| std::cmp::Reverse(session.refreshed_at));
    Ok(Json(UserSessions { items: alive.into_iter().map(shown).collect() }))
}

fn shown(session: SessionSummary) -> UserSession {
    UserSession {
        id: session.id,
        created_at: session.opened_at,
        last_used_at: session.refreshed_at,
        expires_at: session.expires_at,
        client_address: session.client_address,
    }
}
