use axum::{Json, extract::State};
use viruj_api::accounts::Account;
use viruj_storage::{StorageError, accounts, second_factors};

use crate::{
    application::AppState,
    caller::Caller,
    error::{ApiError, ProblemCode},
};

/// One's own account
///
/// How it stands with the password and the second factor.
#[utoipa::path(get, path = "/api/v1/me/account", operation_id = "me_account", tag = "sessions",
    responses((status = 200, description = "The account as it is now", body = Account)))]
pub async fn account(State(app): State<AppState>, caller: Caller) -> Result<Json<Account>, ApiError> {
    let mut connection = app.database.system().acquire().await.map_err(StorageError::from)?;
    let standing = accounts::standing(&mut connection, &caller.person.id).await?.ok_or(ProblemCode::InvalidToken)?;
    let factors = second_factors::of_person(&mut connection, &caller.person.id).await?;
    Ok(Json(Account {
        must_change_password: standing.must_change_password,
        password_changed_at: standing.password_changed_at,
        has_second_factor: factors.has_second_factor,
        recovery_codes_left: u32::try_from(factors.recovery_codes_left).unwrap_or(0),
    }))
}
