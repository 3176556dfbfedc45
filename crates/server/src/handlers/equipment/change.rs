use axum::extract::State;
use viruj_api::equipment::{ChangeEquipment, EquipmentDetails};
use viruj_storage::equipment;

use super::{finish, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::registers::{begin, id_of, name_of},
};

/// Change a piece of equipment
///
/// Its name and its kind; where it stands changes by its log only. Needs a reason and, in `If-Match`, the tag that the
/// change was made from.
#[utoipa::path(put, path = "/api/v1/equipment/{equipment_id}", operation_id = "equipment_change", tag = "equipment",
    params(("equipment_id" = String, Path, description = "The equipment's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = ChangeEquipment,
    responses((status = 200, description = "The equipment as it is now", body = EquipmentDetails,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<ChangeEquipment>,
) -> Result<Tagged<EquipmentDetails>, ApiError> {
    let id = id_of(&id)?;
    let mut unit = begin(&app, &caller, &request.reason).await?;
    locked(&mut unit, id, &if_match).await?;
    let name = name_of(&request.name, ProblemCode::NameInvalid)?;
    let kind = name_of(&request.kind, ProblemCode::KindInvalid)?;
    equipment::change(&mut unit, id, &name, &kind).await?;
    finish(unit, id).await
}
