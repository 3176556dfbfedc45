//! Sign-in sessions.

pub mod close_current;
pub mod open;
pub mod open_with_code;
pub mod refresh;

use chrono::{DateTime, SubsecRound, Utc};
use viruj_api::{people::Person, sessions::OpenSession};
use viruj_domain::ids::SessionId;

use crate::{application::AppState, error::ApiError};

/// Now, as PostgreSQL keeps it.
pub(in crate::handlers) fn now(app: &AppState) -> DateTime<Utc> {
    app.clock.now().trunc_subsecs(6)
}

/// The answer to a sign-in and to a refresh.
pub(super) fn opened(
    app: &AppState,
    session_id: SessionId,
    person: Person,
    refresh_token: String,
    refresh_expires_at: DateTime<Utc>,
    must_change_password: bool,
    now: DateTime<Utc>,
) -> Result<OpenSession, ApiError> {
    let access = app.access_tokens.for_person(&person.id, session_id, now).map_err(ApiError::internal)?;
    Ok(OpenSession {
        session_id,
        access_token: access.token,
        access_expires_at: access.expires_at,
        refresh_token,
        refresh_expires_at,
        person,
        must_change_password,
    })
}
