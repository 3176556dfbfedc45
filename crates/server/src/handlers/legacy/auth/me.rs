use axum::Json;
use viruj_api::legacy::UserResponse;

use crate::{caller::Caller, handlers::legacy::response};

/// The person whom the token speaks for
#[utoipa::path(get, path = "/api/auth/me", operation_id = "legacy_me", tag = "legacy",
    responses((status = 200, description = "The person as they are now", body = UserResponse)))]
pub async fn me(caller: Caller) -> Json<UserResponse> {
    Json(response((*caller.account).clone()))
}
