use axum::{Json, extract::State};
use chrono::{DateTime, SubsecRound, Utc};
use http::StatusCode;
use viruj_api::stations::{RegisterStation, RegisteredStation, StationState};
use viruj_domain::ids::UserId;
use viruj_storage::{
    StorageError, UnitOfWork,
    stations::{self, NewStation, Station},
};
use viruj_sync::signing;

use super::identity;
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
};

const LONGEST_NAME: usize = 100;

/// Register a station
///
/// Makes the station's key known and gives back the server's keys, which the station pins.
/// The same key with the same id once more is 200 and changes nothing; a known key with another id, or a known id with
/// another key, is 409 `station_key_taken`.
#[utoipa::path(post, path = "/api/v1/stations", operation_id = "stations_register", tag = "stations",
    request_body = RegisterStation,
    responses(
        (status = 201, description = "The station is registered", body = RegisteredStation),
        (status = 200, description = "It was registered before", body = RegisteredStation)))]
pub async fn register(
    State(app): State<AppState>,
    caller: Caller,
    Body(request): Body<RegisterStation>,
) -> Result<(StatusCode, Json<RegisteredStation>), ApiError> {
    if !caller.scope.sees(&request.plant_id) {
        return Err(ApiError::new(ProblemCode::NotFound).with_detail("the plant is not known"));
    }
    let now = app.clock.now().trunc_subsecs(6);
    let mut unit = app.begin_for(&caller.person.id, "station registration").await?;
    let (status, station) =
        register_in(&mut unit, &request, Registration { by: Some(&caller.person.id), is_embedded: false, now }).await?;
    unit.commit().await?;
    let answer = RegisteredStation {
        station_id: station.known.id,
        name: station.name,
        plant_id: station.known.plant_id,
        registered_at: station.registered_at,
        server: identity(&app).await?,
    };
    Ok((status, Json(answer)))
}

/// Under which circumstances a station is registered.
pub(crate) struct Registration<'a> {
    pub(crate) by: Option<&'a UserId>,
    pub(crate) is_embedded: bool,
    pub(crate) now: DateTime<Utc>,
}

pub(crate) async fn register_in(
    unit: &mut UnitOfWork,
    request: &RegisterStation,
    registration: Registration<'_>,
) -> Result<(StatusCode, Station), ApiError> {
    let name = request.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('\0') {
        let detail = format!("the name has 1 to {LONGEST_NAME} characters");
        return Err(ApiError::new(ProblemCode::InvalidBody).with_detail(detail));
    }
    let public_key = *signing::public_key(&request.public_key).map_err(|_| ProblemCode::InvalidKey)?.as_bytes();
    let known = stations::with_id_or_key(unit, request.station_id, &public_key).await?;
    if !known.is_empty() {
        return known_again(known, request, public_key);
    }
    let station = NewStation {
        id: request.station_id,
        name,
        plant_id: &request.plant_id,
        public_key,
        is_embedded: registration.is_embedded,
        registered_by: registration.by,
        registered_at: registration.now,
        program_version: &request.program_version.replace('\0', ""),
    };
    match stations::register(unit, &station).await {
        Err(StorageError::Conflict { constraint }) if constraint.contains("plant") => {
            return Err(ApiError::new(ProblemCode::NotFound).with_detail("the plant is not known"));
        }
        // Somebody registered the same key at the same moment.
        Err(StorageError::Conflict { .. }) => return Err(ProblemCode::StationKeyTaken.into()),
        done => done?,
    }
    let known = stations::with_id_or_key(unit, request.station_id, &public_key).await?;
    let station = known.into_iter().next().ok_or_else(|| ApiError::internal("the station was not written"))?;
    Ok((StatusCode::CREATED, station))
}

/// A key and an id belong together for ever; a station that was retired does not come back by itself.
fn known_again(
    known: Vec<Station>,
    request: &RegisterStation,
    public_key: [u8; 32],
) -> Result<(StatusCode, Station), ApiError> {
    let is_same = |station: &Station| {
        station.known.id == request.station_id
            && station.known.public_key == public_key
            && station.known.plant_id == request.plant_id
            && station.known.state == StationState::Active
    };
    match <[Station; 1]>::try_from(known) {
        Ok([station]) if is_same(&station) => Ok((StatusCode::OK, station)),
        _ => Err(ProblemCode::StationKeyTaken.into()),
    }
}
