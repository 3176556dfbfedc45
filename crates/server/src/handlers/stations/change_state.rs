use axum::{Json, extract::State};
use chrono::SubsecRound;
use viruj_api::stations::{ChangeStationState, StationRow, StationState};
use viruj_domain::person;
use viruj_storage::{leases, stations};

use super::locked;
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::{Body, Segment},
};

/// Suspend or retire a station
///
/// A station that is not active gets no token, and one that it has counts no more. A suspended station comes back with
/// `Active`; a retired one never, and what it held of batches is free. 400 `step_not_allowed` for any other step.
#[utoipa::path(post, path = "/api/v1/stations/{station_id}/state", operation_id = "stations_change_state",
    tag = "stations",
    params(("station_id" = String, Path, description = "The station's id")),
    request_body = ChangeStationState,
    responses((status = 200, description = "The station as it is now", body = StationRow)))]
pub async fn change_state(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<ChangeStationState>,
) -> Result<Json<StationRow>, ApiError> {
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let now = app.clock.now().trunc_subsecs(3);
    let (mut unit, mut station) = locked(&app, &caller, &id, reason).await?;
    if !may_become(station.state, request.state) {
        return Err(ProblemCode::StepNotAllowed.into());
    }
    if request.state == StationState::Retired {
        leases::end_of_station(&mut unit, station.id, now).await?;
    }
    stations::set_state(&mut unit, station.id, request.state).await?;
    station.state = request.state;
    unit.commit().await?;
    Ok(Json(station))
}

fn may_become(now: StationState, wanted: StationState) -> bool {
    use StationState::{Active, Pending, Retired, Suspended};
    matches!((now, wanted), (Pending, Active | Retired) | (Active, Suspended | Retired) | (Suspended, Active | Retired))
}
