use axum::extract::State;
use viruj_api::qualifications::QualificationRow;
use viruj_storage::qualifications;

use super::tagged;
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
    handlers::registers::id_of,
};

/// One qualification
///
/// The header `ETag` is what a change names in `If-Match`.
#[utoipa::path(get, path = "/api/v1/qualifications/{qualification_id}", operation_id = "qualifications_show",
    tag = "qualifications",
    params(("qualification_id" = String, Path, description = "The qualification's id")),
    responses((status = 200, description = "The qualification", body = QualificationRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Tagged<QualificationRow>, ApiError> {
    let row = qualifications::find(&app.database, &reader.scope, id_of(&id)?).await?;
    Ok(tagged(row.ok_or(ProblemCode::NotFound)?))
}
