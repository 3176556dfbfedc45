use axum::extract::State;
use viruj_api::master_records::{MasterRecord, SignMasterRecord};
use viruj_domain::master::Step;

use super::signing::sign;
use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Approve a version
///
/// Signed by somebody who has written no part of it (21 CFR 211.186(a)): 409 `own_work` for an author, whatever the role
/// is now. It is bound to the content as submitting is.
#[utoipa::path(post, path = "/api/v1/master-records/{master_record_id}/approve", operation_id = "master_records_approve",
    tag = "master_records",
    params(("master_record_id" = String, Path, description = "The version's id"),
        ("If-Match" = String, Header, description = "The tag of the version that was shown")),
    request_body = SignMasterRecord,
    responses((status = 200, description = "The version as it is now", body = MasterRecord,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn approve(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<SignMasterRecord>,
) -> Result<Tagged<MasterRecord>, ApiError> {
    sign(&app, &caller, &id, &if_match, &request, Step::Approve).await
}
