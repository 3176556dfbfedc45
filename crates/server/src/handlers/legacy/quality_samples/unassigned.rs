use axum::{Json, extract::State};
use viruj_api::legacy::testing::UnassignedSample;
use viruj_storage::quality_samples;

use crate::{application::AppState, caller::Caller, error::ApiError};

/// Samples that nobody works on yet
///
/// The newest 1000 of the person's plants.
#[utoipa::path(get, path = "/api/quality-samples/unassigned", operation_id = "legacy_samples_unassigned", tag = "legacy",
    responses((status = 200, description = "Samples, the newest first", body = Vec<UnassignedSample>)))]
pub async fn unassigned(State(app): State<AppState>, caller: Caller) -> Result<Json<Vec<UnassignedSample>>, ApiError> {
    let samples = quality_samples::list(&app.database, &caller.scope, false).await?;
    Ok(Json(samples))
}
