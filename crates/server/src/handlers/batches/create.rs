use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::batches::{BatchRow, CreateBatch};
use viruj_domain::{
    batch,
    capability::Capability,
    ids::{BatchId, PlantId, UserId},
};
use viruj_storage::{
    UnitOfWork,
    batches::{self, NewBatch},
    master_records::{self, StoredVersion},
    people,
};

use super::begin;
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
    extract::Body,
    handlers::{plants::refuse_unseen, sessions::now},
    idempotency::{Begun, IdempotencyKey},
};

/// Make a batch
///
/// A frozen copy of the version of the product's master batch record that is effective in the plant, and of its size:
/// whatever becomes of the version later, the batch stays as it was made. Without an effective version the answer is
/// 409 `no_effective_master`; when another one than the one that was shown is effective, 409 `master_not_effective`.
/// `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/batches", operation_id = "batches_create", tag = "batches",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = CreateBatch,
    responses((status = 201, description = "The batch is made", body = BatchRow,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the batch is")))))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<CreateBatch>,
) -> Result<Response, ApiError> {
    let now = now(&app);
    if !batch::is_plan(request.planned_start, request.planned_end) {
        return Err(ProblemCode::PlanInvalid.into());
    }
    let mut unit = begin(&app, &caller, None).await?;
    let work = ("batches_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    refuse_unseen(&mut unit, &caller.scope, &request.plant_id).await?;
    let master = effective(&mut unit, &request).await?;
    if let Some(person) = &request.assigned_to {
        refuse_unfit_person(&mut unit, &request.plant_id, person).await?;
    }
    let id = BatchId(Uuid::now_v7().to_string());
    let new = NewBatch {
        id: &id,
        procedure: &master.procedure()?,
        master: &master,
        planned_start: request.planned_start,
        planned_end: request.planned_end,
        assigned_to: request.assigned_to.as_ref(),
        author: &caller.person.id,
        now,
    };
    let _turn = app.database.gate().lock().await;
    let batch: BatchRow = batches::create(&mut unit, &new).await?.seen_at(now);
    let (tag, location) = (Etag::counted(batch.version), format!("/api/v1/batches/{id}"));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &batch).await?;
    unit.commit().await?;
    Ok(answer)
}

/// The version that is effective and stays so until the transaction ends, when it is the one that the caller was shown.
async fn effective(unit: &mut UnitOfWork, request: &CreateBatch) -> Result<StoredVersion, ApiError> {
    let code = request.product_code.trim();
    // No product has such a code, and the database would not take it.
    if code.contains('\0') {
        return Err(ProblemCode::NoEffectiveMaster.into());
    }
    master_records::keep_effective(unit, &request.plant_id, code).await?;
    let found = master_records::effective(unit, &request.plant_id, code).await?;
    let version = found.ok_or(ProblemCode::NoEffectiveMaster)?;
    if version.row.id != request.master_record_id {
        return Err(ApiError::new(ProblemCode::MasterNotEffective)
            .with_detail(format!("version {} is effective", version.row.version)));
    }
    if version.text_hash() != version.content_hash {
        return Err(ApiError::internal(format!("the text of version {} does not fit its hash", version.row.id)));
    }
    Ok(version)
}

async fn refuse_unfit_person(unit: &mut UnitOfWork, plant: &PlantId, person: &UserId) -> Result<(), ApiError> {
    let id = UserId(person.as_str().replace('\0', ""));
    let found = people::person(unit.connection(), &id).await?;
    let is_fit = found.is_some_and(|person| {
        person.is_active && person.role.can(Capability::BatchExecute) && people::scope_of(&person).sees(plant)
    });
    if is_fit { Ok(()) } else { Err(ProblemCode::AssigneeUnfit.into()) }
}
