use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{application::AppState, error::ApiError};

#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    version: &'static str,
    /// The login at the database, as the old backend said it.
    db_user: String,
}

/// Whether the server works
///
/// Asks the database; 503 `database_unreachable` when it does not answer.
#[utoipa::path(get, path = "/health", operation_id = "health_show", tag = "server",
    responses((status = 200, description = "Server and database answer", body = Health)))]
pub async fn show(State(app): State<AppState>) -> Result<Json<Health>, ApiError> {
    app.database.ping().await?;
    Ok(Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION"), db_user: app.database.login().to_owned() }))
}
