use axum::{extract::State, response::Response};

use super::record::{attachment, sealed};
use crate::{application::AppState, caller::Reader, error::ApiError, extract::Segment};

/// The printed record of a batch
///
/// The record as PDF/A-2 with the server's signature: every entry and signature, changed values marked, the trail, and
/// the hash of the JSON record as a QR code.
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}/record.pdf", operation_id = "batches_print", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id")),
    responses((status = 200, description = "The printed record", content_type = "application/pdf", body = Vec<u8>,
        headers(("Content-Disposition" = String, description = "The name that the file is given")))))]
pub async fn print(State(app): State<AppState>, reader: Reader, Segment(id): Segment) -> Result<Response, ApiError> {
    let sealed = sealed(&app, &reader, id).await?;
    // One at a time: a large record takes a processor for a second and memory by the hundred megabytes.
    let turn = app.printing.acquire().await.map_err(ApiError::internal)?;
    let printing = app.clone();
    let printed = tokio::task::spawn_blocking(move || {
        viruj_record::print(&sealed, printing.signing_keys.current()).map(|pdf| (pdf, sealed))
    });
    let (pdf, sealed) = printed.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    drop(turn);
    attachment(pdf, "application/pdf", &sealed, "pdf")
}
