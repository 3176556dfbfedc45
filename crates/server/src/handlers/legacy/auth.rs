//! Sign-in as the old clients do it: one bearer token.

pub mod login;
pub mod logout;
pub mod me;
pub mod refresh;

use chrono::{DateTime, Utc};
use viruj_api::legacy::LoginResponse;
use viruj_domain::ids::{SessionId, UserId};
use viruj_storage::legacy_users::LegacyUser;

use super::response;
use crate::{
    application::AppState,
    error::{ApiError, ProblemCode},
};

/// The answer to a login and to a refresh.
fn logged_in(
    app: &AppState,
    user: LegacyUser,
    session_id: SessionId,
    now: DateTime<Utc>,
) -> Result<LoginResponse, ApiError> {
    may_use_an_old_client(&user)?;
    let person_id = UserId(user.id.clone());
    let token = app.access_tokens.for_legacy_client(&person_id, session_id, now).map_err(ApiError::internal)?;
    Ok(LoginResponse { access_token: token.token, token_type: "bearer".to_owned(), user: response(user) })
}

/// An old client cannot ask for what these people have to do first.
fn may_use_an_old_client(user: &LegacyUser) -> Result<(), ApiError> {
    if user.must_change_password {
        let text = "Your password must be changed first. Please sign in with Viruj Station.";
        return Err(ApiError::new(ProblemCode::NotAuthorised).with_detail(text));
    }
    Ok(())
}
