use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use viruj_api::releases::{OfferedUpdate, UpdateQuery};
use viruj_domain::release::Ring;
use viruj_release::Version;
use viruj_storage::releases::{self, GivenRelease};

use crate::{
    application::AppState,
    caller::StationCaller,
    error::{ApiError, ProblemCode},
    extract::{Query, Segments},
    releases::rollout,
};

/// Ask for an update
///
/// The highest version above the station's own that its ring has reached and that one of the builders whom it trusts has
/// signed. The answer is in the form that Tauri's updater reads.
#[utoipa::path(get, path = "/api/v1/updates/{target}/{version}", operation_id = "updates_offer", tag = "releases",
    params(("target" = String, Path, description = "System and processor, for example linux-x86_64"),
        ("version" = String, Path, description = "What the station runs now"), UpdateQuery),
    responses((status = 200, description = "There is one", body = OfferedUpdate),
        (status = 204, description = "There is none")))]
pub async fn offer(
    State(app): State<AppState>,
    StationCaller(station): StationCaller,
    Segments(target, version): Segments,
    Query(query): Query<UpdateQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let version = Version::parse(&version).map_err(|_| ProblemCode::NotFound)?;
    let ring = releases::ring_of_station(&app.database, station.id).await?.unwrap_or(Ring::All);
    let keys: Vec<&str> = query.keys.split(',').collect();
    let is_offered = |release: &GivenRelease| {
        let [major, minor, patch] = release.version.map(u64::from);
        release.row.target == target
            && Version::new(major, minor, patch) > version
            && keys.contains(&release.row.builder_key.as_str())
            && rollout(release).reaches(release.row.id, station.id, ring)
    };
    let offered = releases::list(&app.database).await?.into_iter().find(is_offered);
    let Some(GivenRelease { row, signature, .. }) = offered else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let url = format!("{}/api/v1/release-packages/{}", own_address(&headers), row.sha256);
    Ok(Json(OfferedUpdate {
        version: row.version,
        notes: row.notes,
        pub_date: row.published_at,
        url,
        signature,
        sha256: row.sha256,
        size_bytes: row.size_bytes,
    })
    .into_response())
}

/// The address that the station has called. It is called again by the same one, whatever stands between.
fn own_address(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    // Stations speak plain HTTP to their own machine alone.
    let scheme = if matches!(name, "localhost" | "127.0.0.1" | "[::1]") { "http" } else { "https" };
    format!("{scheme}://{host}")
}
