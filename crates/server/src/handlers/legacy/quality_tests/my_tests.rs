use axum::{Json, extract::State};
use viruj_api::legacy::testing::OwnTest;
use viruj_storage::quality_tests::{self, Selection};

use crate::{application::AppState, caller::Caller, error::ApiError};

/// The tests of the person who asks
#[utoipa::path(get, path = "/api/quality-tests/my-tests", operation_id = "legacy_tests_mine", tag = "legacy",
    responses((status = 200, description = "The tests that are given to the person", body = Vec<OwnTest>)))]
pub async fn my_tests(State(app): State<AppState>, caller: Caller) -> Result<Json<Vec<OwnTest>>, ApiError> {
    let selection = Selection { assigned_to: Some(caller.person.id.as_str()), ..Selection::default() };
    let tests = quality_tests::list(&app.database, &caller.scope, &selection).await?;
    Ok(Json(tests.into_iter().map(Into::into).collect()))
}
