use axum::{Json, extract::State};
use uuid::Uuid;
use viruj_api::legacy::testing::{CreatedTest, TestCreate};
use viruj_storage::{
    quality_samples,
    quality_tests::{self, NewTest},
};

use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::{
        legacy::{
            begin,
            body::{ListOfFields, check_all},
            id_of, not_found,
        },
        sessions::now,
    },
};

const MOST_TESTS: usize = 100;

/// Add tests to a sample
#[utoipa::path(post, path = "/api/quality-samples/{sample_id}/tests/create",
    operation_id = "legacy_samples_create_tests", tag = "legacy",
    params(("sample_id" = String, Path, description = "The sample's id")),
    request_body = Vec<TestCreate>,
    responses((status = 200, description = "The new tests", body = Vec<CreatedTest>)))]
pub async fn create_tests(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    list: ListOfFields,
) -> Result<Json<Vec<CreatedTest>>, ApiError> {
    let now = now(&app);
    let mut list = list.at_most(MOST_TESTS)?;
    let read = list.iter_mut().map(|fields| NewTest {
        id: Uuid::now_v7(),
        name: fields.text("test_name", 1, 200),
        method: fields.optional_text("method", 200),
    });
    let tests: Vec<_> = read.collect();
    check_all(list)?;
    let mut unit = begin(&app, &caller, "add tests").await?;
    let sample = quality_samples::lock(&mut unit, id_of(&id, "Sample")?).await?.ok_or_else(|| not_found("Sample"))?;
    let created = quality_tests::add(&mut unit, &sample, &tests, now).await?;
    unit.commit().await?;
    Ok(Json(created))
}
