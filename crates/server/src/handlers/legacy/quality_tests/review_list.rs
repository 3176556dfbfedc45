use axum::{Json, extract::State};
use viruj_api::legacy::testing::ReviewedTest;
use viruj_domain::{
    capability::Capability,
    testing::{ReviewStage, TestStatus},
};
use viruj_storage::quality_tests::{self, Selection};

use crate::{application::AppState, caller::Caller, error::ApiError, handlers::legacy::query::Parameters};

/// Tests to be looked at
///
/// `pending` ones wait for the stage, `completed` ones have gone through it; any other word is a status.
/// A QA Operator sees the tests that were given to them.
#[utoipa::path(get, path = "/api/quality-tests/review", operation_id = "legacy_tests_review_list", tag = "legacy",
    params(
        ("status" = Option<String>, Query, description = "`pending` when left out"),
        ("stage" = Option<String>, Query, description = "`qc` when left out, `qa-manager` or `qa-officer`"),
    ),
    responses((status = 200, description = "Tests with what was found and said", body = Vec<ReviewedTest>)))]
pub async fn review_list(
    State(app): State<AppState>,
    caller: Caller,
    query: Parameters,
) -> Result<Json<Vec<ReviewedTest>>, ApiError> {
    let stage = query.text("stage").map_or(Ok(ReviewStage::Qc), |stage| stage.parse());
    let stage = stage.map_err(|_| query.refuse("stage", "Input should be 'qc', 'qa-manager' or 'qa-officer'"))?;
    let words = |statuses: &[TestStatus]| statuses.iter().map(|status| status.as_str().to_owned()).collect();
    let statuses = match query.text("status").as_deref() {
        None | Some("pending") => words(stage.pending()),
        Some("completed") => words(stage.completed()),
        Some(status) => vec![status.to_owned()],
    };
    let is_officer = stage == ReviewStage::QaOfficer && caller.person.role.can(Capability::QualityTestRecommend);
    let selection = Selection {
        statuses: Some(statuses),
        qa_officer: is_officer.then_some(caller.person.id.as_str()),
        ..Selection::default()
    };
    let tests = quality_tests::list(&app.database, &caller.scope, &selection).await?;
    Ok(Json(tests.into_iter().map(Into::into).collect()))
}
