use axum::extract::State;
use viruj_api::lots::LotRow;
use viruj_storage::lots;

use super::tagged;
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
    handlers::registers::id_of,
};

/// One lot
///
/// The header `ETag` is what a change names in `If-Match`.
#[utoipa::path(get, path = "/api/v1/lots/{lot_id}", operation_id = "lots_show", tag = "lots",
    params(("lot_id" = String, Path, description = "The lot's id")),
    responses((status = 200, description = "The lot", body = LotRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Tagged<LotRow>, ApiError> {
    let lot = lots::find(&app.database, &reader.scope, id_of(&id)?).await?;
    Ok(tagged(lot.ok_or(ProblemCode::NotFound)?))
}
