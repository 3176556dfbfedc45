use axum::extract::State;
use viruj_api::master_records::{MasterRecord, MasterRecordStep};
use viruj_domain::master::Step;
use viruj_storage::master_records;

use super::{begin, finish, id_of, locked, reason_of};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Return a version to its authors
///
/// A version that is in review becomes a draft again; a reviewer or an author does it.
#[utoipa::path(post, path = "/api/v1/master-records/{master_record_id}/return", operation_id = "master_records_return",
    tag = "master_records",
    params(("master_record_id" = String, Path, description = "The version's id"),
        ("If-Match" = String, Header, description = "The tag of the version that was shown")),
    request_body = MasterRecordStep,
    responses((status = 200, description = "The version as it is now", body = MasterRecord,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn send_back(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<MasterRecordStep>,
) -> Result<Tagged<MasterRecord>, ApiError> {
    let id = id_of(&id)?;
    if request.effective_on.is_some() {
        return Err(ApiError::new(ProblemCode::InvalidBody).with_detail("effective_on belongs to make-effective"));
    }
    let mut unit = begin(&app, &caller, reason_of(&request.reason)?).await?;
    let (_, status) = locked(&mut unit, &caller, id, &if_match, Step::Return).await?;
    master_records::set_status(&mut unit, id, status).await?;
    finish(unit, id).await
}
