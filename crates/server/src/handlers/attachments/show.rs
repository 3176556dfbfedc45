use axum::{extract::State, response::Response};
use http::{HeaderValue, header};
use viruj_domain::ids::BatchId;
use viruj_storage::attachments;

use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::Segments,
    handlers::batches::record::attachment,
};

/// A file of a batch
///
/// To be kept, never to be shown in place: under a name that the server makes, with the type that its bytes have.
#[utoipa::path(get, path = "/api/v1/batches/{batch_id}/attachments/{sha256}", operation_id = "attachments_show",
    tag = "attachments",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("sha256" = String, Path, description = "SHA-256 of the file, lower-case hex")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>,
        headers(("Content-Disposition" = String, description = "The name that the file is given")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segments(id, sha256): Segments,
) -> Result<Response, ApiError> {
    let found = attachments::find(&app.database, &reader.scope, &BatchId(id), &sha256).await?;
    let file = found.ok_or(ProblemCode::NotFound)?;
    let short: String = sha256.chars().take(12).collect();
    let name = format!("{}-phase-{}-{short}", file.batch_number, file.phase_number);
    let media_type = file.media_type;
    let mut response = attachment(file.content, media_type.as_str(), ("attachment", &name), media_type.ending())?;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    Ok(response)
}
