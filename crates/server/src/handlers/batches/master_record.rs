use axum::{Json, extract::State};
use viruj_api::batches::BatchMasterRecord;
use viruj_domain::ids::BatchId;
use viruj_storage::batches;

use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::Segment,
};

/// The master record of a batch
///
/// As it was when the batch was made, whatever has become of the version since. A batch of the legacy system has none.
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}/master-record", operation_id = "batches_master_record",
    tag = "batches", params(("batch_id" = String, Path, description = "The batch's id")),
    responses((status = 200, description = "The frozen copy", body = BatchMasterRecord)))]
pub async fn master_record(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Json<BatchMasterRecord>, ApiError> {
    let frozen = batches::frozen_master(&app.database, &reader.scope, &BatchId(id)).await?;
    Ok(Json(frozen.ok_or(ProblemCode::NotFound)?))
}
