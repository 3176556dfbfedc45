use axum::{Json, extract::State};
use viruj_api::{
    batches::{BatchQuery, BatchRow},
    lists::Page,
};
use viruj_storage::batches;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query, handlers::sessions::now};

/// Batches
///
/// Those of the plants that the reader sees, newest first unless another order is asked for. A batch that is made after
/// its planned end is `Delayed`, and is found as such.
#[utoipa::path(get, path = "/api/v1/batches", operation_id = "batches_list", tag = "batches", params(BatchQuery),
    responses((status = 200, description = "One page", body = Page<BatchRow>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<BatchQuery>,
) -> Result<Json<Page<BatchRow>>, ApiError> {
    Ok(Json(batches::list(&app.database, &reader.scope, &query, now(&app)).await?))
}
