use axum::{Json, extract::State};
use viruj_api::{
    lists::Page,
    notifications::{Notification, NotificationQuery},
};
use viruj_storage::notifications;

use crate::{application::AppState, caller::Caller, error::ApiError, extract::Query};

/// Notifications
///
/// One's own, newest first.
#[utoipa::path(get, path = "/api/v1/notifications", operation_id = "notifications_list", tag = "notifications",
    params(NotificationQuery),
    responses((status = 200, description = "One page", body = Page<Notification>)))]
pub async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(query): Query<NotificationQuery>,
) -> Result<Json<Page<Notification>>, ApiError> {
    Ok(Json(notifications::list(&app.database, &caller.person.id, &query).await?))
}
