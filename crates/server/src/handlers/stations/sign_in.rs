use axum::{Json, extract::State};
use chrono::SubsecRound;
use ed25519_dalek::VerifyingKey;
use viruj_api::stations::{StationSession, StationSignIn, StationState};
use viruj_storage::stations;
use viruj_sync::signing;

use crate::{
    application::AppState,
    error::{ApiError, ProblemCode},
    extract::Body,
};

/// Sign in as a station
///
/// The station proves that it holds its key. An unknown station, a used or old challenge and a wrong signature are one
/// answer: 401 `station_refused`. A station that is not active is 403 `station_not_active`.
#[utoipa::path(post, path = "/api/v1/stations/sessions", operation_id = "stations_sign_in", tag = "stations",
    request_body = StationSignIn,
    responses((status = 200, description = "A token that speaks for the station", body = StationSession)))]
pub async fn sign_in(
    State(app): State<AppState>,
    Body(request): Body<StationSignIn>,
) -> Result<Json<StationSession>, ApiError> {
    let now = app.clock.now().trunc_subsecs(6);
    if !app.challenges.take(&request.challenge, now) {
        return Err(ProblemCode::StationRefused.into());
    }
    let station = stations::find(&app.database, request.station_id).await?.ok_or(ProblemCode::StationRefused)?.known;
    let key = VerifyingKey::from_bytes(&station.public_key).map_err(|_| ProblemCode::StationRefused)?;
    signing::verify_challenge(&request.challenge, &request.signature, &key)
        .map_err(|error| ApiError::new(ProblemCode::StationRefused).caused_by(error))?;
    if station.state != StationState::Active {
        return Err(ProblemCode::StationNotActive.into());
    }
    let mut unit = app.begin_for_system("stations", "station sign-in").await?;
    let version: String = request.program_version.chars().filter(|c| *c != '\0').take(40).collect();
    stations::note_seen(&mut unit, station.id, Some(&version), now).await?;
    unit.commit().await?;
    let issued = app.access_tokens.for_station(station.id, now).map_err(ApiError::internal)?;
    Ok(Json(StationSession { access_token: issued.token, access_expires_at: issued.expires_at }))
}
