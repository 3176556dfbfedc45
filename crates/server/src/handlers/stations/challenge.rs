use axum::{Json, extract::State};
use viruj_api::stations::StationChallenge;

use crate::{application::AppState, error::ApiError};

/// A nonce for a station to sign
///
/// Valid for one minute and for one sign-in.
#[utoipa::path(post, path = "/api/v1/stations/challenge", operation_id = "stations_challenge", tag = "stations",
    responses((status = 200, description = "To be signed with the station's key", body = StationChallenge)))]
pub async fn challenge(State(app): State<AppState>) -> Result<Json<StationChallenge>, ApiError> {
    let challenge = app.challenges.make(app.clock.now()).map_err(ApiError::internal)?;
    Ok(Json(StationChallenge { challenge }))
}
