use axum::{Json, extract::State};
use viruj_api::{api_keys::ApiKey, users::ChangeReason};
use viruj_domain::person;
use viruj_storage::api_keys::{self, is_managed_in};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::{Body, Segment},
    handlers::sessions::now,
};

/// Revoke an API key
///
/// It is refused by every replica as soon as this is answered, and for ever; a key that was revoked before stays as it is.
#[utoipa::path(post, path = "/api/v1/api-keys/{api_key_id}/revoke", operation_id = "api_keys_revoke", tag = "api_keys",
    params(("api_key_id" = String, Path, description = "The key's id")),
    request_body = ChangeReason,
    responses((status = 200, description = "The key as it is now", body = ApiKey)))]
pub async fn revoke(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<ChangeReason>,
) -> Result<Json<ApiKey>, ApiError> {
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let id = id.parse().map_err(|_| ProblemCode::NotFound)?;
    let now = now(&app);
    let mut unit = app.begin_for(&caller.person.id, reason).await?;
    let key = api_keys::lock(&mut unit, id, now).await?;
    let key = key.filter(|key| is_managed_in(&caller.scope, key)).ok_or(ProblemCode::NotFound)?;
    if key.revocation.is_some() {
        return Ok(Json(key));
    }
    api_keys::revoke(&mut unit, id, &caller.person.id, now).await?;
    let key = api_keys::find_in(&mut unit, id, now).await?;
    let key = key.ok_or_else(|| ApiError::internal("the key is gone"))?;
    unit.commit().await?;
    Ok(Json(key))
}
