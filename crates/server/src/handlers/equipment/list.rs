use axum::{Json, extract::State};
use viruj_api::{
    equipment::{EquipmentQuery, EquipmentRow},
    lists::Page,
};
use viruj_storage::equipment;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Equipment
///
/// By code, that of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/equipment", operation_id = "equipment_list", tag = "equipment",
    params(EquipmentQuery),
    responses((status = 200, description = "One page", body = Page<EquipmentRow>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<EquipmentQuery>,
) -> Result<Json<Page<EquipmentRow>>, ApiError> {
    Ok(Json(equipment::list(&app.database, &reader.scope, &query).await?))
}
