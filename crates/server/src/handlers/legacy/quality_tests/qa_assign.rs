use axum::{Json, extract::State};
use viruj_api::legacy::testing::{QaOfficerAssignment, TestState};
use viruj_domain::{role::Role, testing::Step};
use viruj_storage::quality_tests;

use super::{LONGEST_ID, LONGEST_NOTES, after, locked, state};
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

/// Give a test to a QA officer
///
/// The officer is a QA Operator of the test's plant.
#[utoipa::path(post, path = "/api/quality-tests/{test_id}/qa-assign", operation_id = "legacy_tests_qa_assign",
    tag = "legacy",
    params(("test_id" = String, Path, description = "The test's id")),
    request_body = QaOfficerAssignment,
    responses((status = 200, description = "Where the test stands", body = TestState)))]
pub async fn qa_assign(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<TestState>, ApiError> {
    let officer = fields.text("officer_id", 1, LONGEST_ID);
    let notes = fields.optional_text("notes", LONGEST_NOTES);
    fields.check()?;
    let mut unit = begin(&app, &caller, "assign QA officer").await?;
    let (test, plant) = locked(&mut unit, &id).await?;
    let status = after(&test, Step::AssignOfficer, &caller)?;
    let officer = colleague(&mut unit, &officer, &plant, Role::QaOperator).await?;
    quality_tests::assign_officer(&mut unit, test.id, &officer.id, notes.as_deref(), status, now(&app)).await?;
    unit.commit().await?;
    Ok(Json(state(test, status)))
}
