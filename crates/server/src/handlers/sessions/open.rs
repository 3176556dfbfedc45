use std::time::Duration;

use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use tokio::time::Instant;
use uuid::Uuid;
use viruj_api::sessions::{OpenSession, SignInRequest};
use viruj_domain::ids::SessionId;
use viruj_storage::{
    StorageError,
    people::{self, Account},
    sessions::{self, NewSession},
};

use super::{now, opened};
use crate::{
    application::AppState,
    caller::Address,
    error::{ApiError, ProblemCode},
    extract::Body,
    passwords::Checked,
    refresh_tokens::SESSION_HOURS,
};

/// A refusal takes at least this long, so that a known account, whose old hash is slow to check, and an unknown one
/// answer in the same time (check 11).
const REFUSAL_TAKES: Duration = Duration::from_millis(500);
/// Longer addresses do not exist (RFC 5321).
const LONGEST_EMAIL: usize = 254;

/// Sign in
///
/// Opens a session of a person. Unknown, inactive and wrong are one answer: 401 `invalid_credentials`.
/// After several failures 429 `too_many_attempts` with `Retry-After`.
#[utoipa::path(post, path = "/api/v1/sessions", operation_id = "sessions_open", tag = "sessions",
    request_body = SignInRequest,
    responses((status = 201, description = "The session is open", body = OpenSession)))]
pub async fn open(
    State(app): State<AppState>,
    address: Address,
    Body(request): Body<SignInRequest>,
) -> Result<(StatusCode, Json<OpenSession>), ApiError> {
    let started = Instant::now();
    let now = now(&app);
    let (account, checked) = prove(&app, address, &request, started, now).await?;
    let session = open_session(&app, account, checked, &request.password, address, now).await?;
    Ok((StatusCode::CREATED, Json(session)))
}

/// The account of somebody who knows its password.
///
/// # Errors
/// `too_many_attempts`, and `invalid_credentials` some time after `started`.
pub(in crate::handlers) async fn prove(
    app: &AppState,
    address: Address,
    request: &SignInRequest,
    started: Instant,
    now: DateTime<Utc>,
) -> Result<(Account, Checked), ApiError> {
    let key = (request.email.trim().to_lowercase(), address);
    refuse_when_throttled(app, &key, now)?;
    let Some(proved) = identify(app, request).await? else {
        count_failure(app, key, now).await?;
        tokio::time::sleep_until(started + REFUSAL_TAKES).await;
        return Err(ProblemCode::InvalidCredentials.into());
    };
    app.attempts.account.succeeded(&key);
    Ok(proved)
}

/// The account, when the password is right and the person active; the same work is done when it is not.
async fn identify(app: &AppState, request: &SignInRequest) -> Result<Option<(Account, Checked)>, ApiError> {
    let email = request.email.trim();
    let is_possible = email.len() <= LONGEST_EMAIL && !email.contains('\0');
    let account = if is_possible { readable_account(app, email).await? } else { None };
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let checked = app.passwords.check(&request.password, hash).await.map_err(ApiError::internal)?;
    Ok(account
        .filter(|account| account.person.is_active && checked != Checked::Wrong)
        .map(|account| (account, checked)))
}

/// An account whose role this program does not know is nobody's; its row is for an administrator to mend.
async fn readable_account(app: &AppState, email: &str) -> Result<Option<Account>, ApiError> {
    match people::account_by_email(&app.database, email).await {
        Err(error @ StorageError::Unreadable { .. }) => {
            tracing::error!(%error, "an account cannot be used");
            Ok(None)
        }
        answer => Ok(answer?),
    }
}

/// Opens a session of somebody who has proved to be the account's person.
pub(in crate::handlers) async fn open_session(
    app: &AppState,
    account: Account,
    checked: Checked,
    password: &str,
    address: Address,
    now: DateTime<Utc>,
) -> Result<OpenSession, ApiError> {
    let person = account.person;
    let session_id = SessionId(Uuid::now_v7());
    let refresh = app.refresh_tokens.make(session_id).map_err(ApiError::internal)?;
    let expires_at = now + TimeDelta::hours(SESSION_HOURS);
    let replaced = match checked {
        Checked::RightButOld => Some(app.passwords.hash(password).await.map_err(ApiError::internal)?),
        Checked::Right | Checked::Wrong => None,
    };
    let mut unit = app.begin_for(&person.id, "sign-in").await?;
    if let Some(hash) = replaced {
        people::set_password_hash(&mut unit, &person.id, &hash, now).await?;
    }
    let client_address = address.to_string();
    let session = NewSession {
        id: session_id,
        person_id: &person.id,
        refresh_hash: refresh.hash,
        created_at: now,
        expires_at,
        client_address: &client_address,
    };
    sessions::open(&mut unit, &session).await?;
    unit.audit_event("sessions", &session_id.to_string(), "signed_in", &format!("from {client_address}")).await?;
    unit.commit().await?;
    opened(app, session_id, person, refresh.token, expires_at, now)
}

fn refuse_when_throttled(app: &AppState, key: &(String, Address), now: DateTime<Utc>) -> Result<(), ApiError> {
    let wait = app.attempts.account.wait(key, now).max(app.attempts.address.wait(&key.1, now));
    match wait {
        Some(seconds) => Err(ApiError::new(ProblemCode::TooManyAttempts).retry_after(seconds)),
        None => Ok(()),
    }
}

/// A failed sign-in is in the trail (21 CFR 11.300(d)); who typed a password as the address has not written it there.
async fn count_failure(app: &AppState, key: (String, Address), now: DateTime<Utc>) -> Result<(), ApiError> {
    let account = readable_account(app, &key.0.replace('\0', "")).await?;
    let who = account.map_or_else(|| "unknown".to_owned(), |account| account.person.id.0);
    let address = key.1;
    app.attempts.address.failed(address, now);
    let failures = app.attempts.account.failed(key, now);
    let mut unit = app.begin_for_system("sign-in", "sign-in").await?;
    unit.audit_event("users", &who, "sign_in_failed", &format!("attempt {failures} from {address}")).await?;
    unit.commit().await?;
    Ok(())
}
