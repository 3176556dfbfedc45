use axum::{Json, extract::State};
use viruj_api::legacy::testing::{SubmittedTest, TestReview};
use viruj_domain::testing::{ReviewAction, Step};
use viruj_storage::quality_tests;

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

/// Review a submitted test
///
/// Nobody reviews what they have submitted themselves.
#[utoipa::path(post, path = "/api/quality-tests/{test_id}/review", operation_id = "legacy_tests_review",
    tag = "legacy",
    params(("test_id" = String, Path, description = "The test's id")),
    request_body = TestReview,
    responses((status = 200, description = "Where the test stands", body = SubmittedTest)))]
pub async fn review(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<SubmittedTest>, ApiError> {
    let action = fields.word("action", ReviewAction::ALL);
    let notes = fields.optional_text("manager_notes", LONGEST_NOTES);
    fields.check()?;
    let action = action.ok_or_else(|| ApiError::internal("a word that is wrong passed the check"))?;
    let mut unit = begin(&app, &caller, "review test").await?;
    let (test, _) = locked(&mut unit, &id).await?;
    let status = after(&test, Step::Review(action), &caller)?;
    quality_tests::review(&mut unit, test.id, &caller.person.id, notes.as_deref(), status, now(&app)).await?;
    unit.commit().await?;
    let (status, submitted_on) = (status.as_str().to_owned(), test.submitted_on.map(Into::into));
    Ok(Json(SubmittedTest { id: test.id, test_name: test.test_name, status, submitted_on }))
}
