use axum::{Json, extract::State};
use http::StatusCode;
use tokio::time::Instant;
use viruj_api::sessions::{OpenSession, SignInRequest, SignInWithCode};

use super::{
    now,
    open::{open_session, prove},
};
use crate::{application::AppState, caller::Place, error::ApiError, extract::Body, handlers::me::second_factor};

/// Sign in with a second factor
///
/// The code is one of the device or a recovery code; each works once. 401 `second_factor_wrong` comes only to those who
/// know the password, and after five of them within a quarter of an hour 429 `too_many_attempts`, wherever they are.
#[utoipa::path(post, path = "/api/v1/sessions/second-factor", operation_id = "sessions_open_with_code", tag = "sessions",
    request_body = SignInWithCode,
    responses((status = 201, description = "The session is open", body = OpenSession)))]
pub async fn open_with_code(
    State(app): State<AppState>,
    place: Place,
    Body(request): Body<SignInWithCode>,
) -> Result<(StatusCode, Json<OpenSession>), ApiError> {
    let started = Instant::now();
    let now = now(&app);
    let SignInWithCode { email, password, code } = request;
    let credentials = SignInRequest { email, password };
    let (account, checked) = prove(&app, place, &credentials, started, now).await?;
    second_factor::prove(&app, &account.person, &code, now).await?;
    let session = open_session(&app, account, checked, &credentials.password, place, now).await?;
    Ok((StatusCode::CREATED, Json(session)))
}
