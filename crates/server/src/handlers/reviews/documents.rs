//! What is asked for of a decided batch.

use viruj_api::batches::BatchRow;
use viruj_domain::ids::BatchId;
use viruj_storage::{
    batch_documents::{self, DocumentKind},
    batches,
};

use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    kept_documents,
};

/// The document of a decided batch as it was kept.
///
/// Between the decision and the keeping it is made from the same rows, which do not change any more.
pub(in crate::handlers) async fn kept_or_made(
    app: &AppState,
    reader: &Reader,
    (batch, kind): (&BatchRow, DocumentKind),
) -> Result<Vec<u8>, ApiError> {
    if let Some(kept) = batch_documents::find(&app.database, &reader.scope, &batch.id, kind).await? {
        return Ok(kept);
    }
    let made = kept_documents::make(app, &reader.scope, &batch.id).await?;
    let found = made.into_iter().find(|(of, _)| *of == kind);
    found.map(|(_, document)| document).ok_or_else(|| ApiError::internal("there is a document of every kind"))
}

/// The batch's row, when quality assurance has decided about it.
pub(super) async fn decided(app: &AppState, reader: &Reader, id: BatchId) -> Result<BatchRow, ApiError> {
    let batch = batches::find(&app.database, &reader.scope, &id).await?.ok_or(ProblemCode::NotFound)?;
    if batch.release_status.is_decided() { Ok(batch) } else { Err(ProblemCode::NotDecided.into()) }
}
