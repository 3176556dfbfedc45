use axum::extract::State;
use chrono::{DateTime, Utc};
use http::StatusCode;
use viruj_api::accounts::ChangePassword;
use viruj_domain::password::{Owner, Unsuitable, check_new};
use viruj_storage::{
    accounts,
    people::{self, Account},
    sessions,
};

use crate::{
    alerts,
    application::AppState,
    attempts::Kind,
    caller::Caller,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::now,
    passwords::Checked,
};

/// Change one's own password
///
/// Asks for the present one; a one-time password is one, too. Every other session of the person ends.
/// The new password has 15 characters or more, is none that is tried first and is not made of the person's own name:
/// 422 `password_too_short`, `password_too_long`, `password_too_common`, `password_too_personal`, `password_unchanged`.
#[utoipa::path(post, path = "/api/v1/me/password", operation_id = "me_change_password", tag = "sessions",
    request_body = ChangePassword,
    responses((status = 204, description = "The new password holds")))]
pub async fn change_password(
    State(app): State<AppState>,
    caller: Caller,
    Body(request): Body<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    let now = now(&app);
    let account = prove(&app, &caller, &request.current_password, now).await?;
    let owner = Owner { name: &account.person.name, email: &account.person.email };
    check_new(&request.new_password, owner)?;
    if request.new_password == request.current_password {
        return Err(Unsuitable::Unchanged.into());
    }
    let hash = app.passwords.hash(&request.new_password).await.map_err(ApiError::internal)?;
    let mut unit = app.begin_for(&caller.person.id, "password changed by its person").await?;
    accounts::change_password(&mut unit, &caller.person.id, &hash, now).await?;
    let ended =
        sessions::revoke_all(&mut unit, &caller.person.id, Some(caller.session_id), "password_changed", now).await?;
    let detail = format!("{} other sessions ended", ended.len());
    unit.audit_event("users", caller.person.id.as_str(), "password_changed", &detail).await?;
    unit.commit().await?;
    for session in ended.into_iter().chain([caller.session_id]) {
        app.live_sessions.forget(session);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Failures count with those of signing: both guess at the password of somebody who is signed in.
pub(super) async fn prove(
    app: &AppState,
    caller: &Caller,
    password: &str,
    now: DateTime<Utc>,
) -> Result<Account, ApiError> {
    let id = &caller.person.id;
    let counted = app.attempts.of(Kind::Proof, &[id.as_str()], Some(id));
    let attempt = counted.take(&app.database, now).await??;
    let account = people::account(&app.database, id).await?.ok_or(ProblemCode::InvalidToken)?;
    let checked =
        app.passwords.check(password, Some(account.password_hash.as_str())).await.map_err(ApiError::internal)?;
    if checked != Checked::Wrong {
        counted.clear(&app.database).await?;
        return Ok(account);
    }
    let mut unit = app.begin_for(id, "password change").await?;
    let detail = format!("attempt {}", attempt.count);
    unit.audit_event("users", id.as_str(), "password_change_failed", &detail).await?;
    if attempt.is_last {
        alerts::proof_closed(&mut unit, &account.person, attempt, now).await?;
    }
    unit.commit().await?;
    Err(ProblemCode::WrongPassword.into())
}
