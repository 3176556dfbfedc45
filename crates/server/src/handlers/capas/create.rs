use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::capas::{Capa, OpenCapa};
use viruj_domain::{deviation::DeviationStep, ids::CapaId};
use viruj_storage::{capas, deviations};

use super::check_owner;
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::Etag,
    extract::Body,
    handlers::{
        deviations::{begin, decide, reason_of, required_text},
        sessions::now,
    },
    idempotency::{Begun, IdempotencyKey},
};

/// Open a corrective or preventive action from a deviation
///
/// While the deviation is investigated or reviewed; the deviation counts it, and what is signed of the deviation names it.
/// `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/capas", operation_id = "capas_create", tag = "capas",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = OpenCapa,
    responses((status = 201, description = "The action is open", body = Capa,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the action is")))))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<OpenCapa>,
) -> Result<Response, ApiError> {
    let (reason, at) = (reason_of(&request.reason)?, now(&app));
    required_text(&request.problem)?;
    required_text(&request.title)?;
    let mut unit = begin(&app, &caller, reason).await?;
    let work = ("capas_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, at).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    let deviation = deviations::lock(&mut unit, request.deviation_id).await?.ok_or(ProblemCode::NotFound)?;
    decide(&caller, caller.person.role, &deviation, DeviationStep::OpenCapa)?;
    check_owner(&mut unit, &request.owner_id, &deviation.row.plant_id).await?;
    let id = CapaId(Uuid::now_v7());
    capas::open(&mut unit, id, &deviation.row.plant_id, &request, (&caller.person.id, at)).await?;
    deviations::count_capa(&mut unit, request.deviation_id).await?;
    let shown: Option<Capa> = capas::show_in(&mut unit, id).await?;
    let shown = shown.ok_or_else(|| ApiError::internal("the action was not written"))?;
    let (tag, location) = (Etag::counted(shown.row.version), format!("/api/v1/capas/{id}"));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &shown).await?;
    unit.commit().await?;
    Ok(answer)
}
