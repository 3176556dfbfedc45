use axum::{Json, extract::State};
use viruj_api::legacy::testing::{QaDecision, TestState};
use viruj_domain::{
    role::Role,
    task::TaskPriority,
    testing::{Step, Verdict},
};
use viruj_storage::{
    notifications, quality_tests,
    tasks::{self, NewTask},
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

/// Decide what becomes of the material
///
/// Opens a task for every Warehouse Manager of the plant.
#[utoipa::path(post, path = "/api/quality-tests/{test_id}/qa-manager-decision",
    operation_id = "legacy_tests_qa_manager_decision", tag = "legacy",
    params(("test_id" = String, Path, description = "The test's id")),
    request_body = QaDecision,
    responses((status = 200, description = "Where the test stands", body = TestState)))]
pub async fn qa_manager_decision(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<TestState>, ApiError> {
    let now = now(&app);
    let decision = fields.word("decision", Verdict::ALL);
    let notes = fields.optional_text("notes", LONGEST_NOTES);
    fields.check()?;
    let decision = decision.ok_or_else(|| ApiError::internal("a word that is wrong passed the check"))?;
    let mut unit = begin(&app, &caller, "decide on test").await?;
    let (test, plant) = locked(&mut unit, &id).await?;
    let status = after(&test, Step::Decide(decision), &caller)?;
    quality_tests::decide(&mut unit, test.id, decision, notes.as_deref(), status, now).await?;
    let managers = notifications::people_of(&mut unit, &plant, Role::WarehouseManager).await?;
    let material = test.product_name.as_deref().unwrap_or("the material");
    let entry = test.entry_code.as_deref().unwrap_or("unknown");
    let (title, description) = match decision {
        Verdict::Approve => (
            format!("Store {material}"),
            format!("QA has accepted entry {entry} after {}. Put it on its shelf and confirm.", test.test_name),
        ),
        Verdict::Reject => (
            format!("Return {material}"),
            format!("QA has rejected entry {entry} after {}. Return it to its supplier and confirm.", test.test_name),
        ),
    };
    let task = NewTask {
        plant_id: &plant,
        title: &title,
        description: &description,
        priority: TaskPriority::High,
        entity: "quality_tests",
        entity_id: &test.id.to_string(),
        created_by: &caller.person.id,
        created_at: now,
    };
    tasks::open(&mut unit, &task, &managers).await?;
    unit.commit().await?;
    Ok(Json(state(test, status)))
}
