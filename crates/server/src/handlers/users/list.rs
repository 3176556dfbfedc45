use axum::{Json, extract::State};
use viruj_api::{
    lists::Page,
    users::{User, UserQuery},
};
use viruj_storage::users;

use crate::{application::AppState, caller::Caller, error::ApiError, extract::Query, handlers::sessions::now};

/// Accounts
///
/// By name unless another order is asked for. An administrator of some plants manages the people who see no other.
#[utoipa::path(get, path = "/api/v1/users", operation_id = "users_list", tag = "users", params(UserQuery),
    responses((status = 200, description = "One page", body = Page<User>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<User>>, ApiError> {
    Ok(Json(users::list(&app.database, &caller.scope, &query, now(&app)).await?))
}
