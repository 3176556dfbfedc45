use axum::{Json, extract::State};
use viruj_api::leases::{AskLease, SignedLease};
use viruj_domain::ids::BatchId;

use super::{Others, lease};
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    extract::{Body, Segment},
};

/// Lease a batch to a station
///
/// The whole batch, or one of its operations, for 48 hours from now; what the station holds already lives on. 409
/// `leased_elsewhere` while another station holds some of the same.
#[utoipa::path(post, path = "/api/v1/batches/{batch_id}/leases", operation_id = "leases_ask", tag = "batches",
    params(("batch_id" = String, Path, description = "The batch's id")),
    request_body = AskLease,
    responses((status = 200, description = "The lease with the server's signature", body = SignedLease)))]
pub async fn ask(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    Body(request): Body<AskLease>,
) -> Result<Json<SignedLease>, ApiError> {
    let wanted = (request.station_id, request.operation);
    Ok(Json(lease(&app, &caller, &BatchId(id), wanted, Others::Stay).await?))
}
