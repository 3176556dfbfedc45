use axum::{Json, extract::State};
use viruj_api::legacy::receiving::SecurityLog;
use viruj_storage::gate_entries;

use crate::{application::AppState, caller::Caller, error::ApiError, handlers::legacy::query::Parameters};

/// Gate entries
///
/// The newest 1000 of the person's plants.
#[utoipa::path(get, path = "/api/security/logs", operation_id = "legacy_security_logs_list", tag = "legacy",
    params(("status_filter" = Option<String>, Query, description = "Only entries that stand like this")),
    responses((status = 200, description = "Gate entries, the newest first", body = Vec<SecurityLog>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Vec<SecurityLog>>, ApiError> {
    let status = query.text("status_filter");
    Ok(Json(gate_entries::list(&app.database, &caller.scope, status.as_deref()).await?))
}
