use std::time::Duration;

use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use tokio::time::Instant;
use uuid::Uuid;
use viruj_api::{
    people::Person,
    sessions::{OpenSession, SignInRequest},
};
use viruj_domain::{
    ids::{SessionId, UserId},
    password::normalised,
};
use viruj_storage::{
    StorageError, accounts, attempts,
    people::{self, Account},
    second_factors,
    sessions::{self, NewSession},
};

use super::{now, opened};
use crate::{
    alerts,
    application::AppState,
    attempts::{Attempt, Closed, Counted, Kind},
    caller::Place,
    error::{ApiError, ProblemCode},
    extract::Body,
    passwords::Checked,
    refresh_tokens::SESSION_HOURS,
};

/// A refusal takes at least this long, so that a known account, whose old hash is slow to check, and an unknown one
/// answer in the same time (check 11).
pub(in crate::handlers) const REFUSAL_TAKES: Duration = Duration::from_millis(500);
/// Longer addresses do not exist (RFC 5321).
const LONGEST_EMAIL: usize = 254;
/// Where somebody signed in within this time, they have been before.
const REMEMBERED_DAYS: i64 = 30;

/// Sign in
///
/// Opens a session of a person. Unknown, inactive and wrong are one answer: 401 `invalid_credentials`.
/// After several failures 429 `too_many_attempts` with `Retry-After`.
/// A password that somebody else chose opens one session, in which it must be changed; then 403 `one_time_password_used`.
/// Where there is a second factor, 403 `second_factor_required` says so to those who know the password.
/// A station that sends its own access token along is counted as a place of its own.
#[utoipa::path(post, path = "/api/v1/sessions", operation_id = "sessions_open", tag = "sessions",
    request_body = SignInRequest,
    responses((status = 201, description = "The session is open", body = OpenSession)))]
pub async fn open(
    State(app): State<AppState>,
    place: Place,
    Body(request): Body<SignInRequest>,
) -> Result<(StatusCode, Json<OpenSession>), ApiError> {
    let started = Instant::now();
    let now = now(&app);
    let (account, checked) = prove(&app, place, &request, started, now).await?;
    if has_second_factor(&app, &account.person.id).await? {
        return Err(ProblemCode::SecondFactorRequired.into());
    }
    let session = open_session(&app, account, checked, &request.password, place, now).await?;
    Ok((StatusCode::CREATED, Json(session)))
}

/// Whether signing in asks for a code, too.
pub(in crate::handlers) async fn has_second_factor(app: &AppState, person: &UserId) -> Result<bool, ApiError> {
    let mut connection = app.database.system().acquire().await.map_err(StorageError::from)?;
    Ok(second_factors::of_person(&mut connection, person).await?.has_second_factor)
}

/// The account of somebody who knows its password.
///
/// # Errors
/// `too_many_attempts`, and `invalid_credentials` some time after `started`.
pub(in crate::handlers) async fn prove(
    app: &AppState,
    place: Place,
    request: &SignInRequest,
    started: Instant,
    now: DateTime<Utc>,
) -> Result<(Account, Checked), ApiError> {
    let account = possible_account(app, &request.email).await?;
    let guarded = Guarded::new(app, place, account.as_ref(), &request.email);
    let taken = guarded.take(app, now).await?;
    let may_go_on = taken.closed.is_none() || guarded.has_been_here(app, now).await?;
    // What is refused whatever the password is costs no hashing; the answer takes as long all the same.
    let proved = if may_go_on { identify(app, account.clone(), &request.password).await? } else { None };
    let Some(proved) = proved else {
        guarded.failed(app, &taken, account.as_ref().map(|account| &account.person), now).await?;
        tokio::time::sleep_until(started + REFUSAL_TAKES).await;
        return Err(taken.closed.map_or_else(|| ProblemCode::InvalidCredentials.into(), ApiError::from));
    };
    guarded.succeeded(app, &taken).await?;
    Ok(proved)
}

/// The account, when the password is right and the person active; the same work is done when it is not.
async fn identify(
    app: &AppState,
    account: Option<Account>,
    password: &str,
) -> Result<Option<(Account, Checked)>, ApiError> {
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let checked = app.passwords.check(password, hash).await.map_err(ApiError::internal)?;
    Ok(account
        .filter(|account| account.person.is_active && checked != Checked::Wrong)
        .map(|account| (account, checked)))
}

/// The account with this address. One whose role this program does not know is nobody's; its row is for an administrator
/// to mend.
pub(in crate::handlers) async fn possible_account(app: &AppState, email: &str) -> Result<Option<Account>, ApiError> {
    let email = email.trim();
    if email.len() > LONGEST_EMAIL || email.contains('\0') {
        return Ok(None);
    }
    match people::account_by_email(&app.database, email).await {
        Err(error @ StorageError::Unreadable { .. }) => {
            tracing::error!(%error, "an account cannot be used");
            Ok(None)
        }
        answer => Ok(answer?),
    }
}

/// What has proved who somebody is.
pub(in crate::handlers) enum Proved {
    /// The account's password; with its new hash, where the old one is weak.
    Password { replaced: Option<String> },
    /// The company's identity provider. No password was seen, so none is used up.
    Provider,
}

/// Opens a session of somebody who has proved by the password to be the account's person.
pub(in crate::handlers) async fn open_session(
    app: &AppState,
    account: Account,
    checked: Checked,
    password: &str,
    place: Place,
    now: DateTime<Utc>,
) -> Result<OpenSession, ApiError> {
    let replaced = match checked {
        Checked::RightButOld => Some(app.passwords.hash(password).await.map_err(ApiError::internal)?),
        Checked::Right | Checked::Wrong => None,
    };
    open_proved_session(app, account, Proved::Password { replaced }, place, now).await
}

