use axum::{Json, extract::State};
use viruj_api::legacy::testing::{AssignedSample, SampleAssignment};
use viruj_domain::{role::Role, testing::assign_sample};
use viruj_storage::quality_samples;

use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::Segment,
    handlers::{
        legacy::{begin, body::Fields, colleague, id_of, not_found},
        sessions::now,
    },
};

/// Give a sample to an analyst
///
/// The analyst is a QC Operator of the sample's plant. The tests are given out one by one.
#[utoipa::path(post, path = "/api/quality-samples/{sample_id}/assign", operation_id = "legacy_samples_assign",
    tag = "legacy",
    params(("sample_id" = String, Path, description = "The sample's id")),
    request_body = SampleAssignment,
    responses((status = 200, description = "The sample with its analyst", body = AssignedSample)))]
pub async fn assign(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    mut fields: Fields,
) -> Result<Json<AssignedSample>, ApiError> {
    let now = now(&app);
    let analyst = fields.text("analyst_id", 1, 100);
    fields.check()?;
    let mut unit = begin(&app, &caller, "assign sample").await?;
    let sample = quality_samples::lock(&mut unit, id_of(&id, "Sample")?).await?.ok_or_else(|| not_found("Sample"))?;
    let plant = sample.plant_id.ok_or_else(|| not_found("Sample"))?;
    let status = assign_sample(sample.status.as_deref())?;
    let analyst = colleague(&mut unit, &analyst, &plant, Role::QcOperator).await?;
    let assigned = quality_samples::assign(&mut unit, sample.id, &analyst.id, status, now).await?;
    unit.commit().await?;
    Ok(Json(assigned))
}
