use axum::extract::State;
use viruj_api::master_records::{EditMasterRecord, MasterRecord};
use viruj_domain::master::Step;
use viruj_storage::master_records::{self, Content};

use super::{begin, finish, id_of, locked, reason_of, refuse_unnamed};
use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    etag::{IfMatch, Tagged},
    extract::{Body, Segment},
};

/// Change a draft
///
/// The whole procedure in the place of what it was; whoever writes it is one of the version's authors from then on.
/// A version stays with its product: another code is 422 `product_code_fixed`.
#[utoipa::path(put, path = "/api/v1/master-records/{master_record_id}", operation_id = "master_records_edit",
    tag = "master_records",
    params(("master_record_id" = String, Path, description = "The version's id"),
        ("If-Match" = String, Header, description = "The tag that the change was made from")),
    request_body = EditMasterRecord,
    responses((status = 200, description = "The version as it is now", body = MasterRecord,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn edit(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
    if_match: IfMatch,
    Body(request): Body<EditMasterRecord>,
) -> Result<Tagged<MasterRecord>, ApiError> {
    let id = id_of(&id)?;
    let mut unit = begin(&app, &caller, reason_of(&request.reason)?).await?;
    let (version, _) = locked(&mut unit, &caller, id, &if_match, Step::Edit).await?;
    refuse_unnamed(&request.procedure)?;
    if request.procedure.product_code != version.row.product_code {
        return Err(ProblemCode::ProductCodeFixed.into());
    }
    let content = Content::of(&request.procedure).map_err(ApiError::internal)?;
    master_records::edit(&mut unit, id, &content, &caller.person.id).await?;
    finish(unit, id).await
}
