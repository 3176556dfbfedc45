use axum::extract::State;
use http::StatusCode;
use viruj_api::leases::GiveLeaseBack;
use viruj_domain::ids::BatchId;
use viruj_storage::{ChangeContext, batches};

use super::{end_all, now, station_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::{Body, Segment},
};

/// Give a batch back
///
/// The station holds nothing of the batch any more. Nothing happens where it held nothing.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/leases/give-back", operation_id = "leases_give_back",
    tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id")),
    request_body = GiveLeaseBack,
    responses((status = 204, description = "It holds nothing of the batch")))]
pub async fn give_back(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<GiveLeaseBack>,
) -> Result<StatusCode, ApiError> {
    let (id, now) = (BatchId(id), now(&app));
    let station = station_of(&app, request.station_id).await?;
    let context = ChangeContext {
        station: Some(station.known.id),
        ..ChangeContext::person(
            caller.scope.clone(),
            caller.person.id.as_str(),
            Some("batch given back by its station"),
        )
    };
    let mut unit = app.database.begin(context).await?;
    let batch = batches::lock(&mut unit, &id, now).await?.ok_or(ProblemCode::NotFound)?.row;
    if batch.plant_id != station.known.plant_id {
        return Err(ProblemCode::NotFound.into());
    }
    end_all(&mut unit, &id, station.known.id, now).await?;
    unit.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
