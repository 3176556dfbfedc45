use axum::extract::State;
use viruj_api::lots::{DecideLot, LotRow};
use viruj_domain::lot;
use viruj_storage::lots;

use super::{finish, locked};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
    handlers::{
        registers::{acting, begin, day, id_of},
        sessions::now,
    },
};

/// Decide about a lot
///
/// Quality assurance approves and rejects, never a lot that the same person has entered; whoever keeps lots may put one
/// into quarantine. What is rejected stays so: 409 `lot_status_not_possible`.
#[utoipa::path(post, path = "/api/v1/lots/{lot_id}/status", operation_id = "lots_decide", tag = "lots",
    params(("lot_id" = String, Path, description = "The lot's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = DecideLot,
    responses((status = 200, description = "The lot as it is now", body = LotRow,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn decide(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<DecideLot>,
) -> Result<Tagged<LotRow>, ApiError> {
    let id = id_of(&id)?;
    let mut unit = begin(&app, &caller, &request.reason).await?;
    let row = locked(&mut unit, id, &if_match).await?;
    let today = day(&mut unit, &row.plant_id, now(&app)).await?;
    let person = acting(&caller, &row.plant_id);
    lot::decide(&row.lot(), request.status, row.created_by.as_ref(), person, today)?;
    lots::set_status(&mut unit, id, request.status).await?;
    finish(unit, id).await
}
