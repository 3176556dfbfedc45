use axum::extract::State;
use viruj_api::deviations::{Deviation, EditDeviation, MOST_AFFECTED};
use viruj_domain::deviation::DeviationStep;
use viruj_storage::deviations;

use super::{begin, finish, id_of, locked, reason_of, text_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Write down what was found out
///
/// All of it in the place of what was written before, during the investigation; whoever writes is one of the
/// investigators from then on. A disposition is a proposal until it is approved.
#[utoipa::path(put, path = "/api/v1/deviations/{deviation_id}", operation_id = "deviations_edit", tag = "deviations",
    params(("deviation_id" = String, Path, description = "The deviation's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = EditDeviation,
    responses((status = 200, description = "The deviation as it is now", body = Deviation,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn edit(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<EditDeviation>,
) -> Result<Tagged<Deviation>, ApiError> {
    let id = id_of(&id)?;
    let written = written(&request)?;
    let mut unit = begin(&app, &caller, reason_of(&request.reason)?).await?;
    let (stored, _) = locked(&mut unit, &caller, id, &if_match, DeviationStep::Edit).await?;
    let unknown = deviations::unknown_batches(&mut unit, &stored.row.plant_id, &written.affected_batches).await?;
    if let Some(batch) = unknown.first() {
        return Err(ApiError::new(ProblemCode::BatchUnknown).with_detail(format!("{batch} is no batch of this plant")));
    }
    deviations::edit(&mut unit, id, &written, &caller.person.id).await?;
    finish(unit, id).await
}

/// The request with its texts as they are kept.
fn written(request: &EditDeviation) -> Result<EditDeviation, ApiError> {
    let text = |text: &Option<String>| Ok::<_, ApiError>(text_of(text.as_deref())?.map(str::to_owned));
    let mut affected_batches = request.affected_batches.clone();
    affected_batches.sort_unstable();
    affected_batches.dedup();
    if affected_batches.len() > MOST_AFFECTED {
        return Err(ApiError::new(ProblemCode::InvalidBody).with_detail(format!("at most {MOST_AFFECTED} batches")));
    }
    Ok(EditDeviation {
        immediate_action: text(&request.immediate_action)?,
        investigation: text(&request.investigation)?,
        root_cause: text(&request.root_cause)?,
        impact_assessment: text(&request.impact_assessment)?,
        affected_batches,
        disposition: request.disposition,
        disposition_reason: text(&request.disposition_reason)?,
        no_capa_reason: text(&request.no_capa_reason)?,
        reason: request.reason.clone(),
    })
}
