use axum::{Json, extract::State};
use viruj_api::{
    batches::{BatchQuery, BatchRow},
    lists::Page,
};
use viruj_storage::batches;

use crate::{application::AppState, caller::Caller, error::ApiError, extract::Query};

/// Batches
///
/// Those of the plants that the person sees, newest first unless another order is asked for.
#[utoipa::path(get, path = "/api/v1/batches", operation_id = "batches_list", tag = "batches", params(BatchQuery),
    responses((status = 200, description = "One page", body = Page<BatchRow>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<BatchQuery>,
) -> Result<Json<Page<BatchRow>>, ApiError> {
    Ok(Json(batches::list(&app.database, &caller.scope, &query).await?))
}
