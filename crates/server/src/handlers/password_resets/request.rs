use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use viruj_api::accounts::RequestPasswordReset;
use viruj_storage::{StorageError, accounts};

use crate::{
    application::AppState,
    attempts::Kind,
    caller::Address,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::{now, open::possible_account},
    mail::MailError,
    reset_codes::CODE_MINUTES,
};

/// Ask for a code that sets a new password
///
/// The code goes to the address, if it is somebody's, and works once within a quarter of an hour. The answer is the same
/// for every address and comes before anything is looked up.
/// 409 `mail_not_configured` where the server sends no messages: an administrator gives a one-time password then.
#[utoipa::path(post, path = "/api/v1/password-resets", operation_id = "password_resets_request", tag = "sessions",
    request_body = RequestPasswordReset,
    responses((status = 204, description = "If the address is somebody's, a code is on its way")))]
pub async fn request(
    State(app): State<AppState>,
    address: Address,
    Body(request): Body<RequestPasswordReset>,
) -> Result<StatusCode, ApiError> {
    if app.mail.is_none() {
        return Err(ProblemCode::MailNotConfigured.into());
    }
    let now = now(&app);
    app.attempts.of(Kind::ResetAddress, &[&address.network()], None).take(&app.database, now).await??;
    tokio::spawn(async move {
        if let Err(error) = send(&app, &request.email, address, now).await {
            tracing::error!(%error, "a code for a new password could not be sent");
        }
    });
    Ok(StatusCode::NO_CONTENT)
}

/// Why no code was sent; the person who asked is not told, since it would tell whose the address is.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("{}", .0.code.title())]
    Api(ApiError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl From<ApiError> for SendError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

async fn send(app: &AppState, email: &str, address: Address, now: DateTime<Utc>) -> Result<(), SendError> {
    let Some(mail) = &app.mail else { return Ok(()) };
    let Some(account) = possible_account(app, email).await?.filter(|account| account.person.is_active) else {
        return Ok(());
    };
    let person = account.person;
    let counted = app.attempts.of(Kind::ResetMail, &[person.id.as_str()], Some(&person.id));
    if counted.take(&app.database, now).await?.is_err() {
        tracing::warn!(person = %person.id, "too many codes were asked for, none is sent");
        return Ok(());
    }
    let made = app.reset_codes.make(&person.id).map_err(ApiError::internal)?;
    let mut unit = app.begin_for_system("sign-in", "password reset asked for").await?;
    accounts::begin_reset(&mut unit, &person.id, made.hash, now + TimeDelta::minutes(CODE_MINUTES)).await?;
    let detail = format!("from {address}");
    unit.audit_event("users", person.id.as_str(), "password_reset_requested", &detail).await?;
    unit.commit().await?;
    let text = format!(
        "{},\n\nsomebody asked for a new password of your Viruj account. Type this code into Viruj Station within {CODE_MINUTES} \
         minutes:\n\n    {}\n\nIf it was not you, do nothing, your password stays as it is, and tell your administrator.\n",
        person.name, made.code,
    );
    Ok(mail.send(&person.name, &person.email, "Your code for a new password", text).await?)
}
