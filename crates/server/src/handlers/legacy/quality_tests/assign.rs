use axum::{Json, extract::State};
use viruj_api::legacy::testing::{AssignedTest, TestAssignment};
use viruj_domain::{role::Role, testing::Step};
use viruj_storage::quality_tests;

use super::{LONGEST_ID, after, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::{
        legacy::{begin, body::Fields, colleague},
        sessions::now,
    },
};

/// Give a test to an analyst
///
/// The analyst is a QC Operator of the test's plant; the test is in progress from then on.
#[utoipa::path(post, path = "/api/quality-tests/{test_id}/assign", operation_id = "legacy_tests_assign",
    tag = "legacy",
    params(("test_id" = String, Path, description = "The test's id")),
    request_body = TestAssignment,
    responses((status = 200, description = "The test with its analyst", body = AssignedTest)))]
pub async fn assign(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<AssignedTest>, ApiError> {
    let now = now(&app);
    let analyst = fields.text("employee_id", 1, LONGEST_ID);
    fields.check()?;
    let mut unit = begin(&app, &caller, "assign test").await?;
    let (test, plant) = locked(&mut unit, &id).await?;
    let status = after(&test, Step::Assign, &caller)?;
    let analyst = colleague(&mut unit, &analyst, &plant, Role::QcOperator).await?;
    quality_tests::assign(&mut unit, test.id, &analyst.id, status, now).await?;
    unit.commit().await?;
    let status = status.as_str().to_owned();
    Ok(Json(AssignedTest { id: test.id, test_name: test.test_name, assigned_to: analyst.id.0, status }))
}
