use axum::extract::State;
use http::StatusCode;
use viruj_api::capas::Capa;
use viruj_storage::capas;

use super::{id_of, tagged};
use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    etag::Tagged,
    extract::Segment,
};

/// One corrective or preventive action
///
/// The header `ETag` is what a step names in `If-Match`.
#[utoipa::path(get, path = "/api/v1/capas/{capa_id}", operation_id = "capas_show", tag = "capas",
    params(("capa_id" = String, Path, description = "The action's id")),
    responses((status = 200, description = "The action", body = Capa,
        headers(("ETag" = String, description = "The tag of what a change overwrites")))))]
pub async fn show(State(app): State<AppState>, reader: Reader, Segment(id): Segment) -> Result<Tagged<Capa>, ApiError> {
    let shown = capas::show(&app.database, &reader.scope, id_of(&id)?).await?;
    Ok(tagged(StatusCode::OK, shown.ok_or(ProblemCode::NotFound)?))
}
