use axum::{Json, extract::State};
use viruj_api::legacy::testing::{StoredTest, WarehouseActionRequest};
use viruj_domain::testing::{Step, WarehouseAction};
use viruj_storage::{quality_tests, tasks};

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

/// Confirm what became of the material
///
/// Once, after the decision; completes the tasks that the decision has opened.
#[utoipa::path(post, path = "/api/quality-tests/{test_id}/warehouse-action",
    operation_id = "legacy_tests_warehouse_action", tag = "legacy",
    params(("test_id" = String, Path, description = "The test's id")),
    request_body = WarehouseActionRequest,
    responses((status = 200, description = "What the warehouse did", body = StoredTest)))]
pub async fn warehouse_action(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<StoredTest>, ApiError> {
    let now = now(&app);
    let action = fields.word("action", WarehouseAction::ALL);
    let notes = fields.optional_text("notes", LONGEST_NOTES);
    fields.check()?;
    let action = action.ok_or_else(|| ApiError::internal("a word that is wrong passed the check"))?;
    let mut unit = begin(&app, &caller, "warehouse action").await?;
    let (test, _) = locked(&mut unit, &id).await?;
    let status = after(&test, Step::Store(action), &caller)?;
    quality_tests::store(&mut unit, test.id, action, notes.as_deref(), now).await?;
    tasks::complete(&mut unit, "quality_tests", &test.id.to_string(), &caller.person.id, now).await?;
    unit.commit().await?;
    Ok(Json(StoredTest {
        id: test.id,
        test_name: test.test_name,
        status: status.as_str().to_owned(),
        warehouse_action: action.as_str().to_owned(),
        warehouse_acknowledged_at: now.into(),
    }))
}
