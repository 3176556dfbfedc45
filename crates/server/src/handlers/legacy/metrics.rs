use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

use crate::{application::AppState, error::ApiError};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the server has counted
///
/// Requests and their times by route, method and class of status, in the text of OpenMetrics. Each replica counts its
/// own since its start.
#[utoipa::path(get, path = "/metrics", operation_id = "legacy_metrics", tag = "legacy",
    responses((status = 200, description = "The counts", body = String,
        content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8")))]
pub async fn metrics(State(app): State<AppState>) -> Result<Response, ApiError> {
    let text = app.metrics.text().map_err(ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}
