use axum::extract::State;
use viruj_api::batches::BatchRow;
use viruj_domain::ids::BatchId;
use viruj_storage::batches;

use super::tagged;
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
    handlers::sessions::now,
};

/// One batch
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}", operation_id = "batches_show", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id")),
    responses((status = 200, description = "The batch", body = BatchRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Tagged<BatchRow>, ApiError> {
    let batch = batches::find(&app.database, &reader.scope, &BatchId(id)).await?;
    Ok(tagged(batch.ok_or(ProblemCode::NotFound)?.seen_at(now(&app))))
}
