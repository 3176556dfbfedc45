use axum::{Json, extract::State};
use viruj_api::legacy::testing::SampleEntry;
use viruj_storage::quality_samples;

use crate::{application::AppState, caller::Caller, error::ApiError};

/// Samples that somebody works on
///
/// The newest 1000 of the person's plants.
#[utoipa::path(get, path = "/api/quality-samples/assigned", operation_id = "legacy_samples_assigned", tag = "legacy",
    responses((status = 200, description = "Samples, the newest first", body = Vec<SampleEntry>)))]
pub async fn assigned(State(app): State<AppState>, caller: Caller) -> Result<Json<Vec<SampleEntry>>, ApiError> {
    let samples = quality_samples::list(&app.database, &caller.scope, true).await?;
    Ok(Json(samples.into_iter().map(|sample| sample.sample).collect()))
}
