use axum::{body::Body, extract::State, response::Response};
use http::{HeaderValue, header};
use viruj_api::master_records::{ExportedFrom, FILE_FORMAT, FILE_VERSION, MasterRecordFile};
use viruj_storage::master_records;

use super::id_of;
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::Segment,
    handlers::sessions::now,
};

/// Export a version
///
/// A file that another plant can import; its schema is at `/api/v1/master-records/schema`.
#[utoipa::path(get, path = "/api/v1/master-records/{master_record_id}/export", operation_id = "master_records_export",
    tag = "master_records",
    params(("master_record_id" = String, Path, description = "The version's id")),
    responses((status = 200, description = "The file", body = MasterRecordFile,
        headers(("Content-Disposition" = String, description = "The name that the file is given")))))]
pub async fn export(State(app): State<AppState>, reader: Reader, Segment(id): Segment) -> Result<Response, ApiError> {
    let record = master_records::show(&app.database, &reader.scope, id_of(&id)?).await?.ok_or(ProblemCode::NotFound)?;
    let name = file_name(&record.row.product_code, record.row.version);
    let file = MasterRecordFile {
        format: FILE_FORMAT.to_owned(),
        format_version: FILE_VERSION,
        exported: Some(ExportedFrom {
            id: record.row.id,
            plant_id: record.row.plant_id,
            version: record.row.version,
            status: record.row.status,
            content_hash: record.content_hash,
            exported_at: now(&app),
            exported_by: reader.name,
        }),
        procedure: record.procedure,
    };
    let mut text = serde_json::to_string_pretty(&file).map_err(ApiError::internal)?;
    text.push('\n');
    let mut response = Response::new(Body::from(text));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(ApiError::internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

/// What every file system takes.
fn file_name(code: &str, version: u32) -> String {
    let code: String = code.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    format!("master-record-{code}-v{version}.json")
}
