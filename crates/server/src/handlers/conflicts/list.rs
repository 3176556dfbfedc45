use axum::{Json, extract::State};
use viruj_api::{
    conflicts::{Conflict, ConflictQuery},
    lists::Page,
};
use viruj_storage::conflicts;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Conflicts
///
/// Entries that are kept without effect, each beside what its phase holds; the newest first, those of the plants that the
/// reader sees.
#[utoipa::path(get, path = "/api/v1/conflicts", operation_id = "conflicts_list", tag = "conflicts",
    params(ConflictQuery),
    responses((status = 200, description = "One page", body = Page<Conflict>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<ConflictQuery>,
) -> Result<Json<Page<Conflict>>, ApiError> {
    Ok(Json(conflicts::list(&app.database, &reader.scope, &query).await?))
}
