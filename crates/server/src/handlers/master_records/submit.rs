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

/// Submit a draft to be reviewed
///
/// Signed by one of those who may write it, for exactly the content that was shown: 409 `content_differs` when it is another.
/// A draft with faults is 422 `master_record_has_faults`, with every one of them in `faults`.
/// The first signature of a session asks for the e-mail address too (21 CFR 11.200(a)(1)): 403 `identification_required`.
#[utoipa::path(post, path = "/api/v1/master-records/{master_record_id}/submit", operation_id = "master_records_submit",
    tag = "master_records",
    params(("master_record_id" = String, Path, description = "The version's id"),
        ("If-Match" = String, Header, description = "The tag of the version that was shown")),
    request_body = SignMasterRecord,
    responses((status = 200, description = "The version as it is now", body = MasterRecord,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn submit(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<SignMasterRecord>,
) -> Result<Tagged<MasterRecord>, ApiError> {
    sign(&app, &caller, &id, &if_match, &request, Step::Submit).await
}
