//! Signing in and out; tokens stay on this side.

use std::time::Duration;

use tauri::State;
use viruj_api::station::{CommandError, SignedInPerson};

use crate::shell::Shell;

/// A browser that cannot be opened says so sooner.
const BROWSER_PATIENCE: Duration = Duration::from_secs(3);

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

/// Whether people may sign in at the company's identity provider.
#[tauri::command]
#[specta::specta]
pub async fn offers_single_sign_on(shell: State<'_, Shell>) -> Result<bool, CommandError> {
    Ok(shell.core()?.offers_single_sign_on().await)
}

/// Opens the provider's page in the system's browser and waits until the person has signed in there.
#[tauri::command]
#[specta::specta]
pub async fn sign_in_at_provider(shell: State<'_, Shell>) -> Result<SignedInPerson, CommandError> {
    Ok(shell.core()?.sign_in_at_provider(|url| open::that_detached_with_timeout(url, BROWSER_PATIENCE)).await?)
}

#[tauri::command]
#[specta::specta]
pub fn cancel_single_sign_on(shell: State<'_, Shell>) -> Result<(), CommandError> {
    shell.core()?.cancel_single_sign_on();
    Ok(())
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
