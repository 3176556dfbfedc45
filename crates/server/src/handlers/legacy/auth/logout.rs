use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode};
use viruj_api::legacy::Message;

use crate::{application::AppState, caller::legacy_person, error::ApiError, handlers::sessions::close_current::close};

/// Log out
///
/// Ends the session of the token. Without a token that is still good there is nothing to end, and the answer is the same.
#[utoipa::path(post, path = "/api/auth/logout", operation_id = "legacy_logout", tag = "legacy",
    responses((status = 200, description = "There is no session any more", body = Message)))]
pub async fn logout(State(app): State<AppState>, headers: HeaderMap) -> Result<Json<Message>, ApiError> {
    match legacy_person(&app, &headers).await {
        Ok(caller) => close(&app, &caller).await?,
        Err(error) if error.code.status() == StatusCode::UNAUTHORIZED => {}
        Err(error) => return Err(error),
    }
    Ok(Json(Message { message: "Logged out successfully".to_owned() }))
}
