use axum::extract::State;
use http::StatusCode;
use viruj_api::deviations::Deviation;
use viruj_storage::deviations;

use super::{id_of, tagged};
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
};

/// One deviation
///
/// With its investigation, its signatures, what is missing, the phases that wait for it, and as evidence the phase with
/// every entry that was made. The header `ETag` is what a change or a step names in `If-Match`.
#[utoipa::path(get, path = "/api/v1/deviations/{deviation_id}", operation_id = "deviations_show", tag = "deviations",
    params(("deviation_id" = String, Path, description = "The deviation's id")),
    responses((status = 200, description = "The deviation", body = Deviation,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Tagged<Deviation>, ApiError> {
    let shown = deviations::show(&app.database, &reader.scope, id_of(&id)?).await?;
    Ok(tagged(StatusCode::OK, shown.ok_or(ProblemCode::NotFound)?))
}
