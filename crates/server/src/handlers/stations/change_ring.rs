use axum::{Json, extract::State};
use viruj_api::stations::{ChangeStationRing, StationRow};
use viruj_domain::person;
use viruj_storage::stations;

use super::locked;
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::{Body, Segment},
};

/// Move a station into another ring of updates
///
/// Stations of `pilot` are offered a release first, those of `plant` after them, and all others when it goes to `all`.
#[utoipa::path(post, path = "/api/v1/stations/{station_id}/ring", operation_id = "stations_change_ring",
    tag = "stations",
    params(("station_id" = String, Path, description = "The station's id")),
    request_body = ChangeStationRing,
    responses((status = 200, description = "The station as it is now", body = StationRow)))]
pub async fn change_ring(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<ChangeStationRing>,
) -> Result<Json<StationRow>, ApiError> {
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let (mut unit, mut station) = locked(&app, &caller, &id, reason).await?;
    stations::set_ring(&mut unit, station.id, request.ring).await?;
    station.ring = request.ring;
    unit.commit().await?;
    Ok(Json(station))
}
