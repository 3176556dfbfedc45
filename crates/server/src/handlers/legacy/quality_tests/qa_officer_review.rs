use axum::{Json, extract::State};
use viruj_api::legacy::testing::{QaRecommendation, TestState};
use viruj_domain::{
    role::Role,
    testing::{Step, Verdict},
};
use viruj_storage::{
    notifications::{self, Message},
    quality_tests,
};

use super::{LONGEST_NOTES, after, locked, state};
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

/// Recommend what to decide
///
/// Only the officer to whom the test was given may. QA Managers are told.
#[utoipa::path(post, path = "/api/quality-tests/{test_id}/qa-officer-review",
    operation_id = "legacy_tests_qa_officer_review", tag = "legacy",
    params(("test_id" = String, Path, description = "The test's id")),
    request_body = QaRecommendation,
    responses((status = 200, description = "Where the test stands", body = TestState)))]
pub async fn qa_officer_review(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<TestState>, ApiError> {
    let now = now(&app);
    let recommendation = fields.word("recommendation", Verdict::ALL);
    let notes = fields.optional_text("notes", LONGEST_NOTES);
    fields.check()?;
    let recommendation = recommendation.ok_or_else(|| ApiError::internal("a word that is wrong passed the check"))?;
    let mut unit = begin(&app, &caller, "recommend on test").await?;
    let (test, plant) = locked(&mut unit, &id).await?;
    let status = after(&test, Step::Recommend(recommendation), &caller)?;
    quality_tests::recommend(&mut unit, test.id, recommendation, notes.as_deref(), status, now).await?;
    let text = format!("{} now has a QA officer recommendation awaiting your decision.", test.test_name);
    let message = Message { title: "QA recommendation submitted", text: &text };
    notifications::tell(&mut unit, &plant, Role::QaManager, &message, now).await?;
    unit.commit().await?;
    Ok(Json(state(test, status)))
}
