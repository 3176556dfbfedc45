use axum::{Json, extract::State};
use viruj_api::{
    equipment::EquipmentLogEntry,
    lists::{Page, PageQuery},
};
use viruj_storage::equipment;

use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::{Query, Segment},
    handlers::registers::id_of,
};

/// The log of a piece of equipment
///
/// Newest first: use with batch and product, cleaning and who verified it, calibration, breakdowns (21 CFR 211.182).
#[utoipa::path(get, path = "/api/v1/equipment/{equipment_id}/log", operation_id = "equipment_log", tag = "equipment",
    params(("equipment_id" = String, Path, description = "The equipment's id"), PageQuery),
    responses((status = 200, description = "One page", body = Page<EquipmentLogEntry>)))]
pub async fn log(
    State(app): State<AppState>,
    reader: Reader,
    Segment(id): Segment,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<EquipmentLogEntry>>, ApiError> {
    let id = id_of(&id)?;
    if equipment::show(&app.database, &reader.scope, id).await?.is_none() {
        return Err(ProblemCode::NotFound.into());
    }
    Ok(Json(equipment::log(&app.database, &reader.scope, id, &query).await?))
}
