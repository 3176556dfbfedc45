use axum::extract::State;
use viruj_api::lots::{ChangeLot, LotRow};
use viruj_storage::lots;

use super::{checked, finish, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::registers::{begin, id_of},
};

/// Put right what is told of a lot
///
/// Days, potency, quantity and supplier, the whole of it; number and material stay. Needs a reason and, in `If-Match`,
/// the tag that the change was made from.
#[utoipa::path(put, path = "/api/v1/lots/{lot_id}", operation_id = "lots_change", tag = "lots",
    params(("lot_id" = String, Path, description = "The lot's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = ChangeLot,
    responses((status = 200, description = "The lot as it is now", body = LotRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<ChangeLot>,
) -> Result<Tagged<LotRow>, ApiError> {
    let id = id_of(&id)?;
    let mut unit = begin(&app, &caller, &request.reason).await?;
    locked(&mut unit, id, &if_match).await?;
    lots::change(&mut unit, id, &checked(&request.details)?).await?;
    finish(unit, id).await
}
