use axum::{Json, extract::State};
use viruj_api::sync::{PushRequest, PushResponse};

use crate::{
    application::AppState,
    caller::StationCaller,
    error::ApiError,
    extract::Body,
    receiving::{Way, take},
};

/// Push recorded operations
///
/// Each envelope gets a verdict that never changes; a push that is repeated gets the same verdicts.
/// One transaction: what was taken before a stop stands.
#[utoipa::path(post, path = "/api/v1/sync/push", operation_id = "sync_push", tag = "sync",
    request_body = PushRequest,
    responses((status = 200, description = "Verdicts in the order of the envelopes", body = PushResponse)))]
pub async fn push(
    State(app): State<AppState>,
    StationCaller(station): StationCaller,
    Body(request): Body<PushRequest>,
) -> Result<Json<PushResponse>, ApiError> {
    let _turn = app.pushing.acquire().await.map_err(ApiError::internal)?;
    Ok(Json(take(&app, &station, &request, Way::Pushed).await.map_err(ApiError::from_store)?))
}
