use axum::{Json, extract::State};
use viruj_api::{
    audit::AuditEntry,
    lists::{Page, PageQuery},
};
use viruj_domain::ids::BatchId;
use viruj_storage::batches;

use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::{Query, Segment},
};

/// The history of a batch
///
/// From the audit trail, newest first: what was changed of the batch, its phases, their entries and its deviations, by
/// whom, when and why.
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}/history", operation_id = "batches_history", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id"), PageQuery),
    responses((status = 200, description = "One page", body = Page<AuditEntry>)))]
pub async fn history(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, ApiError> {
    let id = BatchId(id);
    batches::find(&app.database, &reader.scope, &id).await?.ok_or(ProblemCode::NotFound)?;
    Ok(Json(batches::history(&app.database, &reader.scope, &id, &query).await?))
}
