use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::equipment::{CreateEquipment, EquipmentDetails};
use viruj_domain::{
    equipment::{EquipmentRefusal, EquipmentStanding, code},
    ids::EquipmentId,
};
use viruj_storage::{
    StorageError,
    equipment::{self, NewEquipment},
};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
    extract::Body,
    handlers::{
        registers::{begin, day, name_of, refuse_unseen_plant},
        sessions::now,
    },
    idempotency::{Begun, IdempotencyKey},
};

/// Enter a piece of equipment
///
/// It is idle, and dirty until it has been cleaned and somebody else has looked at it. A code that the plant has
/// equipment with is 409 `code_taken`. `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/equipment", operation_id = "equipment_create", tag = "equipment",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = CreateEquipment,
    responses((status = 201, description = "The equipment is entered", body = EquipmentDetails,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the equipment is")))))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<CreateEquipment>,
) -> Result<Response, ApiError> {
    let code = code(&request.code)?;
    let name = name_of(&request.name, ProblemCode::NameInvalid)?;
    let kind = name_of(&request.kind, ProblemCode::KindInvalid)?;
    let mut unit = begin(&app, &caller, &request.reason).await?;
    let work = ("equipment_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now(&app)).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    refuse_unseen_plant(&mut unit, &caller.scope, &request.plant_id).await?;
    let today = day(&mut unit, &request.plant_id, now(&app)).await?;
    if request.calibration_due.is_some_and(|due| due <= today) {
        return Err(EquipmentRefusal::CalibrationDueInvalid.into());
    }
    let id = EquipmentId(Uuid::now_v7());
    let new = NewEquipment {
        id,
        plant_id: &request.plant_id,
        code,
        name: &name,
        kind: &kind,
        standing: &EquipmentStanding::of_new(request.calibration_due),
        author: &caller.person.id,
        now: now(&app),
    };
    match equipment::create(&mut unit, &new).await {
        Err(StorageError::Conflict { .. }) => return Err(ProblemCode::CodeTaken.into()),
        done => done?,
    }
    let details = equipment::show_in(&mut unit, id).await?;
    let details = details.ok_or_else(|| ApiError::internal("the equipment was not written"))?;
    let (tag, location) = (Etag::counted(details.row.revision), format!("/api/v1/equipment/{id}"));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &details).await?;
    unit.commit().await?;
    Ok(answer)
}