/// As [`open_session`], whatever has proved who the person is.
pub(in crate::handlers) async fn open_proved_session(
    app: &AppState,
    account: Account,
    proved: Proved,
    place: Place,
    now: DateTime<Utc>,
) -> Result<OpenSession, ApiError> {
    let (means, replaced, is_password) = match proved {
        Proved::Password { replaced } => ("sign-in", replaced, true),
        Proved::Provider => ("single sign-on", None, false),
    };
    let person = account.person;
    let session_id = SessionId(Uuid::now_v7());
    let refresh = app.refresh_tokens.make(session_id).map_err(ApiError::internal)?;
    let expires_at = now + TimeDelta::hours(SESSION_HOURS);
    let mut unit = app.begin_for(&person.id, means).await?;
    if let Some(hash) = replaced {
        people::set_password_hash(&mut unit, &person.id, &hash, now).await?;
    }
    let standing = accounts::standing(unit.connection(), &person.id).await?;
    let must_change_password = standing.is_some_and(|standing| standing.must_change_password);
    if must_change_password && is_password && !accounts::use_up(&mut unit, &person.id, now).await? {
        return Err(ProblemCode::OneTimePasswordUsed.into());
    }
    let client_address = place.address.to_string();
    let session = NewSession {
        id: session_id,
        person_id: &person.id,
        refresh_hash: refresh.hash,
        created_at: now,
        expires_at,
        client_address: &client_address,
        station: place.station,
    };
    sessions::open(&mut unit, &session).await?;
    unit.audit_event("sessions", &session_id.to_string(), "signed_in", &format!("from {place}")).await?;
    unit.commit().await?;
    opened(app, session_id, person, refresh.token, expires_at, must_change_password, now)
}

/// What one sign-in counts for.
struct Guarded {
    place: Place,
    person: Option<UserId>,
    at_place: Counted,
    on_account: Counted,
    /// A registered station is no address that many share.
    from_address: Option<Counted>,
}

/// What was taken of it.
struct Taken {
    at_place: Attempt,
    on_account: Option<Attempt>,
    from_address: Option<Attempt>,
    /// Too many have failed elsewhere: only who has been here before may go on.
    closed: Option<Closed>,
}

impl Guarded {
    fn new(app: &AppState, place: Place, account: Option<&Account>, email: &str) -> Self {
        let person = account.map(|account| &account.person.id);
        // Another spelling of an address is the same account.
        let typed = normalised(email.trim()).to_lowercase();
        let who = person.map_or(typed.as_str(), UserId::as_str);
        Self {
            place,
            at_place: app.attempts.of(Kind::AccountAtPlace, &[who, &place.name()], person),
            on_account: app.attempts.of(Kind::Account, &[who], person),
            from_address: match place.station {
                Some(_) => None,
                None => Some(app.attempts.of(Kind::Address, &[&place.address.network()], None)),
            },
            person: person.cloned(),
        }
    }

    /// # Errors
    /// `too_many_attempts` when this account is closed at this place.
    async fn take(&self, app: &AppState, now: DateTime<Utc>) -> Result<Taken, ApiError> {
        let at_place = self.at_place.take(&app.database, now).await??;
        let on_account = self.on_account.take(&app.database, now).await?;
        let from_address = match &self.from_address {
            Some(from_address) => Some(from_address.take(&app.database, now).await?),
            None => None,
        };
        let locked = match &self.person {
            Some(person) => accounts::locked_until(&app.database, person).await?.filter(|until| *until > now),
            None => None,
        };
        let closed =
            [on_account.err(), from_address.and_then(Result::err), locked.map(|until| Closed::until(until, now))];
        Ok(Taken {
            at_place,
            on_account: on_account.ok(),
            from_address: from_address.and_then(Result::ok),
            closed: closed.into_iter().flatten().max(),
        })
    }

    async fn has_been_here(&self, app: &AppState, now: DateTime<Utc>) -> Result<bool, ApiError> {
        let Some(person) = &self.person else { return Ok(false) };
        if self.place.station.is_some() {
            return Ok(true);
        }
        let since = now - TimeDelta::days(REMEMBERED_DAYS);
        Ok(sessions::was_opened_from(&app.database, person, &self.place.address.to_string(), since).await?)
    }

    async fn succeeded(&self, app: &AppState, taken: &Taken) -> Result<(), ApiError> {
        self.at_place.clear(&app.database).await?;
        let others = [taken.on_account, taken.from_address];
        let ids: Vec<i64> = others.iter().flatten().map(|attempt| attempt.id).collect();
        Ok(attempts::give_back(&app.database, &ids).await?)
    }

    /// A failed sign-in is in the trail (21 CFR 11.300(d)); who typed a password as the address has not written it there.
    async fn failed(
        &self,
        app: &AppState,
        taken: &Taken,
        person: Option<&Person>,
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        let place = self.place;
        let who = person.map_or("unknown", |person| person.id.as_str());
        let mut unit = app.begin_for_system("sign-in", "sign-in").await?;
        let detail = format!("attempt {} from {place}", taken.at_place.count);
        unit.audit_event("users", who, "sign_in_failed", &detail).await?;
        if taken.at_place.is_last {
            alerts::account_closed_at_place(&mut unit, person, place, taken.at_place, now).await?;
        }
        if let Some(attempt) = taken.on_account.filter(|attempt| attempt.is_last) {
            let until = now + Kind::Account.limit().window;
            alerts::account_locked(&mut unit, person, attempt, until, now).await?;
        }
        if let Some(attempt) = taken.from_address.filter(|attempt| attempt.is_last) {
            alerts::address_closed(&mut unit, place, attempt, now).await?;
        }
        Ok(unit.commit().await?)
    }
}
