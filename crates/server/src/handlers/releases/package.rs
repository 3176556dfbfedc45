use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use tower::ServiceExt;
use tower_http::services::ServeFile;
use viruj_storage::releases;

use crate::{
    application::AppState,
    caller::StationCaller,
    error::{ApiError, ProblemCode},
    extract::Segment,
};

/// Fetch the package of a release
///
/// With `Range` the rest of one that was cut short.
#[utoipa::path(get, path = "/api/v1/release-packages/{sha256}", operation_id = "releases_package", tag = "releases",
    params(("sha256" = String, Path, description = "SHA-256 of the package, lower-case hex")),
    responses((status = 200, description = "The package", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 206, description = "A part of it", content_type = "application/octet-stream", body = Vec<u8>)))]
pub async fn package(
    State(app): State<AppState>,
    _: StationCaller,
    Segment(sha256): Segment,
    request: Request,
) -> Result<Response, ApiError> {
    let folder = app.releases.clone().ok_or(ProblemCode::NotFound)?;
    if !releases::is_published(&app.database, &sha256).await? {
        return Err(ProblemCode::NotFound.into());
    }
    // Its name has no ending, so nothing is guessed of what it holds.
    let Ok(served) = ServeFile::new(folder.package(&sha256)).oneshot(request).await;
    Ok(served.map(axum::body::Body::new).into_response())
}
