use axum::{Json, extract::State};
use tokio::time::Instant;
use viruj_api::{
    legacy::{LoginRequest, LoginResponse},
    sessions::SignInRequest,
};
use viruj_storage::legacy_users;

use super::{logged_in, may_use_an_old_client};
use crate::{
    application::AppState,
    attempts::Kind,
    caller::{Address, Place},
    error::{ApiError, ProblemCode},
    handlers::{
        legacy::body::Fields,
        sessions::{now, open},
    },
};

const LONGEST_PASSWORD: usize = 128;

/// Log in
///
/// Opens a session and gives a token of 60 minutes. Unknown, inactive and wrong are one answer, 401.
/// The sixth login in a minute from one address is 429.
#[utoipa::path(post, path = "/api/auth/login", operation_id = "legacy_login", tag = "legacy",
    request_body = LoginRequest,
    responses((status = 200, description = "The session is open", body = LoginResponse)))]
pub async fn login(
    State(app): State<AppState>,
    address: Address,
    mut fields: Fields,
) -> Result<Json<LoginResponse>, ApiError> {
    let started = Instant::now();
    let now = now(&app);
    let every_login = app.attempts.of(Kind::LegacyLogin, &[&address.network()], None);
    if let Err(closed) = every_login.take(&app.database, now).await? {
        let refused = ApiError::from(closed);
        return Err(refused.with_detail("Too many login attempts. Please try again in a minute."));
    }
    let place = Place { address, station: None };
    let request =
        SignInRequest { email: fields.email("email"), password: fields.text("password", 1, LONGEST_PASSWORD) };
    fields.check()?;
    let (account, checked) = open::prove(&app, place, &request, started, now).await?;
    let user = legacy_users::find(&app.database, account.person.id.as_str()).await?;
    let user = user.ok_or(ProblemCode::InvalidCredentials)?;
    may_use_an_old_client(&app, &user).await?;
    let opened = open::open_session(&app, account, checked, &request.password, place, now).await?;
    Ok(Json(logged_in(&app, user, opened.session_id, now).await?))
}
