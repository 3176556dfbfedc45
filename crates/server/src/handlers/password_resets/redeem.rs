use axum::extract::State;
use chrono::{DateTime, Utc};
use http::StatusCode;
use tokio::time::Instant;
use viruj_api::accounts::RedeemPasswordReset;
use viruj_domain::{
    ids::UserId,
    password::{Owner, check_new},
};
use viruj_storage::{UnitOfWork, accounts, attempts, sessions};

use crate::{
    application::AppState,
    attempts::Kind,
    caller::Address,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::{
        now,
        open::{REFUSAL_TAKES, possible_account},
    },
};

/// Set a new password with a code
///
/// Every session of the person ends. Whatever is wrong with the address or the code is one answer, 401
/// `reset_code_invalid`; a new password that does not suit is 422 as when it is changed, and the code stays good.
#[utoipa::path(post, path = "/api/v1/password-resets/redeem", operation_id = "password_resets_redeem", tag = "sessions",
    request_body = RedeemPasswordReset,
    responses((status = 204, description = "The new password holds")))]
pub async fn redeem(
    State(app): State<AppState>,
    address: Address,
    Body(request): Body<RedeemPasswordReset>,
) -> Result<StatusCode, ApiError> {
    let started = Instant::now();
    let now = now(&app);
    let account = possible_account(&app, &request.email).await?.filter(|account| account.person.is_active);
    let id = account.as_ref().map(|account| account.person.id.clone());
    let whose = id.as_ref().map_or_else(|| request.email.trim().to_lowercase(), |id| id.0.clone());
    let by_account = app.attempts.of(Kind::ResetCode, &[&whose], id.as_ref());
    let by_address = app.attempts.of(Kind::Address, &[&address.network()], None);
    by_account.take(&app.database, now).await??;
    let attempt = by_address.take(&app.database, now).await??;
    let mut unit = app.begin_for_system("sign-in", "password reset").await?;
    let is_right = match &id {
        Some(id) => is_redeemed(&app, &mut unit, id, &request.code, now).await?,
        None => false,
    };
    let Some(person) = account.filter(|_| is_right).map(|account| account.person) else {
        let who = id.as_ref().map_or("unknown", |id| id.as_str());
        unit.audit_event("users", who, "password_reset_failed", &format!("from {address}")).await?;
        unit.commit().await?;
        tokio::time::sleep_until(started + REFUSAL_TAKES).await;
        return Err(ProblemCode::ResetCodeInvalid.into());
    };
    // Left without a commit, the code is good for another try.
    check_new(&request.new_password, Owner { name: &person.name, email: &person.email })?;
    let hash = app.passwords.hash(&request.new_password).await.map_err(ApiError::internal)?;
    accounts::change_password(&mut unit, &person.id, &hash, now).await?;
    let ended = sessions::revoke_all(&mut unit, &person.id, None, "password_reset", now).await?;
    attempts::forget_person(&mut unit, person.id.as_str()).await?;
    let detail = format!("from {address}, {} sessions ended", ended.len());
    unit.audit_event("users", person.id.as_str(), "password_reset", &detail).await?;
    unit.commit().await?;
    attempts::give_back(&app.database, &[attempt.id]).await?;
    for session in ended {
        app.live_sessions.forget(session);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn is_redeemed(
    app: &AppState,
    unit: &mut UnitOfWork,
    person: &UserId,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, ApiError> {
    for hash in app.reset_codes.hashes(person, code) {
        if accounts::redeem_reset(unit, person, hash, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
