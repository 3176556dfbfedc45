use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::master_records::{CreateMasterRecord, MasterRecord};
use viruj_domain::{
    ids::{MasterRecordId, PlantId},
    master::Procedure,
};
use viruj_storage::{
    UnitOfWork,
    master_records::{self, Content, NewVersion},
};

use super::{begin, reason_of, refuse_unnamed};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
    extract::Body,
    handlers::{plants::refuse_unseen, sessions::now},
    idempotency::{Begun, Creation, IdempotencyKey},
};

/// Begin a version of a master batch record
///
/// A draft with the next number of its product in the plant; it may have faults as long as it names the product.
/// `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/master-records", operation_id = "master_records_create", tag = "master_records",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = CreateMasterRecord,
    responses((status = 201, description = "The draft is made", body = MasterRecord,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the version is")))))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<CreateMasterRecord>,
) -> Result<Response, ApiError> {
    let reason = reason_of(&request.reason)?;
    refuse_unnamed(&request.procedure)?;
    let mut unit = begin(&app, &caller, reason).await?;
    let work = ("master_records_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now(&app)).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    if let Some(from) = request.based_on {
        // The lock keeps nothing back: a version is never deleted.
        let from = master_records::lock(&mut unit, from).await?.filter(|from| from.row.plant_id == request.plant_id);
        from.ok_or(ProblemCode::NotFound)?;
    }
    let draft = Draft { plant: &request.plant_id, procedure: &request.procedure, based_on: request.based_on, reason };
    make(&app, &caller, unit, creation, &draft).await
}

/// What a new version is made of.
pub(super) struct Draft<'a> {
    pub plant: &'a PlantId,
    pub procedure: &'a Procedure,
    pub based_on: Option<MasterRecordId>,
    pub reason: &'a str,
}

/// Makes the draft and commits it with its answer.
pub(super) async fn make(
    app: &AppState,
    caller: &Caller,
    mut unit: UnitOfWork,
    creation: Creation<'_>,
    draft: &Draft<'_>,
) -> Result<Response, ApiError> {
    refuse_unseen(&mut unit, &caller.scope, draft.plant).await?;
    let id = MasterRecordId(Uuid::now_v7());
    let content = Content::of(draft.procedure).map_err(ApiError::internal)?;
    let new = NewVersion {
        id,
        plant_id: draft.plant,
        content: &content,
        based_on: draft.based_on,
        author: &caller.person.id,
        reason: draft.reason,
        now: now(app),
    };
    master_records::create(&mut unit, &new).await?;
    let record = master_records::show_in(&mut unit, id).await?;
    let record = record.ok_or_else(|| ApiError::internal("the version was not written"))?;
    let (tag, location) = (Etag::counted(record.row.revision), format!("/api/v1/master-records/{id}"));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &record).await?;
    unit.commit().await?;
    Ok(answer)
}
