//! The person's own account, and a new password for somebody who has forgotten theirs.

use tauri::State;
use viruj_api::station::{AccountView, CommandError, SecondFactorView};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn account(shell: State<'_, Shell>) -> Result<AccountView, CommandError> {
    Ok(shell.core()?.account().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn change_password(
    shell: State<'_, Shell>,
    current_password: String,
    new_password: String,
) -> Result<(), CommandError> {
    Ok(shell.core()?.change_password(&current_password, &new_password).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn begin_second_factor(
    shell: State<'_, Shell>,
    current_password: String,
) -> Result<SecondFactorView, CommandError> {
    Ok(shell.core()?.begin_second_factor(&current_password).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn confirm_second_factor(shell: State<'_, Shell>, code: String) -> Result<Vec<String>, CommandError> {
    Ok(shell.core()?.confirm_second_factor(&code).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn remove_second_factor(shell: State<'_, Shell>, current_password: String) -> Result<(), CommandError> {
    Ok(shell.core()?.remove_second_factor(&current_password).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn revoke_session(shell: State<'_, Shell>, session_id: String) -> Result<(), CommandError> {
    Ok(shell.core()?.revoke_session(&session_id).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn request_password_reset(shell: State<'_, Shell>, email: String) -> Result<(), CommandError> {
    Ok(shell.core()?.request_password_reset(&email).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn redeem_password_reset(
    shell: State<'_, Shell>,
    email: String,
    code: String,
    new_password: String,
) -> Result<(), CommandError> {
    Ok(shell.core()?.redeem_password_reset(&email, &code, &new_password).await?)
}
