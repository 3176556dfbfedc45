use axum::extract::State;
use viruj_api::plants::Plant;
use viruj_domain::ids::PlantId;
use viruj_storage::plants;

use super::etag;
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
};

/// One plant
///
/// The header `ETag` is what a change names in `If-Match`.
#[utoipa::path(get, path = "/api/v1/plants/{plant_id}", operation_id = "plants_show", tag = "plants",
    params(("plant_id" = String, Path, description = "The plant's id")),
    responses((status = 200, description = "The plant", body = Plant,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Tagged<Plant>, ApiError> {
    let plant = plants::find(&app.database, &reader.scope, &PlantId(id)).await?.ok_or(ProblemCode::NotFound)?;
    Ok(Tagged::ok(etag(&plant)?, plant))
}
