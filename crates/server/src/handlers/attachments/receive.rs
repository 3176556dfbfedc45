use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use http::StatusCode;
use sha2::{Digest, Sha256};
use viruj_domain::{attachment, ids::BatchId};
use viruj_storage::{ChangeContext, attachments, batches};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Segments,
    handlers::sessions::now,
};

/// The path whose bodies are files.
pub const PATH: &str = "/api/v1/batches/{batch_id}/attachments/{sha256}";
/// Bytes.
#[expect(clippy::cast_possible_truncation, reason = "ten mebibytes are an address on every machine")]
pub const LARGEST_BODY: usize = attachment::LARGEST as usize;

/// Give the server a file of an entry
///
/// After the entry that names it: 409 `attachment_not_named` until then. The bytes must be those of the hash, of the type
/// and size that the entry says, and exactly one thing from the first byte to the last: files that hide another, and
/// archives that burst, link or lead out of themselves, are refused by their own code. Nothing is ever unpacked.
/// Sent again, nothing changes.
#[utoipa::path(put, path = "/api/v1/batches/{batch_id}/attachments/{sha256}", operation_id = "attachments_receive",
    tag = "attachments",
    params(("batch_id" = String, Path, description = "The batch's id"),
        ("sha256" = String, Path, description = "SHA-256 of the file, lower-case hex")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, description = "The file is kept")))]
pub async fn receive(
    State(app): State<AppState>,
    caller: Caller,
    Segments(id, sha256): Segments,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let id = BatchId(id);
    if !attachment::is_hash(&sha256) || batches::find(&app.database, &caller.scope, &id).await?.is_none() {
        return Err(ProblemCode::NotFound.into());
    }
    let content = body.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::from(ProblemCode::BodyTooLarge),
        _ => ApiError::new(ProblemCode::AttachmentHashDiffers).caused_by(refused),
    })?;
    if hex::encode(Sha256::digest(&content)) != sha256 {
        return Err(ProblemCode::AttachmentHashDiffers.into());
    }
    let media_type =
        attachment::media_type(&content).map_err(|fault| ApiError::new(fault.into()).with_detail(fault.to_string()))?;
    let context = ChangeContext::person(caller.scope.clone(), caller.person.id.as_str(), None);
    let mut unit = app.database.begin(context).await?;
    let named = attachments::named(&mut unit, &id, &sha256).await?.ok_or(ProblemCode::AttachmentNotNamed)?;
    if (named.media_type, named.size_bytes) != (media_type, content.len() as u64) {
        return Err(ProblemCode::AttachmentDiffers.into());
    }
    attachments::keep(&mut unit, &id, (&named, &sha256, &content), (&caller.person.id, now(&app))).await?;
    unit.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
