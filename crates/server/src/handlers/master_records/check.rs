use axum::Json;
use viruj_api::master_records::{CheckProcedure, FaultList};
use viruj_domain::master;

use crate::{caller::Caller, error::ApiError, extract::Body};

/// Look a procedure through
///
/// Everything that is wrong with it, each fault with its place; nothing is kept.
#[utoipa::path(post, path = "/api/v1/master-records/check", operation_id = "master_records_check",
    tag = "master_records",
    request_body = CheckProcedure,
    responses((status = 200, description = "The faults", body = FaultList)))]
pub async fn check(_: Caller, Body(request): Body<CheckProcedure>) -> Result<Json<FaultList>, ApiError> {
    Ok(Json(FaultList { faults: master::faults(&request.procedure) }))
}
