use axum::extract::State;
use uuid::Uuid;
use viruj_api::equipment::{EquipmentDetails, LogEquipment};
use viruj_domain::equipment::{EquipmentAct, EquipmentStep, step};
use viruj_storage::equipment::{self, NewLogEntry};

use super::{finish, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::{
        registers::{acting, begin, day, id_of, reason_of},
        sessions::now,
    },
};

/// Log what is done with a piece of equipment
///
/// The beginning and the end of its use and cleaning, the verification by another person than who has cleaned it, hold,
/// calibration, breakdown; the time is the server's. Whoever may not do it is 403, what does not follow from where the
/// equipment stands 409 `equipment_state_differs`.
#[utoipa::path(post, path = "/api/v1/equipment/{equipment_id}/log", operation_id = "equipment_act", tag = "equipment",
    params(("equipment_id" = String, Path, description = "The equipment's id"),
        ("If-Match" = String, Header, description = "The tag of the equipment that was shown")),
    request_body = LogEquipment,
    responses((status = 200, description = "The equipment as it is now", body = EquipmentDetails,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn act(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<LogEquipment>,
) -> Result<Tagged<EquipmentDetails>, ApiError> {
    let id = id_of(&id)?;
    let note = reason_of(&request.reason)?;
    let mut unit = begin(&app, &caller, note).await?;
    let row = locked(&mut unit, id, &if_match).await?;
    let at = now(&app);
    let taken = EquipmentStep {
        act: request.act,
        at,
        batch: request.batch_id.clone(),
        clean_until: request.clean_until,
        calibration_due: request.calibration_due,
    };
    let today = day(&mut unit, &row.plant_id, at).await?;
    let before = row.equipment().standing;
    let standing = step(&before, &taken, acting(&caller, &row.plant_id), today)?;
    let batch = match request.act {
        EquipmentAct::UseBegun => request.batch_id.as_ref(),
        _ => before.in_use_for.as_ref(),
    };
    if request.act == EquipmentAct::UseBegun
        && let Some(batch) = batch
        && !equipment::is_batch_of(&mut unit, &row.plant_id, batch).await?
    {
        return Err(ProblemCode::BatchUnknown.into());
    }
    let is = |act: EquipmentAct| request.act == act;
    let entry = NewLogEntry {
        id: Uuid::now_v7(),
        plant_id: &row.plant_id,
        equipment: id,
        act: request.act,
        at,
        person_id: &caller.person.id,
        person_name: &caller.person.name,
        batch,
        note: Some(note),
        clean_until: request.clean_until.filter(|_| is(EquipmentAct::CleaningVerified)),
        calibration_due: request.calibration_due.filter(|_| is(EquipmentAct::Calibrated)),
        operation: None,
    };
    equipment::take_step(&mut unit, &standing, &entry).await?;
    finish(unit, id).await
}
