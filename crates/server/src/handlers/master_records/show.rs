use axum::extract::State;
use http::StatusCode;
use viruj_api::master_records::MasterRecord;
use viruj_storage::master_records;

use super::{id_of, tagged};
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
};

/// One version of a master batch record
///
/// With its procedure, its faults and its signatures, each of which says whether it is of this content.
/// The header `ETag` is what a change or a step names in `If-Match`.
#[utoipa::path(get, path = "/api/v1/master-records/{master_record_id}", operation_id = "master_records_show",
    tag = "master_records",
    params(("master_record_id" = String, Path, description = "The version's id")),
    responses((status = 200, description = "The version", body = MasterRecord,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Tagged<MasterRecord>, ApiError> {
    let record = master_records::show(&app.database, &reader.scope, id_of(&id)?).await?;
    Ok(tagged(StatusCode::OK, record.ok_or(ProblemCode::NotFound)?))
}
