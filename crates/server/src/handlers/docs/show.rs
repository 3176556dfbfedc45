use axum::response::Response;

use super::{Page, page};
use crate::error::ApiError;

/// The interface as a page
///
/// Swagger UI over `/docs/openapi.json`; everything that it loads comes from this server.
#[utoipa::path(get, path = "/docs", operation_id = "docs_show", tag = "docs",
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn show() -> Result<Response, ApiError> {
    Ok(page(Page::Index))
}
