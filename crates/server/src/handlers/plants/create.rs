use axum::{extract::State, response::Response};
use http::header;
use uuid::Uuid;
use viruj_api::{
    plants::{CreatePlant, Plant},
    server::PlantSummary,
};
use viruj_domain::{
    ids::PlantId,
    person,
    plant::{PlantScope, is_usable_id},
};
use viruj_storage::{StorageError, installation, plants};

use super::{checked, etag};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::now,
    idempotency::{Begun, IdempotencyKey},
};

/// Make a plant
///
/// Only somebody who sees every plant makes one. An id that is taken is 409 `id_taken`; a time zone that IANA does not
/// know is 422 `time_zone_unknown`. `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/plants", operation_id = "plants_create", tag = "plants",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = CreatePlant,
    responses((status = 201, description = "The plant is made", body = Plant,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the plant is")))))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<CreatePlant>,
) -> Result<Response, ApiError> {
    if caller.scope != PlantScope::All {
        return Err(ProblemCode::NotAuthorised.into());
    }
    let (name, region, time_zone) = checked(&request.name, &request.region, &request.time_zone)?;
    let id = match &request.id {
        Some(id) => {
            let id = person::given_id(id.as_str()).filter(|id| is_usable_id(id)).ok_or(ProblemCode::IdInvalid)?;
            PlantId::from(id)
        }
        None => PlantId(format!("plant-{}", Uuid::now_v7().simple())),
    };
    let plant = PlantSummary { id, name: name.to_owned(), region: region.to_owned(), time_zone: time_zone.to_owned() };
    let mut unit = app.begin_for(&caller.person.id, "plant made").await?;
    let work = ("plants_create", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now(&app)).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    match installation::create_plant(&mut unit, &plant).await {
        Err(StorageError::Conflict { .. }) => return Err(ProblemCode::IdTaken.into()),
        done => done?,
    }
    let plant = plants::lock(&mut unit, &plant.id).await?;
    let plant = plant.ok_or_else(|| ApiError::internal("the plant was not written"))?;
    let (tag, location) = (etag(&plant)?, format!("/api/v1/plants/{}", plant.id));
    let headers = [(header::ETAG, tag.as_str()), (header::LOCATION, location.as_str())];
    let answer = creation.settle(&mut unit, &headers, &plant).await?;
    unit.commit().await?;
    Ok(answer)
}
