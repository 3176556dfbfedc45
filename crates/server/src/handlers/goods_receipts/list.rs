use axum::{Json, extract::State};
use viruj_api::lists::{GoodsReceipt, Page, PageQuery};
use viruj_storage::lists;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// Goods receipts
///
/// Newest first, of the plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/goods-receipts", operation_id = "goods_receipts_list", tag = "lists", params(PageQuery),
    responses((status = 200, description = "One page", body = Page<GoodsReceipt>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<GoodsReceipt>>, ApiError> {
    Ok(Json(lists::goods_receipts(&app.database, &reader.scope, &query).await?))
}
