use axum::Json;
use viruj_api::people::Person;

use crate::{caller::Caller, error::ApiError};

/// The person who is signed in
#[utoipa::path(get, path = "/api/v1/me", operation_id = "me_show", tag = "sessions",
    responses((status = 200, description = "The person as they are now", body = Person)))]
pub async fn show(caller: Caller) -> Result<Json<Person>, ApiError> {
    Ok(Json(caller.person))
}
