use axum::{Json, extract::State};
use viruj_api::legacy::receiving::Grn;
use viruj_storage::goods_receipts;

use crate::{application::AppState, caller::Caller, error::ApiError};

/// Goods receipt notes
///
/// The newest 1000 of the person's plants.
#[utoipa::path(get, path = "/api/grn", operation_id = "legacy_grn_list", tag = "legacy",
    responses((status = 200, description = "Goods receipt notes, the newest first", body = Vec<Grn>)))]
pub async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Vec<Grn>>, ApiError> {
    Ok(Json(goods_receipts::list(&app.database, &caller.scope).await?))
}
