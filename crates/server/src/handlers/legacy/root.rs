use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::application::AppState;

/// Where the old web client was when nobody said otherwise.
const OLD_FRONTEND: &str = "http://localhost:5173";

#[derive(Serialize, ToSchema)]
#[schema(as = LegacyRoot)]
pub struct Root {
    message: &'static str,
    frontend: String,
    docs: &'static str,
}

/// That the backend is there
///
/// In the old backend's words.
#[utoipa::path(get, path = "/", operation_id = "legacy_root", tag = "legacy",
    responses((status = 200, description = "It is", body = Root)))]
pub async fn root(State(app): State<AppState>) -> Json<Root> {
    let frontend = app.frontend.as_ref().and_then(|origin| origin.to_str().ok()).unwrap_or(OLD_FRONTEND);
    Json(Root { message: "Viruj Chematrix FastAPI backend is running.", frontend: frontend.to_owned(), docs: "/docs" })
}
