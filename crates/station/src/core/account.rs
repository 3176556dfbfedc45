//! A person's own account. All of it needs the server; passwords pass through and are kept nowhere.

use viruj_api::{
    accounts::{ChangePassword, RedeemPasswordReset, RequestPasswordReset},
    station::{AccountView, QueryKey},
};
use viruj_client::ClientError;

use super::StationCore;
use crate::{StationError, views};

impl StationCore {
    /// The account and its sessions as they are now.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn account(&self) -> Result<AccountView, StationError> {
        let client = &self.options.client;
        let account = self.as_person(|token| async move { client.account(&token).await }).await?;
        let sessions = self.as_person(|token| async move { client.sessions(&token).await }).await?;
        Ok(AccountView {
            password_changed_at: account.password_changed_at.map(views::time),
            sessions: sessions.items.into_iter().map(views::session).collect(),
        })
    }

    /// Changes the person's own password; their sessions elsewhere end.
    ///
    /// # Errors
    /// The server's code, for example `wrong_password` or `password_too_common`.
    pub async fn change_password(&self, current: &str, new: &str) -> Result<(), StationError> {
        let request = ChangePassword { current_password: current.to_owned(), new_password: new.to_owned() };
        let (client, request) = (&self.options.client, &request);
        self.as_person(|token| async move { client.change_password(&token, request).await }).await?;
        self.password_was_changed().await?;
        self.tell(&[QueryKey::Account]);
        Ok(())
    }

    /// Ends another session of the person.
    ///
    /// # Errors
    /// `not_found` when it has ended already.
    pub async fn revoke_session(&self, id: &str) -> Result<(), StationError> {
        let id = id.parse().map_err(|_| StationError::BadInput)?;
        let client = &self.options.client;
        self.as_person(|token| async move { client.revoke_session(&token, id).await }).await?;
        self.tell(&[QueryKey::Account]);
        Ok(())
    }

    /// Asks the server to send a code to the address; whether it is somebody's, it does not say.
    ///
    /// # Errors
    /// `mail_not_configured` where an administrator must help.
    pub async fn request_password_reset(&self, email: &str) -> Result<(), StationError> {
        let request = RequestPasswordReset { email: email.trim().to_owned() };
        Ok(self.options.client.request_password_reset(&request).await?)
    }

    /// Sets a new password with the code.
    ///
    /// # Errors
    /// `reset_code_invalid`, or why the password does not suit.
    pub async fn redeem_password_reset(&self, email: &str, code: &str, new: &str) -> Result<(), StationError> {
        let request = RedeemPasswordReset {
            email: email.trim().to_owned(),
            code: code.trim().to_owned(),
            new_password: new.to_owned(),
        };
        Ok(self.options.client.redeem_password_reset(&request).await?)
    }

    /// A request of the person, made once more when the server did not take the token.
    async fn as_person<T, F>(&self, call: impl Fn(String) -> F) -> Result<T, StationError>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        self.at_server(|_, token| call(token.expose().to_owned())).await
    }
}
