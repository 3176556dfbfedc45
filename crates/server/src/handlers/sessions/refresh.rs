use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq;
use viruj_api::sessions::{OpenSession, RefreshRequest};
use viruj_storage::{
    UnitOfWork, accounts, people,
    sessions::{self, LockedSession},
};

use super::{now, opened};
use crate::{
    application::AppState,
    error::{ApiError, ProblemCode},
    extract::Body,
    refresh_tokens::{GRACE_SECONDS, PresentedToken, RACE_SECONDS},
};

/// Refresh a session
///
/// Exchanges a refresh token, which works no more afterwards. An older token ends the whole session.
/// The token before the newest one is let off: within two seconds it is taken for a second request that ran beside the
/// first, 409 `refresh_in_progress` with `Retry-After`; after that, up to thirty seconds and only while the newest one
/// has not been used, it works once more, for a client that never got the answer.
#[utoipa::path(post, path = "/api/v1/sessions/refresh", operation_id = "sessions_refresh", tag = "sessions",
    request_body = RefreshRequest,
    responses((status = 200, description = "New tokens of the same session", body = OpenSession)))]
pub async fn refresh(
    State(app): State<AppState>,
    Body(request): Body<RefreshRequest>,
) -> Result<Json<OpenSession>, ApiError> {
    let now = now(&app);
    let presented = app.refresh_tokens.read(&request.refresh_token).ok_or(ProblemCode::InvalidRefreshToken)?;
    let mut unit = app.begin_for_system("sessions", "refresh").await?;
    let session = sessions::lock(&mut unit, presented.session_id)
        .await?
        .filter(|session| session.revoked_at.is_none() && session.expires_at > now)
        .ok_or(ProblemCode::InvalidRefreshToken)?;
    match judge(&session, &presented, now) {
        Use::Newest => rotate(&app, unit, &session, &presented, Some(&session.refresh_hash), now).await,
        // Nothing stays that could be used a third time.
        Use::LostAnswer => rotate(&app, unit, &session, &presented, None, now).await,
        Use::Race => Err(ApiError::new(ProblemCode::RefreshInProgress).retry_after(RACE_SECONDS.unsigned_abs())),
        Use::Reuse => {
            end_family(&app, unit, &session, &presented, now).await?;
            Err(ProblemCode::InvalidRefreshToken.into())
        }
    }
}

/// How a token that this installation made is being used.
#[derive(Debug, PartialEq, Eq)]
enum Use {
    Newest,
    LostAnswer,
    Race,
    Reuse,
}

fn judge(session: &LockedSession, presented: &PresentedToken, now: DateTime<Utc>) -> Use {
    let is = |hash: &[u8]| bool::from(hash.ct_eq(&presented.hash));
    if is(&session.refresh_hash) {
        return Use::Newest;
    }
    let age = now - session.refreshed_at;
    match &session.previous_refresh_hash {
        Some(previous) if is(previous) && age < TimeDelta::seconds(RACE_SECONDS) => Use::Race,
        Some(previous) if is(previous) && age <= TimeDelta::seconds(GRACE_SECONDS) => Use::LostAnswer,
        _ => Use::Reuse,
    }
}

async fn rotate(
    app: &AppState,
    mut unit: UnitOfWork,
    session: &LockedSession,
    presented: &PresentedToken,
    previous: Option<&[u8]>,
    now: DateTime<Utc>,
) -> Result<Json<OpenSession>, ApiError> {
    let person = people::person(unit.connection(), &session.person_id)
        .await?
        .filter(|person| person.is_active)
        .ok_or(ProblemCode::InvalidRefreshToken)?;
    let standing = accounts::standing(unit.connection(), &person.id).await?;
    let must_change_password = standing.is_some_and(|standing| standing.must_change_password);
    let made = app.refresh_tokens.make(presented.session_id).map_err(ApiError::internal)?;
    sessions::rotate(&mut unit, presented.session_id, made.hash, previous, now).await?;
    unit.commit().await?;
    let expires_at = session.expires_at;
    Ok(Json(opened(app, presented.session_id, person, made.token, expires_at, must_change_password, now)?))
}

/// Somebody holds a token that was used before: nobody can tell who is the thief, so nobody goes on.
async fn end_family(
    app: &AppState,
    mut unit: UnitOfWork,
    session: &LockedSession,
    presented: &PresentedToken,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let id = presented.session_id;
    sessions::revoke(&mut unit, id, "refresh_token_reused", now).await?;
    let detail = format!("a used refresh token of {} was presented", session.person_id);
    unit.audit_event("sessions", &id.to_string(), "session_revoked", &detail).await?;
    unit.commit().await?;
    app.live_sessions.forget(id);
    tracing::warn!(session = %id, "a used refresh token was presented, the session is revoked");
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use viruj_domain::ids::{SessionId, UserId};

    use super::*;

    #[test]
    fn sec_08_a_lost_answer_has_a_defined_outcome() {
        let start = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let session = LockedSession {
            person_id: UserId::from("prod-op-1"),
            refresh_hash: vec![2; 32],
            previous_refresh_hash: Some(vec![1; 32]),
            expires_at: start + TimeDelta::hours(12),
            revoked_at: None,
            refreshed_at: start,
        };
        let used = |hash: u8, second: i64| {
            let presented = PresentedToken { session_id: SessionId(Uuid::from_u128(1)), hash: [hash; 32] };
            judge(&session, &presented, start + TimeDelta::seconds(second))
        };
        assert_eq!(used(2, 0), Use::Newest);
        assert_eq!(used(1, 0), Use::Race);
        assert_eq!(used(1, 1), Use::Race);
        assert_eq!(used(1, 2), Use::LostAnswer);
        assert_eq!(used(1, 30), Use::LostAnswer);
        assert_eq!(used(1, 31), Use::Reuse);
        assert_eq!(used(0, 0), Use::Reuse);
    }
}
