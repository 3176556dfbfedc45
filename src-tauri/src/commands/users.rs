//! Accounts, for a System Admin; every command needs the server.

use tauri::State;
use uuid::Uuid;
use viruj_api::station::{
    CommandError,
    administration::{
        NewUser, ShownSecret, UserAction, UserActivity, UserChange, UserDetails, UserList, UserListQuery,
    },
};

use crate::shell::Shell;

#[tauri::command]
#[specta::specta]
pub async fn list_users(shell: State<'_, Shell>, query: UserListQuery) -> Result<UserList, CommandError> {
    Ok(shell.core()?.list_users(&query).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn open_user(shell: State<'_, Shell>, user_id: String) -> Result<UserDetails, CommandError> {
    Ok(shell.core()?.open_user(&user_id).await?)
}

/// Answers the first password once; it is kept nowhere.
#[tauri::command]
#[specta::specta]
pub async fn create_user(shell: State<'_, Shell>, user: NewUser) -> Result<ShownSecret, CommandError> {
    Ok(shell.core()?.create_user(&user).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn change_user(shell: State<'_, Shell>, change: UserChange) -> Result<(), CommandError> {
    Ok(shell.core()?.change_user(&change).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn set_user_active(shell: State<'_, Shell>, activity: UserActivity) -> Result<(), CommandError> {
    Ok(shell.core()?.set_user_active(&activity).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn unlock_user(shell: State<'_, Shell>, action: UserAction) -> Result<(), CommandError> {
    Ok(shell.core()?.unlock_user(&action).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn remove_user_second_factor(shell: State<'_, Shell>, action: UserAction) -> Result<(), CommandError> {
    Ok(shell.core()?.remove_user_second_factor(&action).await?)
}

/// Answers the secret once; it is kept nowhere.
#[tauri::command]
#[specta::specta]
pub async fn give_one_time_secret(shell: State<'_, Shell>, action: UserAction) -> Result<ShownSecret, CommandError> {
    Ok(shell.core()?.give_one_time_secret(&action).await?)
}

/// Ends one session, or every session when none is named.
#[tauri::command]
#[specta::specta]
pub async fn end_user_sessions(
    shell: State<'_, Shell>,
    user_id: String,
    session_id: Option<Uuid>,
) -> Result<(), CommandError> {
    Ok(shell.core()?.end_user_sessions(&user_id, session_id).await?)
}
