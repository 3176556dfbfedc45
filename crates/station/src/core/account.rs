//! A person's own account. All of it needs the server; passwords pass through and are kept nowhere.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};
use viruj_api::{
    accounts::{ChangePassword, OwnPassword, RedeemPasswordReset, RequestPasswordReset, SecondFactorCode},
    station::{AccountView, PictureView, QueryKey, SecondFactorView},
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
            has_second_factor: account.has_second_factor,
            recovery_codes_left: account.recovery_codes_left,
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
        // The change has retired the key that the old password opened.
        self.keep_key(new).await;
        self.tell(&[QueryKey::Account]);
        Ok(())
    }

    /// A secret for the person's device, as a picture to scan and as text to type; a code must confirm it.
    ///
    /// # Errors
    /// The server's code, for example `wrong_password`.
    pub async fn begin_second_factor(&self, current: &str) -> Result<SecondFactorView, StationError> {
        let request = OwnPassword { current_password: current.to_owned() };
        let (client, request) = (&self.options.client, &request);
        let made = self.as_person(|token| async move { client.begin_second_factor(&token, request).await }).await?;
        let code = QrCode::new(made.uri.as_bytes()).map_err(|error| StationError::BrokenOff(error.to_string()))?;
        Ok(SecondFactorView { secret: in_fours(&made.secret), picture: picture(&code) })
    }

    /// Signing in asks for a code from now on; gives the recovery codes.
    ///
    /// # Errors
    /// `second_factor_wrong`.
    pub async fn confirm_second_factor(&self, code: &str) -> Result<Vec<String>, StationError> {
        let request = SecondFactorCode { code: code.trim().to_owned() };
        let (client, request) = (&self.options.client, &request);
        let given = self.as_person(|token| async move { client.confirm_second_factor(&token, request).await }).await?;
        self.tell(&[QueryKey::Account]);
        Ok(given.codes)
    }

    /// # Errors
    /// The server's code, for example `wrong_password`.
    pub async fn remove_second_factor(&self, current: &str) -> Result<(), StationError> {
        let request = OwnPassword { current_password: current.to_owned() };
        let (client, request) = (&self.options.client, &request);
        self.as_person(|token| async move { client.remove_second_factor(&token, request).await }).await?;
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

/// The dark modules as the path of an SVG, a unit each, without the margin.
fn picture(code: &QrCode) -> PictureView {
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (column, row) = (place % code.width(), place / code.width());
            let _ = write!(path, "M{column} {row}h1v1h-1z");
        }
    }
    PictureView { size: u32::try_from(code.width()).unwrap_or_default(), path }
}

/// Easier to type.
fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_three_corners() {
        let code = QrCode::new(b"otpauth://totp/Viruj:a%40b.c?secret=JBSWY3DPEHPK3PXP&issuer=Viruj").unwrap();
        let picture = picture(&code);
        let last = picture.size - 1;
        for corner in ["M0 0h".to_owned(), format!("M{last} 0h"), format!("M0 {last}h")] {
            assert!(picture.path.contains(&corner), "{corner}");
        }
        assert_eq!(in_fours("JBSWY3DPEH"), "JBSW Y3DP EH");
    }
}
