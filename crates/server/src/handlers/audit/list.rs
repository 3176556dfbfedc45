use axum::{Json, extract::State};
use viruj_api::{
    audit::{AuditEntry, AuditQuery},
    lists::Page,
};
use viruj_storage::trail;

use crate::{application::AppState, caller::Reader, error::ApiError, extract::Query};

/// The audit trail
///
/// Newest first: who changed what, where, when and why, with old and new values; the system's own feed and those of the
/// plants that the reader sees.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "audit_list", tag = "audit", params(AuditQuery),
    responses((status = 200, description = "One page", body = Page<AuditEntry>)))]
pub async fn list(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>, ApiError> {
    Ok(Json(trail::list(&app.database, &reader.scope, &query).await?))
}
