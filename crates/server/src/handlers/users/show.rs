use axum::extract::State;
use viruj_api::users::User;

use super::{etag, managed};
use crate::{application::AppState, caller::Caller, error::ApiError, etag::Tagged, extract::Segment};

/// One account
///
/// The header `ETag` is what a change names in `If-Match`.
#[utoipa::path(get, path = "/api/v1/users/{user_id}", operation_id = "users_show", tag = "users",
    params(("user_id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "The account", body = User,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(State(app): State<AppState>, caller: Caller, Segment(id): Segment) -> Result<Tagged<User>, ApiError> {
    let user = managed(&app, &caller, id).await?;
    Ok(Tagged::ok(etag(&user)?, user))
}
