use axum::{Json, extract::State};
use viruj_api::lists::{GateEntry, Page, PageQuery};
use viruj_storage::lists;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Gate entries
///
/// Newest first, of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/gate-entries", operation_id = "gate_entries_list", tag = "lists", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<GateEntry>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<GateEntry>>, ApiError> {
    Ok(Json(lists::gate_entries(&app.database, &reader.scope, &query).await?))
}
