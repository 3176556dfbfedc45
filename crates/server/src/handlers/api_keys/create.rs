use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use http::StatusCode;
use uuid::Uuid;
use viruj_api::api_keys::{CreateApiKey, CreatedApiKey};
use viruj_domain::{
    api_key::{self, ApiKeyRefusal, DEFAULT_DAYS},
    ids::ApiKeyId,
    person,
};
use viruj_storage::{
    api_keys::{self, NewApiKey},
    plants,
};

use crate::{
    api_keys::make,
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::now,
    idempotency::{Begun, IdempotencyKey},
};

/// Make an API key
///
/// Its text is in `secret`, is shown once and kept nowhere. Whoever makes it gives what they may do themselves, of what a
/// machine can do at all, in plants that they see; it ends after at most 365 days, and when its maker is deactivated.
/// With the header `Idempotency-Key` a request that is sent again within a day gets the same answer without `secret`: a
/// key whose text was lost on the way is revoked.
#[utoipa::path(post, path = "/api/v1/api-keys", operation_id = "api_keys_create", tag = "api_keys",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = CreateApiKey,
    responses((status = 201, description = "The key is made", body = CreatedApiKey)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<CreateApiKey>,
) -> Result<Response, ApiError> {
    let now = now(&app);
    let name = person::name(&request.name).ok_or(ProblemCode::NameInvalid)?;
    let (mut scopes, mut plant_ids) = (request.scopes.clone(), request.plant_ids.clone());
    scopes.sort_unstable();
    scopes.dedup();
    plant_ids.sort_unstable();
    plant_ids.dedup();
    let days = request.valid_days.unwrap_or(DEFAULT_DAYS);
    api_key::check((caller.person.role, &caller.scope), &scopes, &plant_ids, days).map_err(refused)?;
    let mut unit = app.begin_for(&caller.person.id, "API key made").await?;
    let work = ("api_keys_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    let known = plants::known(&mut unit, &plant_ids).await?;
    if let Some(unknown) = plant_ids.iter().find(|plant| !known.contains(plant)) {
        return Err(refused(ApiKeyRefusal::PlantUnknown(unknown.clone())));
    }
    let id = ApiKeyId(Uuid::now_v7());
    let made = make(id).map_err(ApiError::internal)?;
    let new = NewApiKey {
        id,
        name,
        secret_hash: made.hash,
        plant_ids: &plant_ids,
        scopes: &scopes,
        created_by: &caller.person.id,
        created_at: now,
        expires_at: now + TimeDelta::days(i64::from(days)),
    };
    if !api_keys::create(&mut unit, &new).await? {
        // Deactivated since the request began.
        return Err(ProblemCode::InvalidToken.into());
    }
    let api_key = api_keys::find_in(&mut unit, id, now).await?;
    let api_key = api_key.ok_or_else(|| ApiError::internal("the key was not written"))?;
    // Kept without the secret: a sealed copy would be one that can be had back for a day.
    let kept = CreatedApiKey { api_key, secret: None };
    creation.settle(&mut unit, &[], &kept).await?;
    unit.commit().await?;
    let shown = CreatedApiKey { secret: Some(made.text.expose().to_owned()), ..kept };
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

fn refused(refusal: ApiKeyRefusal) -> ApiError {
    let code = match &refusal {
        ApiKeyRefusal::ScopesRequired => ProblemCode::ScopesRequired,
        ApiKeyRefusal::NotForMachines(_) | ApiKeyRefusal::NotTheGivers(_) => ProblemCode::ScopeNotAllowed,
        ApiKeyRefusal::PlantsRequired => ProblemCode::PlantsRequired,
        ApiKeyRefusal::PlantUnknown(_) => ProblemCode::PlantUnknown,
        ApiKeyRefusal::DaysInvalid => ProblemCode::ValidDaysInvalid,
    };
    ApiError::new(code).with_detail(refusal.to_string())
}
