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
    handlers::sessions::open::has_second_factor,
};

/// The answer to a login and to a refresh.
async fn logged_in(
    app: &AppState,
    user: LegacyUser,
    session_id: SessionId,
    now: DateTime<Utc>,
) -> Result<LoginResponse, ApiError> {
    may_use_an_old_client(app, &user).await?;
    let person_id = UserId(user.id.clone());
    let token = app.access_tokens.for_legacy_client(&person_id, session_id, now).map_err(ApiError::internal)?;
    Ok(LoginResponse { access_token: token.token, token_type: "bearer".to_owned(), user: response(user) })
}

/// An old client cannot ask for what these people have to do first.
async fn may_use_an_old_client(app: &AppState, user: &LegacyUser) -> Result<(), ApiError> {
    let text = if user.must_change_password {
        "Your password must be changed first. Please sign in with Viruj Station."
    } else if has_second_factor(app, &UserId(user.id.clone())).await? {
        "Your account asks for a second factor. Please sign in with Viruj Station."
    } else {
        return Ok(());
    };
    Err(ApiError::new(ProblemCode::NotAuthorised).with_detail(text))
}
