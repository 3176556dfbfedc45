use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use http::StatusCode;
use viruj_api::{sessions::OpenSession, single_sign_on::FinishSingleSignOn};
use viruj_storage::{
    StorageError, identities,
    people::{self, Account},
};

use super::failed;
use crate::{
    application::AppState,
    caller::Address,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::{now, open::open_proved_session},
    single_sign_on::{Identity, NamedRole},
};

/// Finish a single sign-on
///
/// Takes the code that the provider sent back and opens a session of the person whom the provider names. A person is
/// found by the provider's subject, at the first time by an e-mail address that the provider has verified; an account is
/// never made. Whoever has none, or no role by the provider's claim, is refused: 403 `single_sign_on_refused`.
#[utoipa::path(post, path = "/api/v1/single-sign-on/sessions", operation_id = "single_sign_on_finish", tag = "sessions",
    request_body = FinishSingleSignOn,
    responses((status = 201, description = "The session is open", body = OpenSession)))]
pub async fn finish(
    State(app): State<AppState>,
    address: Address,
    Body(request): Body<FinishSingleSignOn>,
) -> Result<(StatusCode, Json<OpenSession>), ApiError> {
    let provider = app.single_sign_on.as_ref().ok_or(ProblemCode::SingleSignOnOff)?;
    let now = now(&app);
    let identity = provider.finish(&request.state, &request.proof, &request.code, now).await.map_err(failed)?;
    let account = account_of(&app, &identity, now).await?;
    let session = open_proved_session(&app, account, None, "single_sign_on", address, now).await?;
    Ok((StatusCode::CREATED, Json(session)))
}

/// The account of the identity, with the role that the provider names for it.
async fn account_of(app: &AppState, identity: &Identity, now: DateTime<Utc>) -> Result<Account, ApiError> {
    let linked = identities::person_of(&app.database, &identity.issuer, &identity.subject).await?;
    let account = match (&linked, &identity.verified_email) {
        (Some(person), _) => people::account(&app.database, person).await?,
        (None, Some(email)) => readable(people::account_by_email(&app.database, email).await)?,
        (None, None) => return Err(refused("the provider has not verified an e-mail address of this person")),
    };
    let account = account
        .filter(|account| account.person.is_active)
        .ok_or_else(|| refused("there is no active account of this person"))?;
    let role = match identity.role {
        NamedRole::Unchanged => account.person.role,
        NamedRole::Role(role) => role,
        NamedRole::None => return Err(refused("the provider names no role of this plant, or more than one")),
    };
    let id = account.person.id.clone();
    if linked.is_some() && role == account.person.role {
        return Ok(account);
    }
    let mut unit = app.begin_for(&id, "single sign-on: as the identity provider says").await?;
    if linked.is_none() {
        identities::link(&mut unit, &identity.issuer, &identity.subject, &id, now).await?;
    }
    if role != account.person.role {
        identities::take_role(&mut unit, &id, role, now).await?;
    }
    unit.commit().await?;
    people::account(&app.database, &id).await?.ok_or_else(|| refused("the account has gone"))
}

/// An account whose role this program does not know is nobody's; its row is for an administrator to mend.
fn readable(answer: Result<Option<Account>, StorageError>) -> Result<Option<Account>, ApiError> {
    match answer {
        Err(error @ StorageError::Unreadable { .. }) => {
            tracing::error!(%error, "an account cannot be used");
            Ok(None)
        }
        answer => Ok(answer?),
    }
}

fn refused(why: &str) -> ApiError {
    tracing::warn!(why, "a single sign-on is refused");
    ProblemCode::SingleSignOnRefused.into()
}
