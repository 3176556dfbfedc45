use std::time::Duration;

use axum::{Json, extract::State};
use viruj_api::sync::{PushRequest, PushResponse};

use crate::{
    application::AppState,
    caller::StationCaller,
    error::{ApiError, ProblemCode},
    extract::Body,
    receiving::{Way, take},
};

/// A push that waits longer for its turn comes again: what is left of a request's time has to be enough for the push.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

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
    let turn = tokio::time::timeout(LONGEST_WAIT, app.pushing.acquire()).await;
    let busy = |_| ApiError::new(ProblemCode::TimedOut).retry_after(5);
    let _turn = turn.map_err(busy)?.map_err(ApiError::internal)?;
    Ok(Json(take(&app, &station, &request, Way::Pushed).await.map_err(ApiError::from_store)?))
}
