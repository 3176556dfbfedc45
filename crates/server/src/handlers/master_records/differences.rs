use axum::{Json, extract::State};
use viruj_api::master_records::{DifferenceList, DifferenceQuery};
use viruj_domain::master;
use viruj_storage::master_records;

use super::id_of;
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::{Query, Segment},
};

/// What is different in a version
///
/// Against the version in `from`, part by part: what was added, removed, moved and changed.
#[utoipa::path(get, path = "/api/v1/master-records/{master_record_id}/differences",
    operation_id = "master_records_differences", tag = "master_records",
    params(("master_record_id" = String, Path, description = "The newer version's id"), DifferenceQuery),
    responses((status = 200, description = "The differences", body = DifferenceList)))]
pub async fn differences(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
    Query(query): Query<DifferenceQuery>,
) -> Result<Json<DifferenceList>, ApiError> {
    let newer = master_records::find(&app.database, &reader.scope, id_of(&id)?).await?;
    let newer = newer.ok_or(ProblemCode::NotFound)?;
    let older = master_records::find(&app.database, &reader.scope, query.from).await?;
    let older = older.ok_or(ProblemCode::NotFound)?;
    Ok(Json(DifferenceList {
        from_version: older.row.version,
        to_version: newer.row.version,
        changes: master::differences(&older.procedure()?, &newer.procedure()?).map_err(ApiError::internal)?,
    }))
}
