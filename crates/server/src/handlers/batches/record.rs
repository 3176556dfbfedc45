use axum::{body::Body, extract::State, response::Response};
use http::{HeaderValue, header};
use viruj_api::{batch_record::SignedRecord, batches::BatchRow};
use viruj_domain::ids::BatchId;
use viruj_record::to_file;
use viruj_storage::{batch_documents::DocumentKind, batch_record, batches};

use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::Segment,
    handlers::reviews::kept_or_made,
};

/// The record of a batch
///
/// Everything that is known of the batch, as canonical JSON with the server's signature.
/// The same record is the same bytes; `viruj-server record verify` checks it without the server.
/// Once quality assurance has decided, it is the record as it was then.
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}/record", operation_id = "batches_record", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id")),
    responses((status = 200, description = "The record", body = SignedRecord,
        headers(("Content-Disposition" = String, description = "The name that the file is given")))))]
pub async fn record(State(app): State<AppState>, reader: Reader, Segment(id): Segment) -> Result<Response, ApiError> {
    let batch = found(&app, &reader, id).await?;
    let file = if batch.release_status.is_decided() {
        kept_or_made(&app, &reader, (&batch, DocumentKind::Record)).await?
    } else {
        to_file(&sealed(&app, &reader, &batch.id).await?).map_err(ApiError::internal)?
    };
    attachment(file, "application/json", (NAME, &batch.number), "json")
}

/// What the file of a record is called, before the batch's number.
pub(super) const NAME: &str = "batch-record";

pub(super) async fn found(app: &AppState, reader: &Reader, id: String) -> Result<BatchRow, ApiError> {
    let found = batches::find(&app.database, &reader.scope, &BatchId(id)).await?;
    found.ok_or_else(|| ProblemCode::NotFound.into())
}

/// The record as it is now, with the server's signature.
pub(super) async fn sealed(app: &AppState, reader: &Reader, id: &BatchId) -> Result<SignedRecord, ApiError> {
    let record = batch_record::read(&app.database, &reader.scope, id).await?.ok_or(ProblemCode::NotFound)?;
    viruj_record::seal(record, app.signing_keys.current()).map_err(ApiError::internal)
}

/// A file to be kept, named after what it is and the batch that it is of.
pub(in crate::handlers) fn attachment(
    file: Vec<u8>,
    media_type: &'static str,
    (name, number): (&str, &str),
    ending: &str,
) -> Result<Response, ApiError> {
    // What every file system takes.
    let number: String =
        number.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let disposition = format!("attachment; filename=\"{name}-{number}.{ending}\"");
    let mut response = Response::new(Body::from(file));
    let disposition = HeaderValue::from_str(&disposition).map_err(ApiError::internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}
