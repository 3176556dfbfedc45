use axum::{Json, extract::State};
use viruj_api::{
    lists::{Page, PageQuery},
    stations::StationRow,
};
use viruj_storage::stations;

use crate::{application::AppState, caller::Caller, error::ApiError, extract::Query};

/// Stations
///
/// Those of the plants that the caller sees, the ones that were registered last first.
#[utoipa::path(get, path = "/api/v1/stations", operation_id = "stations_list", tag = "stations", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<StationRow>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<StationRow>>, ApiError> {
    Ok(Json(stations::list(&app.database, &caller.scope, &query).await?))
}
