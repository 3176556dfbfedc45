use axum::{Json, extract::State};
use viruj_api::server::ServerIdentity;

use crate::{application::AppState, error::ApiError, handlers::stations::identity};

/// Who the server is
///
/// Its id, the keys that it signs with, its plants and its time; a station compares the keys with those that it pinned.
#[utoipa::path(get, path = "/api/v1/server", operation_id = "server_show", tag = "server",
    responses((status = 200, description = "The server's identity", body = ServerIdentity)))]
pub async fn show(State(app): State<AppState>) -> Result<Json<ServerIdentity>, ApiError> {
    Ok(Json(identity(&app).await?))
}
