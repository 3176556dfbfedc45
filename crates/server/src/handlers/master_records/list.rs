use axum::{Json, extract::State};
use viruj_api::{
    lists::Page,
    master_records::{MasterRecordQuery, MasterRecordRow},
};
use viruj_storage::master_records;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Master batch records
///
/// By product code, the newest version first, those of the plants that the reader sees; without their procedures.
#[utoipa::path(get, path = "/api/v1/master-records", operation_id = "master_records_list", tag = "master_records",
    params(MasterRecordQuery),
    responses((status = 200, description = "One page", body = Page<MasterRecordRow>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<MasterRecordQuery>,
) -> Result<Json<Page<MasterRecordRow>>, ApiError> {
    Ok(Json(master_records::list(&app.database, &reader.scope, &query).await?))
}
