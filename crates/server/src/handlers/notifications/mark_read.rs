use axum::{Json, extract::State};
use viruj_api::notifications::Notification;
use viruj_storage::notifications;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Segment,
    handlers::sessions::now,
};

/// Mark a notification as read
///
/// Sent again it changes nothing: the first time counts.
#[utoipa::path(post, path = "/api/v1/notifications/{notification_id}/read", operation_id = "notifications_mark_read",
    tag = "notifications", params(("notification_id" = String, Path, description = "The notification's id")),
    responses((status = 200, description = "The notification as it is now", body = Notification)))]
pub async fn mark_read(
    State(app): State<AppState>,
    caller: Caller,
    Segment(id): Segment,
) -> Result<Json<Notification>, ApiError> {
    let mut unit = app.begin_for(&caller.person.id, "read").await?;
    let read = notifications::mark_read(&mut unit, &caller.person.id, &id, now(&app)).await?;
    let read = read.ok_or(ProblemCode::NotFound)?;
    unit.commit().await?;
    Ok(Json(read))
}
