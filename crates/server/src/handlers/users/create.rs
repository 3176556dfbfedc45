use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::users::{CreateUser, CreatedUser};
use viruj_domain::{ids::UserId, person};
use viruj_storage::{
    StorageError,
    people::{self, NewPerson},
    users,
};

use super::{etag, wanted};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::now,
    idempotency::{Begun, IdempotencyKey},
    secrets::one_time_secret,
};

/// Make an account
///
/// The answer holds the first password, which is shown once, works once and asks for another one.
/// An id or an address that somebody has or ever had is 409 `id_taken` or `email_taken` (21 CFR 11.100).
/// With the header `Idempotency-Key` a request that is sent again within a day gets the same answer; the same key with
/// another body is 409 `idempotency_key_reused`.
#[utoipa::path(post, path = "/api/v1/users", operation_id = "users_create", tag = "users",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = CreateUser,
    responses((status = 201, description = "The account is made", body = CreatedUser,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the account is")))))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<CreateUser>,
) -> Result<Response, ApiError> {
    let now = now(&app);
    let email = person::email_address(&request.email).ok_or(ProblemCode::EmailInvalid)?;
    let id = match &request.id {
        Some(id) => person::given_id(id.as_str()).ok_or(ProblemCode::IdInvalid)?.to_owned(),
        None => Uuid::now_v7().to_string(),
    };
    // Hashing takes its time, a transaction should not.
    let one_time_secret = one_time_secret().map_err(ApiError::internal)?;
    let password_hash = app.passwords.hash(&one_time_secret).await.map_err(ApiError::internal)?;
    let mut unit = app.begin_for(&caller.person.id, "account made").await?;
    let work = ("users_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    let about = (request.name.as_str(), request.role, request.department);
    let wanted = wanted(&mut unit, &caller, about, &request.plant_ids).await?;
    let person = NewPerson {
        id: UserId(id),
        name: wanted.name,
        email,
        password_hash: &password_hash,
        role: wanted.role,
        department: wanted.department,
        plant_ids: wanted.plant_ids,
        must_change_password: true,
        created_at: now,
    };
    match people::create(&mut unit, &person).await {
        Err(StorageError::Conflict { constraint }) if constraint == "users_pkey" => {
            return Err(ProblemCode::IdTaken.into());
        }
        Err(StorageError::Conflict { constraint }) if constraint.starts_with("users_") => {
            return Err(ProblemCode::EmailTaken.into());
        }
        done => done?,
    }
    let user = users::find_in(&mut unit, &person.id).await?;
    let user = user.ok_or_else(|| ApiError::internal("the account was not written"))?;
    let (tag, location) = (etag(&user)?, format!("/api/v1/users/{}", user.id));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &CreatedUser { user, one_time_secret }).await?;
    unit.commit().await?;
    Ok(answer)
}
