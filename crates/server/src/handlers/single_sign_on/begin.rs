use axum::{Json, extract::State};
use viruj_api::single_sign_on::{BeginSingleSignOn, BegunSingleSignOn};

use super::failed;
use crate::{
    application::AppState,
    error::{ApiError, ProblemCode},
    extract::Body,
    handlers::sessions::now,
};

/// Ports below are the system's (RFC 6335).
const LOWEST_PORT: u16 = 1024;

/// Begin a single sign-on
///
/// Gives the address at the company's identity provider for the system's browser; the provider sends the browser back to
/// `http://127.0.0.1:{port}/single-sign-on`. 404 `single_sign_on_off` where no provider is set up.
#[utoipa::path(post, path = "/api/v1/single-sign-on", operation_id = "single_sign_on_begin", tag = "sessions",
    request_body = BeginSingleSignOn,
    responses((status = 200, description = "Where to go", body = BegunSingleSignOn)))]
pub async fn begin(
    State(app): State<AppState>,
    Body(request): Body<BeginSingleSignOn>,
) -> Result<Json<BegunSingleSignOn>, ApiError> {
    let provider = app.single_sign_on.as_ref().ok_or(ProblemCode::SingleSignOnOff)?;
    if request.port < LOWEST_PORT {
        return Err(ApiError::new(ProblemCode::InvalidBody).with_detail("port: 1024 to 65535"));
    }
    let begun = provider.begin(request.port, now(&app)).await.map_err(failed)?;
    Ok(Json(BegunSingleSignOn { authorisation_url: begun.authorisation_url, state: begun.state, proof: begun.proof }))
}
