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

/// Withdraw a version
///
/// Takes it out of use for good, signed; batches that were begun by it go on. It is bound to the content as submitting is.
#[utoipa::path(post, path = "/api/v1/master-records/{master_record_id}/withdraw", operation_id = "master_records_withdraw",
    tag = "master_records",
    params(("master_record_id" = String, Path, description = "The version's id"),
        ("If-Match" = String, Header, description = "The tag of the version that was shown")),
    request_body = SignMasterRecord,
    responses((status = 200, description = "The version as it is now", body = MasterRecord,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn withdraw(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<SignMasterRecord>,
) -> Result<Tagged<MasterRecord>, ApiError> {
    sign(&app, &caller, &id, &if_match, &request, Step::Withdraw).await
}
