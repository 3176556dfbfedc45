use axum::response::Response;

use super::{Page, page};
use crate::{
    error::{ApiError, ProblemCode},
    extract::Segment,
    openapi,
};

/// A file of the page
///
/// `openapi.json` is the contract; the others are the page's style and scripts.
#[utoipa::path(get, path = "/docs/{file}", operation_id = "docs_file", tag = "docs",
    params(("file" = String, Path, description = "`openapi.json`, `swagger-ui.css`, `swagger-ui-bundle.js` or `start.js`")),
    responses((status = 200, description = "The file", content(
        (String = "application/json"), (String = "text/css"), (String = "text/javascript")))))]
pub async fn file(Segment(file): Segment) -> Result<Response, ApiError> {
    Ok(page(match file.as_str() {
        "openapi.json" => Page::Contract(openapi::text().map_err(ApiError::internal)?),
        "swagger-ui.css" => Page::Style,
        "swagger-ui-bundle.js" => Page::Bundle,
        "start.js" => Page::Start,
        _ => return Err(ProblemCode::NotFound.into()),
    }))
}
