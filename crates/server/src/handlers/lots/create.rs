use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::lots::{CreateLot, LotRow};
use viruj_domain::{
    ids::LotId,
    lot::{self, LotStatus},
};
use viruj_storage::{
    StorageError,
    lots::{self, NewLot},
};

use super::checked;
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
    extract::Body,
    handlers::{
        registers::{begin, name_of, refuse_unseen_plant},
        sessions::now,
    },
    idempotency::{Begun, IdempotencyKey},
};

/// Enter a lot
///
/// It waits for quality assurance's decision; a number that the plant has a lot with is 409 `number_taken`.
/// `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/lots", operation_id = "lots_create", tag = "lots",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = CreateLot,
    responses((status = 201, description = "The lot is entered", body = LotRow,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the lot is")))))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<CreateLot>,
) -> Result<Response, ApiError> {
    let number = lot::number(&request.number)?;
    let material_code = name_of(&request.material_code, ProblemCode::MaterialInvalid)?;
    let material = name_of(&request.material, ProblemCode::MaterialInvalid)?;
    let details = checked(&request.details)?;
    let mut unit = begin(&app, &caller, &request.reason).await?;
    let work = ("lots_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now(&app)).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    refuse_unseen_plant(&mut unit, &caller.scope, &request.plant_id).await?;
    let id = LotId(Uuid::now_v7());
    let new = NewLot {
        id,
        plant_id: &request.plant_id,
        number,
        material_code: &material_code,
        material: &material,
        details: &details,
        status: LotStatus::Pending,
        author: &caller.person.id,
        now: now(&app),
    };
    match lots::create(&mut unit, &new).await {
        Err(StorageError::Conflict { .. }) => return Err(ProblemCode::NumberTaken.into()),
        done => done?,
    }
    let lot = lots::lock(&mut unit, id).await?.ok_or_else(|| ApiError::internal("the lot was not written"))?;
    let (tag, location) = (Etag::counted(lot.revision), format!("/api/v1/lots/{id}"));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &lot).await?;
    unit.commit().await?;
    Ok(answer)
}
