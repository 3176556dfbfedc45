use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::qualifications::{GrantQualification, QualificationRow};
use viruj_domain::{
    ids::QualificationId,
    qualification::{QualificationRefusal, QualificationStep, procedure_code, step},
};
use viruj_storage::{
    StorageError, people,
    qualifications::{self, Done},
};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
    extract::Body,
    handlers::{
        registers::{acting, begin, day, name_of, refuse_unseen_plant},
        sessions::now,
    },
    idempotency::{Begun, IdempotencyKey},
};

/// Qualify a person for a procedure
///
/// Never oneself. Who is or was qualified already is 409 `already_qualified`: that one is renewed.
/// `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/qualifications", operation_id = "qualifications_grant", tag = "qualifications",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = GrantQualification,
    responses((status = 201, description = "The person is qualified", body = QualificationRow,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the qualification is")))))]
pub async fn grant(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<GrantQualification>,
) -> Result<Response, ApiError> {
    let code = procedure_code(&request.procedure_code)?;
    let title = name_of(&request.procedure_title, ProblemCode::ProcedureTitleInvalid)?;
    let mut unit = begin(&app, &caller, &request.reason).await?;
    let work = ("qualifications_grant", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now(&app)).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    let (plant, at) = (&request.plant_id, now(&app));
    refuse_unseen_plant(&mut unit, &caller.scope, plant).await?;
    // PostgreSQL knows no text with a zero byte, so nobody has such an id.
    let person = match request.person_id.as_str().contains('\0') {
        true => None,
        false => people::person(unit.connection(), &request.person_id).await?,
    };
    let sees_plant = |person: &viruj_api::people::Person| person.sees_all_plants || person.plant_ids.contains(plant);
    let person = person.filter(|person| person.is_active && sees_plant(person)).ok_or(ProblemCode::PersonUnknown)?;
    let known = qualifications::of_person(&mut unit, plant, &person.id, code).await?;
    let known = known.as_ref().map(QualificationRow::qualification);
    let today = day(&mut unit, plant, at).await?;
    let wanted = QualificationStep::Grant { valid_until: request.valid_until };
    let new = step(known.as_ref(), (&person.id, code), wanted, acting(&caller, plant), today)?;
    let id = QualificationId(Uuid::now_v7());
    let done = Done { by: &caller.person.id, at };
    match qualifications::create(&mut unit, (id, plant), (&new, &title), done).await {
        // Somebody else has just done the same.
        Err(StorageError::Conflict { .. }) => return Err(QualificationRefusal::AlreadyGranted.into()),
        done => done?,
    }
    let row = qualifications::lock(&mut unit, id).await?;
    let row = row.ok_or_else(|| ApiError::internal("the qualification was not written"))?;
    let (tag, location) = (Etag::counted(row.revision), format!("/api/v1/qualifications/{id}"));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &row).await?;
    unit.commit().await?;
    Ok(answer)
}
