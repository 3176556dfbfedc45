use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use http::StatusCode;
use viruj_api::{sessions::OpenSession, single_sign_on::FinishSingleSignOn};
use viruj_domain::{
    ids::UserId,
    person::check_account,
    role::{Department, Role},
};
use viruj_storage::{
    StorageError, attempts, identities,
    people::{self, Account},
    users,
};

use super::failed;
use crate::{
    alerts,
    application::AppState,
    attempts::{Attempt, Kind},
    caller::Place,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::{
        sessions::{
            now,
            open::{Proved, open_proved_session, possible_account},
        },
        users::{commit, end_sessions, refuse_last_administrator},
    },
    single_sign_on::{Identity, NamedRole, SingleSignOn},
};

/// What the trail names as the author of links and roles.
const ACTOR: &str = "sign-in";

/// Finish a single sign-on
///
/// Takes the code that the provider sent back and opens a session of the person whom the provider names. A person is
/// found by the provider's subject, at the first time by an e-mail address that the provider has verified; an account is
/// never made. 403 says what is missing: `single_sign_on_no_account`, `single_sign_on_unverified`,
/// `single_sign_on_other_person`, `single_sign_on_no_role`, `single_sign_on_role_unfit`; `single_sign_on_refused` is an
/// answer that is none to this sign-in. After many failures 429 `too_many_attempts`, for single sign-on alone.
/// The second factor of this system is not asked for: the provider asks for its own.
#[utoipa::path(post, path = "/api/v1/single-sign-on/sessions", operation_id = "single_sign_on_finish", tag = "sessions",
    request_body = FinishSingleSignOn,
    responses((status = 201, description = "The session is open", body = OpenSession)))]
pub async fn finish(
    State(app): State<AppState>,
    place: Place,
    Body(request): Body<FinishSingleSignOn>,
) -> Result<(StatusCode, Json<OpenSession>), ApiError> {
    let provider = app.single_sign_on.as_ref().ok_or(ProblemCode::SingleSignOnOff)?;
    let now = now(&app);
    let attempt = app.attempts.of(Kind::SingleSignOn, &[&place.name()], None).take(&app.database, now).await??;
    let account = match proved(&app, provider, &request, now).await {
        Ok(account) => account,
        Err(error) => {
            note_failure(&app, place, attempt, &error, now).await?;
            return Err(error);
        }
    };
    attempts::give_back(&app.database, &[attempt.id]).await?;
    let session = open_proved_session(&app, account, Proved::Provider, place, now).await?;
    Ok((StatusCode::CREATED, Json(session)))
}

/// The account of whom the provider names, with the role that it names.
async fn proved(
    app: &AppState,
    provider: &SingleSignOn,
    request: &FinishSingleSignOn,
    now: DateTime<Utc>,
) -> Result<Account, ApiError> {
    let identity = provider.finish(&request.state, &request.proof, &request.code, now).await.map_err(failed)?;
    let account = account_of(app, &identity, now).await?;
    let role = match identity.role {
        NamedRole::Unchanged => return Ok(account),
        NamedRole::Role(role) => role,
        NamedRole::None => return Err(ProblemCode::SingleSignOnNoRole.into()),
    };
    if role == account.person.role {
        return Ok(account);
    }
    let id = account.person.id;
    take_role(app, &id, role, now).await?;
    account_by_id(app, &id).await
}

/// The active account of the identity. One that is found by its address is linked for good: an address may be given to
/// somebody else, a subject never.
async fn account_of(app: &AppState, identity: &Identity, now: DateTime<Utc>) -> Result<Account, ApiError> {
    if let Some(id) = identities::person_of(&app.database, &identity.issuer, &identity.subject).await? {
        return account_by_id(app, &id).await;
    }
    let email = identity.verified_email.as_deref().ok_or(ProblemCode::SingleSignOnUnverified)?;
    // The look-up takes lookalikes for one address, as people type them; the provider's word is taken as it stands.
    let account = possible_account(app, email)
        .await?
        .filter(|account| account.person.is_active && account.person.email.to_lowercase() == email.to_lowercase())
        .ok_or(ProblemCode::SingleSignOnNoAccount)?;
    let mut unit = app.begin_for_system(ACTOR, "single sign-on: the first one of this person").await?;
    if !identities::link(&mut unit, &identity.issuer, &identity.subject, &account.person.id, now).await? {
        return Err(ProblemCode::SingleSignOnOtherPerson.into());
    }
    unit.commit().await?;
    Ok(account)
}

async fn account_by_id(app: &AppState, id: &UserId) -> Result<Account, ApiError> {
    let account = match people::account(&app.database, id).await {
        Err(error @ StorageError::Unreadable { .. }) => {
            tracing::error!(%error, "an account cannot be used");
            None
        }
        answer => answer?,
    };
    Ok(account.filter(|account| account.person.is_active).ok_or(ProblemCode::SingleSignOnNoAccount)?)
}

/// Gives the person the role that the provider names, by the rules of an administrator's change, and ends the sessions
/// that were opened under the old one.
async fn take_role(app: &AppState, id: &UserId, role: Role, now: DateTime<Utc>) -> Result<(), ApiError> {
    let mut unit = app.begin_for_system(ACTOR, "single sign-on: the role that the identity provider names").await?;
    let user = users::lock(&mut unit, id).await?.ok_or(ProblemCode::SingleSignOnNoAccount)?;
    let department: Department = user.department.parse().map_err(|_| ProblemCode::SingleSignOnRoleUnfit)?;
    check_account(role, department, &user.plant_ids)
        .map_err(|refusal| ApiError::new(ProblemCode::SingleSignOnRoleUnfit).with_detail(refusal.to_string()))?;
    refuse_last_administrator(&mut unit, &user).await?;
    users::set_role(&mut unit, id, role, now).await?;
    let ended = end_sessions(app, &mut unit, id, None, "role_changed").await?;
    commit(app, unit, &ended).await
}

/// A failed sign-in is in the trail (21 CFR 11.300(d)); a provider that is away is no failure of anybody.
async fn note_failure(
    app: &AppState,
    place: Place,
    attempt: Attempt,
    error: &ApiError,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    if error.code.status().is_server_error() {
        return Ok(attempts::give_back(&app.database, &[attempt.id]).await?);
    }
    let mut unit = app.begin_for_system(ACTOR, "single sign-on").await?;
    let detail = format!("{}, attempt {} from {place}", error.code.code(), attempt.count);
    unit.audit_event("users", "unknown", "sign_in_failed", &detail).await?;
    if attempt.is_last {
        alerts::single_sign_on_closed(&mut unit, place, attempt, now).await?;
    }
    Ok(unit.commit().await?)
}
