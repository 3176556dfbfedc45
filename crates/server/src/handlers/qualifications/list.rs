use axum::{Json, extract::State};
use viruj_api::{
    lists::Page,
    qualifications::{QualificationQuery, QualificationRow},
};
use viruj_storage::qualifications;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Qualifications
///
/// By procedure and person, those of the plants that the reader sees; withdrawn ones too.
#[utoipa::path(get, path = "/api/v1/qualifications", operation_id = "qualifications_list", tag = "qualifications",
    params(QualificationQuery),
    responses((status = 200, description = "One page", body = Page<QualificationRow>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<QualificationQuery>,
) -> Result<Json<Page<QualificationRow>>, ApiError> {
    Ok(Json(qualifications::list(&app.database, &reader.scope, &query).await?))
}
