use axum::{Json, extract::State};
use viruj_api::legacy::receiving::PendingGrn;
use viruj_storage::goods_receipts;

use crate::{application::AppState, caller::Caller, error::ApiError};

/// Goods receipt notes that wait for quality assurance
#[utoipa::path(get, path = "/api/grn/pending-qa", operation_id = "legacy_grn_pending_qa", tag = "legacy",
    responses((status = 200, description = "The one that waits longest first", body = Vec<PendingGrn>)))]
pub async fn pending_qa(State(app): State<AppState>, caller: Caller) -> Result<Json<Vec<PendingGrn>>, ApiError> {
    Ok(Json(goods_receipts::pending_qa(&app.database, &caller.scope).await?))
}
