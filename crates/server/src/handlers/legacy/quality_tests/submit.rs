use axum::{Json, extract::State};
use serde_json::Value;
use viruj_api::legacy::testing::{SubmittedTest, TestResult};
use viruj_domain::{role::Role, testing::Step};
use viruj_storage::{
    notifications::{self, Message},
    quality_tests,
};

use super::{LONGEST_NOTES, after, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::{
        legacy::{begin, body::Fields},
        sessions::now,
    },
};

/// Bytes of results.
const LONGEST_RESULTS: usize = 64 * 1024;

/// Submit the results of a test
///
/// Only its analyst may. The analyst's notes are kept with the results; QC Managers are told.
#[utoipa::path(post, path = "/api/quality-tests/{test_id}/submit", operation_id = "legacy_tests_submit",
    tag = "legacy",
    params(("test_id" = String, Path, description = "The test's id")),
    request_body = TestResult,
    responses((status = 200, description = "The test waits for its review", body = SubmittedTest)))]
pub async fn submit(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<SubmittedTest>, ApiError> {
    let now = now(&app);
    let mut results = fields.object("result_data", LONGEST_RESULTS);
    if let Some(notes) = fields.optional_text("analyst_notes", LONGEST_NOTES) {
        results.insert("analyst_notes".to_owned(), Value::String(notes));
    }
    fields.check()?;
    let mut unit = begin(&app, &caller, "submit test").await?;
    let (test, plant) = locked(&mut unit, &id).await?;
    let status = after(&test, Step::Submit, &caller)?;
    quality_tests::submit(&mut unit, test.id, &caller.person.id, &Value::Object(results), status, now).await?;
    let text = format!("{} has been submitted for review.", test.test_name);
    let message = Message { title: "Test ready for review", text: &text };
    notifications::tell(&mut unit, &plant, Role::QcManager, &message, now).await?;
    unit.commit().await?;
    let status = status.as_str().to_owned();
    Ok(Json(SubmittedTest { id: test.id, test_name: test.test_name, status, submitted_on: Some(now.into()) }))
}
