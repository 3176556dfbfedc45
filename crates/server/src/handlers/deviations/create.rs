use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::deviations::{Deviation, ReportDeviation};
use viruj_domain::ids::DeviationId;
use viruj_storage::{
    deviations::{self, NewDeviation},
    plants,
};

use super::{begin, required_text, text_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
    extract::Body,
    handlers::sessions::now,
    idempotency::{Begun, IdempotencyKey},
};

/// Report a deviation
///
/// What a person saw and no value shows, in a batch, in one of its phases, or in the plant. It stops nothing by itself.
/// `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/deviations", operation_id = "deviations_create", tag = "deviations",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = ReportDeviation,
    responses((status = 201, description = "The deviation is open", body = Deviation,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the deviation is")))))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<ReportDeviation>,
) -> Result<Response, ApiError> {
    let (description, at) = (required_text(&request.description)?, now(&app));
    let immediate_action = text_of(request.immediate_action.as_deref())?;
    let mut unit = begin(&app, &caller, "reported by a person").await?;
    let work = ("deviations_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, at).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    let plant = &request.plant_id;
    let is_there = caller.scope.sees(plant) && !plants::known(&mut unit, std::slice::from_ref(plant)).await?.is_empty();
    if !is_there {
        return Err(ProblemCode::PlantUnknown.into());
    }
    match &request.batch_id {
        Some(batch) => match deviations::place_of(&mut unit, batch, request.phase_id).await? {
            Some((of, true)) if of == *plant => {}
            Some((of, false)) if of == *plant => return Err(ProblemCode::PhaseUnknown.into()),
            _ => return Err(ProblemCode::BatchUnknown.into()),
        },
        None if request.phase_id.is_some() => return Err(ProblemCode::PhaseUnknown.into()),
        None => {}
    }
    let id = DeviationId(Uuid::now_v7());
    let new = NewDeviation {
        id,
        plant_id: plant,
        batch_id: request.batch_id.as_ref(),
        phase_id: request.phase_id,
        severity: request.severity,
        description,
        immediate_action,
        person: &caller.person.id,
        now: at,
    };
    deviations::report(&mut unit, &new).await?;
    let shown: Option<Deviation> = deviations::show_in(&mut unit, id).await?;
    let shown = shown.ok_or_else(|| ApiError::internal("the deviation was not written"))?;
    let (tag, location) = (Etag::counted(shown.record.row.version), format!("/api/v1/deviations/{id}"));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &shown).await?;
    unit.commit().await?;
    Ok(answer)
}
