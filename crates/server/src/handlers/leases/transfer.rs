use axum::{Json, extract::State};
use viruj_api::leases::{SignedLease, TransferLease};
use viruj_domain::{ids::BatchId, person};

use super::{Others, lease};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::{Body, Segment},
};

/// Hand a batch over to a station
///
/// Leases of other stations that are for some of the same end now. What those stations record afterwards, because they do
/// not know of it, is kept beside and takes no effect.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/leases/transfer", operation_id = "leases_transfer", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id")),
    request_body = TransferLease,
    responses((status = 200, description = "The lease with the server's signature", body = SignedLease)))]
pub async fn transfer(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<TransferLease>,
) -> Result<Json<SignedLease>, ApiError> {
    let reason = person::reason(&request.reason).ok_or(ProblemCode::ChangeReasonRequired)?;
    let wanted = (request.station_id, request.operation.clone());
    Ok(Json(lease(&app, &caller, &BatchId(id), wanted, Others::HandOver(reason)).await?))
}
