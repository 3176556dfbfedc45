use axum::{extract::State, response::Response};
use viruj_storage::batch_documents::DocumentKind;

use super::record::{NAME, attachment, found, sealed};
use crate::{
    application::AppState, caller::Reader, error::ApiError, extract::Segment, handlers::reviews::kept_or_made,
};

/// The printed record of a batch
///
/// The record as PDF/A-2 with the server's signature: every entry and signature, changed values marked, the trail, and
/// the hash of the JSON record as a QR code.
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}/record.pdf", operation_id = "batches_print", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id")),
    responses((status = 200, description = "The printed record", content_type = "application/pdf", body = Vec<u8>,
        headers(("Content-Disposition" = String, description = "The name that the file is given")))))]
pub async fn print(State(app): State<AppState>, reader: Reader, Segment(id): Segment) -> Result<Response, ApiError> {
    let batch = found(&app, &reader, id).await?;
    if batch.release_status.is_decided() {
        let kept = kept_or_made(&app, &reader, (&batch, DocumentKind::PrintedRecord)).await?;
        return attachment(kept, "application/pdf", (NAME, &batch.number), "pdf");
    }
    let sealed = sealed(&app, &reader, &batch.id).await?;
    // One at a time: a large record takes a processor for a second and memory by the hundred megabytes.
    let turn = app.printing.acquire().await.map_err(ApiError::internal)?;
    let printing = app.clone();
    let printed = tokio::task::spawn_blocking(move || viruj_record::print(&sealed, printing.signing_keys.current()));
    let pdf = printed.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    drop(turn);
    attachment(pdf, "application/pdf", (NAME, &batch.number), "pdf")
}
