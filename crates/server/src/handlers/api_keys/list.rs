use axum::{Json, extract::State};
use viruj_api::{
    api_keys::{ApiKey, ApiKeyQuery},
    lists::Page,
};
use viruj_storage::api_keys;

use crate::{application::AppState, caller::Caller, error::ApiError, extract::Query, handlers::sessions::now};

/// API keys
///
/// Newest first, those that have ended too; the keys all of whose plants the person sees.
#[utoipa::path(get, path = "/api/v1/api-keys", operation_id = "api_keys_list", tag = "api_keys", params(ApiKeyQuery),
    responses((status = 200, description = "One page", body = Page<ApiKey>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<ApiKeyQuery>,
) -> Result<Json<Page<ApiKey>>, ApiError> {
    Ok(Json(api_keys::list(&app.database, &caller.scope, &query, now(&app)).await?))
}
