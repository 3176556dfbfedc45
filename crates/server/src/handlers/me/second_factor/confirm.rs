use axum::{Json, extract::State};
use viruj_api::accounts::{RecoveryCodes, SecondFactorCode};
use viruj_storage::second_factors;

use crate::{
    application::AppState,
    attempts::Kind,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::now,
};

/// Confirm the second factor
///
/// With a code of the device; from then on signing in asks for one. Gives ten recovery codes, once, each good for one
/// sign-in without the device.
#[utoipa::path(post, path = "/api/v1/me/second-factor/confirm", operation_id = "me_confirm_second_factor", tag = "sessions",
    request_body = SecondFactorCode,
    responses((status = 200, description = "The recovery codes, which are shown once", body = RecoveryCodes)))]
pub async fn confirm(
    State(app): State<AppState>,
    caller: Caller,
    Body(request): Body<SecondFactorCode>,
) -> Result<Json<RecoveryCodes>, ApiError> {
    let now = now(&app);
    let id = &caller.person.id;
    let counted = app.attempts.of(Kind::SecondFactor, &[id.as_str()], Some(id));
    counted.take(&app.database, now).await??;
    let mut unit = app.begin_for(id, "second factor confirmed by its person").await?;
    let factor = second_factors::lock(&mut unit, id).await?.ok_or(ProblemCode::SecondFactorWrong)?;
    if factor.is_confirmed {
        return Err(ProblemCode::SecondFactorActive.into());
    }
    let secret = app.second_factors.open(id, &factor.sealed_secret).map_err(ApiError::internal)?;
    let step = secret.step_of(&request.code, factor.last_step, now).map_err(ApiError::internal)?;
    let step = step.ok_or(ProblemCode::SecondFactorWrong)?;
    let codes = secret.recovery_codes().map_err(ApiError::internal)?;
    let hashes: Vec<Vec<u8>> = codes.iter().map(|(_, hash)| hash.to_vec()).collect();
    second_factors::use_step(&mut unit, id, step).await?;
    second_factors::confirm(&mut unit, id, &hashes, now).await?;
    unit.audit_event("second_factors", id.as_str(), "second_factor_confirmed", "").await?;
    unit.commit().await?;
    counted.clear(&app.database).await?;
    Ok(Json(RecoveryCodes { codes: codes.into_iter().map(|(code, _)| code).collect() }))
}
