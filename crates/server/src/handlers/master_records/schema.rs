use axum::Json;
use serde_json::Value;

use crate::master_record_file;

/// The schema of an exported version
///
/// JSON Schema 2020-12; a file that is imported is held against it.
#[utoipa::path(get, path = "/api/v1/master-records/schema", operation_id = "master_records_schema",
    tag = "master_records",
    responses((status = 200, description = "The schema", body = Value)))]
pub async fn schema() -> Json<Value> {
    Json(master_record_file::schema())
}
