use axum::{Json, extract::State};
use viruj_api::legacy::testing::TestState;
use viruj_domain::testing::Step;
use viruj_storage::quality_tests;

use super::{after, locked, state};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::{legacy::begin, sessions::now},
};

/// Start a test
///
/// Only its analyst may; one that was returned for correction is started again.
#[utoipa::path(post, path = "/api/quality-tests/{test_id}/start", operation_id = "legacy_tests_start", tag = "legacy",
    params(("test_id" = String, Path, description = "The test's id")),
    responses((status = 200, description = "Where the test stands", body = TestState)))]
pub async fn start(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Json<TestState>, ApiError> {
    let mut unit = begin(&app, &caller, "start test").await?;
    let (test, _) = locked(&mut unit, &id).await?;
    let status = after(&test, Step::Start, &caller)?;
    quality_tests::start(&mut unit, test.id, status, now(&app)).await?;
    unit.commit().await?;
    Ok(Json(state(test, status)))
}
