use axum::extract::State;
use chrono::SubsecRound;
use http::StatusCode;
use viruj_api::releases::{ToldOutcome, UpdateReport};
use viruj_domain::plant::PlantScope;
use viruj_release::Version;
use viruj_storage::{ChangeContext, releases};

use crate::{
    application::AppState,
    caller::StationCaller,
    error::{ApiError, ProblemCode},
    extract::Body,
    releases::{numbers, stop},
};

/// Longer details are cut.
const LONGEST_DETAIL: usize = 500;
const LONGEST_CODE: usize = 60;

/// Tell of an update
///
/// A station whose new version did not work stops the release for everybody: 204, and the release is paused. What is told
/// of a version that was not published here is not kept.
#[utoipa::path(post, path = "/api/v1/updates/reports", operation_id = "updates_report", tag = "releases",
    request_body = UpdateReport,
    responses((status = 204, description = "It is known")))]
pub async fn report(
    State(app): State<AppState>,
    StationCaller(station): StationCaller,
    Body(mut report): Body<UpdateReport>,
) -> Result<StatusCode, ApiError> {
    let version = Version::parse(&report.version).map_err(|_| ProblemCode::InvalidBody)?;
    report.code = kept(&report.code, LONGEST_CODE);
    report.detail = kept(&report.detail, LONGEST_DETAIL);
    let context = ChangeContext::system(PlantScope::All, "updates", Some("told by the station"));
    let mut unit = app.database.begin(context).await?;
    let now = app.clock.now().trunc_subsecs(3);
    let release = releases::note_update(&mut unit, station.id, &report, numbers(&version), now).await?;
    // A power cut says nothing about the release.
    let is_its_fault = report.outcome == ToldOutcome::PutBack && report.code != "update_interrupted";
    if let Some(release) = release.filter(|_| is_its_fault) {
        stop(&mut unit, release, "system:update_put_back").await?;
    }
    unit.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn kept(text: &str, longest: usize) -> String {
    text.chars().filter(|character| *character != '\0').take(longest).collect()
}
