use axum::{Json, extract::State};
use viruj_api::legacy::testing::TestEntry;
use viruj_storage::{
    quality_samples,
    quality_tests::{self, Selection},
};

use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::legacy::{id_of, not_found},
};

/// The tests of a sample
#[utoipa::path(get, path = "/api/quality-samples/{sample_id}/tests", operation_id = "legacy_samples_tests",
    tag = "legacy",
    params(("sample_id" = String, Path, description = "The sample's id")),
    responses((status = 200, description = "Its tests, in the order in which they were made", body = Vec<TestEntry>)))]
pub async fn tests(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Json<Vec<TestEntry>>, ApiError> {
    let id = id_of(&id, "Sample")?;
    if !quality_samples::exists(&app.database, &caller.scope, id).await? {
        return Err(not_found("Sample"));
    }
    let selection = Selection { sample: Some(id), ..Selection::default() };
    let tests = quality_tests::list(&app.database, &caller.scope, &selection).await?;
    Ok(Json(tests.into_iter().map(Into::into).collect()))
}
