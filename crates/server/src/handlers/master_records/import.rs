use axum::{extract::State, response::Response};
use viruj_api::master_records::{ImportMasterRecord, MasterRecord};

use super::{
    begin,
    create::{Draft, make},
    reason_of,
};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::now,
    idempotency::{Begun, IdempotencyKey},
    master_record_file,
};

/// The one path whose bodies may be larger than others.
pub const PATH: &str = "/api/v1/master-records/import";
/// Bytes; a larger file is no record of one batch.
const LARGEST_FILE: usize = 4 * 1024 * 1024;
/// The file is a text in the body: each of its line ends and quotation marks is two characters there.
pub const LARGEST_BODY: usize = 2 * LARGEST_FILE + 64 * 1024;

/// Import a version from a file
///
/// A draft with the next number of its product in the plant. A file with faults is 422 `master_record_has_faults`, with
/// every one of them and its place in `faults`, and nothing of it is kept.
/// What is not of the schema is told before what the rules say of the content. `Idempotency-Key` works as for accounts.
#[utoipa::path(post, path = "/api/v1/master-records/import", operation_id = "master_records_import",
    tag = "master_records",
    params(("Idempotency-Key" = Option<String>, Header, description = "8 to 128 visible ASCII characters")),
    request_body = ImportMasterRecord,
    responses((status = 201, description = "The draft is made", body = MasterRecord,
        headers(
            ("ETag" = String, description = "The tag of what a change overwrites"),
            ("Location" = String, description = "Where the version is")))))]
pub async fn import(
    State(app): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(request): Body<ImportMasterRecord>,
) -> Result<Response, ApiError> {
    let reason = reason_of(&request.reason)?;
    if request.file.len() > LARGEST_FILE {
        return Err(ProblemCode::BodyTooLarge.into());
    }
    let procedure = master_record_file::read(&request.file).map_err(|error| match error {
        master_record_file::ReadError::Faults(faults) => {
            ApiError::new(ProblemCode::MasterRecordHasFaults).with_faults(faults)
        }
        master_record_file::ReadError::Schema(error) => ApiError::internal(error),
    })?;
    let mut unit = begin(&app, &caller, reason).await?;
    let work = ("master_records_import", &request);
    let creation = match app.answers.begin(&mut unit, &caller.person.id, &key, work, now(&app)).await? {
        Begun::Before(answer) => return Ok(answer),
        Begun::Now(creation) => creation,
    };
    let draft = Draft { plant: &request.plant_id, procedure: &procedure, based_on: None, reason };
    make(&app, &caller, unit, creation, &draft).await
}
