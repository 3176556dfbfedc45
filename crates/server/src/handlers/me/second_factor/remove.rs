use axum::extract::State;
use http::StatusCode;
use viruj_api::accounts::OwnPassword;
use viruj_storage::second_factors;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::{me::change_password::prove, sessions::now},
};

/// Remove one's own second factor
///
/// Its codes and its recovery codes are of no use from then on.
#[utoipa::path(post, path = "/api/v1/me/second-factor/remove", operation_id = "me_remove_second_factor", tag = "sessions",
    request_body = OwnPassword,
    responses((status = 204, description = "Signing in asks for the password alone")))]
pub async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    Body(request): Body<OwnPassword>,
) -> Result<StatusCode, ApiError> {
    let person = prove(&app, &caller, &request.current_password, now(&app)).await?.person;
    let mut unit = app.begin_for(&person.id, "second factor removed by its person").await?;
    if !second_factors::remove(&mut unit, &person.id).await? {
        return Err(ProblemCode::SecondFactorMissing.into());
    }
    unit.audit_event("second_factors", person.id.as_str(), "second_factor_removed", "").await?;
    unit.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
