use axum::{Json, body::Body, extract::State};
use futures_util::StreamExt;
use http::StatusCode;
use tokio::io::AsyncWriteExt;
use viruj_api::releases::{PublishRelease, Publisher, ReleaseRow};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Query,
    releases::{PublishError, publish as publish_package},
};

/// The path whose bodies are packages.
pub const PATH: &str = "/api/v1/releases";
/// Bytes.
pub const LARGEST_BODY: usize = 512 << 20;

/// Publish a release
///
/// The body is the package. It is examined before it is kept: a builder whose public key lies in the server's folder of
/// releases must have signed it, for the version that it has. Stations examine it again, and so does whatever installs it.
#[utoipa::path(post, path = "/api/v1/releases", operation_id = "releases_publish", tag = "releases",
    params(PublishRelease),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "It is offered to the stations of its ring", body = ReleaseRow)))]
pub async fn publish(
    State(app): State<AppState>,
    caller: Caller,
    Query(request): Query<PublishRelease>,
    body: Body,
) -> Result<(StatusCode, Json<ReleaseRow>), ApiError> {
    let folder = app.releases.clone().ok_or(PublishError::NotKept)?;
    let incoming = folder.incoming().map_err(ApiError::internal)?;
    let mut file = tokio::fs::File::from_std(incoming.reopen().map_err(ApiError::internal)?);
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| ApiError::new(ProblemCode::ReleaseUnreadable).caused_by(error))?;
        file.write_all(&piece).await.map_err(ApiError::internal)?;
    }
    file.flush().await.map_err(ApiError::internal)?;
    let publisher = Publisher::Person(caller.person.id.clone());
    let published = publish_package(&app, incoming, &request, None, &publisher).await?;
    Ok((StatusCode::CREATED, Json(published.row)))
}
