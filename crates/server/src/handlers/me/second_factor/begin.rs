use axum::{Json, extract::State};
use viruj_api::accounts::{NewSecondFactor, OwnPassword};
use viruj_storage::second_factors;

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::{me::change_password::prove, sessions::now},
};

/// Begin with a second factor
///
/// Gives the secret that the device is to hold, once. A code of it must confirm that it does; until then nothing changes.
/// Where there is a second factor already, it is removed first: 409 `second_factor_active`.
#[utoipa::path(post, path = "/api/v1/me/second-factor", operation_id = "me_begin_second_factor", tag = "sessions",
    request_body = OwnPassword,
    responses((status = 200, description = "The secret, which is shown once", body = NewSecondFactor)))]
pub async fn begin(
    State(app): State<AppState>,
    caller: Caller,
    Body(request): Body<OwnPassword>,
) -> Result<Json<NewSecondFactor>, ApiError> {
    let now = now(&app);
    let person = prove(&app, &caller, &request.current_password, now).await?.person;
    let made = app.second_factors.make(&person.id, &person.email).map_err(ApiError::internal)?;
    let mut unit = app.begin_for(&person.id, "second factor begun by its person").await?;
    if !second_factors::begin(&mut unit, &person.id, &made.sealed, now).await? {
        return Err(ProblemCode::SecondFactorActive.into());
    }
    unit.audit_event("second_factors", person.id.as_str(), "second_factor_begun", "").await?;
    unit.commit().await?;
    Ok(Json(NewSecondFactor { secret: made.secret, uri: made.uri }))
}
