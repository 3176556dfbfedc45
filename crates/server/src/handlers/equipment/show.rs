use axum::extract::State;
use viruj_api::equipment::EquipmentDetails;
use viruj_storage::equipment;

use super::tagged;
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
    handlers::registers::id_of,
};

/// One piece of equipment
///
/// With the newest 50 entries of its log. The header `ETag` is what a change names in `If-Match`.
#[utoipa::path(get, path = "/api/v1/equipment/{equipment_id}", operation_id = "equipment_show", tag = "equipment",
    params(("equipment_id" = String, Path, description = "The equipment's id")),
    responses((status = 200, description = "The piece of equipment", body = EquipmentDetails,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Tagged<EquipmentDetails>, ApiError> {
    let details = equipment::show(&app.database, &reader.scope, id_of(&id)?).await?;
    Ok(tagged(details.ok_or(ProblemCode::NotFound)?))
}
