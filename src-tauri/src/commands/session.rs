//! Signing in and out; tokens stay on this side.

use tauri::State;
use viruj_api::station::{CommandError, SignedInPerson};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn sign_in(shell: State<'_, Shell>, email: String, password: String) -> Result<SignedInPerson, CommandError> {
    Ok(shell.core()?.sign_in(&email, &password).await?)
}

/// Where the server asked for a second factor.
#[tauri::command]
#[specta::specta]
pub async fn sign_in_with_code(
    shell: State<'_, Shell>,
    email: String,
    password: String,
    code: String,
) -> Result<SignedInPerson, CommandError> {
    Ok(shell.core()?.sign_in_with_code(&email, &password, &code).await?)
}

/// Revokes the session at the server as well; what is unsent still goes out under the station's own key.
#[tauri::command]
#[specta::specta]
pub async fn sign_out(shell: State<'_, Shell>) -> Result<(), CommandError> {
    Ok(shell.core()?.sign_out().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn current_person(shell: State<'_, Shell>) -> Result<Option<SignedInPerson>, CommandError> {
    match shell.core() {
        Ok(core) => Ok(core.current_person().await),
        Err(_) => Ok(None),
    }
}
