//! Signing in and out. Tokens live in the keychain and in memory; nobody outside this module sees one.

use viruj_api::{
    sessions::{OpenSession, RefreshRequest, SignInRequest, SignInWithCode},
    station::{QueryKey, SignedInPerson},
};
use viruj_client::{Client, ClientError};
use viruj_domain::{ids::SessionId, signature::SessionEvent};

use super::{Access, Session, StationCore};
use crate::{
    StationError,
    keychain::Item,
    secrets::SecretText,
    store::facts::{self, RememberedPerson},
};

const STALE: [QueryKey; 4] = [QueryKey::Person, QueryKey::Status, QueryKey::Batches, QueryKey::Batch];
/// An access token this close to its end is not used: the request takes time too.
const SECONDS_BEFORE_END: i64 = 20;

impl StationCore {
    /// Signs a person in at the server, or, while it is away, one who has signed in here before; the station remembers
    /// the person until sign-out.
    ///
    /// # Errors
    /// The server's code, for example `invalid_credentials`; without it `offline_sign_in_unknown` and others.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedInPerson, StationError> {
        let token = self.station_token().await;
        let request = SignInRequest { email: email.trim().to_owned(), password: password.to_owned() };
        let opened = match self.options.client.sign_in_at(token.as_deref(), &request).await {
            Err(ClientError::Unreachable(detail)) => {
                return match self.sign_in_offline(email, password).await {
                    // Nobody has signed in here before, so what stands in the way is the server.
                    Err(StationError::NotRegistered) => Err(ClientError::Unreachable(detail).into()),
                    answer => answer,
                };
            }
            answer => answer?,
        };
        let person = self.take_session(opened).await?;
        self.keep_key(password).await;
        Ok(person)
    }

    /// Signs a person in with a code of their second factor, where the server asked for one.
    ///
    /// # Errors
    /// The server's code, for example `second_factor_wrong`.
    pub async fn sign_in_with_code(
        &self,
        email: &str,
        password: &str,
        code: &str,
    ) -> Result<SignedInPerson, StationError> {
        let (email, code) = (email.trim().to_owned(), code.trim().to_owned());
        let token = self.station_token().await;
        let request = SignInWithCode { email, password: password.to_owned(), code };
        let opened = self.options.client.sign_in_with_code(token.as_deref(), &request).await?;
        let person = self.take_session(opened).await?;
        self.keep_key(password).await;
        Ok(person)
    }

    /// With its own token the station is a place of its own: what fails elsewhere does not close it.
    pub(super) async fn station_token(&self) -> Option<String> {
        let exchange = self.state().exchange.clone()?;
        exchange.station_token(self.now()).await
    }

    /// The station works for the person of the session that was opened, however they proved who they are.
    pub(super) async fn take_session(&self, opened: OpenSession) -> Result<SignedInPerson, StationError> {
        // Whoever still waits for the browser comes too late: the station is this person's now.
        self.cancel_single_sign_on();
        let _refreshing = self.refreshing.lock().await;
        self.revoke_later().await?;
        let person = self.adopt_session(opened).await?;
        self.tell(&STALE);
        self.wake.notify_one();
        Ok(person)
    }

    /// Asks the server to confirm the person who is remembered; offline the person stays, unconfirmed.
    ///
    /// # Errors
    /// The keychain or the store fails.
    pub async fn restore(&self) -> Result<Option<SignedInPerson>, StationError> {
        match self.access().await {
            Ok(_)
            | Err(
                StationError::NotSignedIn
                | StationError::SignInAgain
                | StationError::SignInAtServer
                | StationError::Client(_),
            ) => Ok(self.current_person().await),
            Err(error) => Err(error),
        }
    }

    /// Revokes the session on the server, now or when it is back; what is unsent still goes out under the station's key.
    ///
    /// # Errors
    /// The keychain or the store fails.
    pub async fn sign_out(&self) -> Result<(), StationError> {
        self.close_session_without_server().await?;
        let _refreshing = self.refreshing.lock().await;
        let access = self.state().session.as_ref().and_then(|session| session.access.clone());
        let is_revoked = match access {
            Some(access) => self.options.client.sign_out(access.token.expose()).await.is_ok(),
            None => false,
        };
        if is_revoked {
            self.with_keychain(|keychain| keychain.remove(Item::RefreshToken)).await?;
        } else {
            self.revoke_later().await?;
        }
        self.forget_person().await?;
        self.wake.notify_one();
        Ok(())
    }

    async fn close_session_without_server(&self) -> Result<(), StationError> {
        let (Some(identity), Ok(session)) = (self.identity(), self.session()) else { return Ok(()) };
        if !session.is_without_server {
            return Ok(());
        }
        let _recording = self.recording.lock().await;
        self.note_session(&identity, &session.person, SessionEvent::Closed).await
    }

    /// A token that is good for a request, refreshed where it has run out.
    pub(super) async fn access(&self) -> Result<(SecretText, SessionId), StationError> {
        let _refreshing = self.refreshing.lock().await;
        let session = self.session()?;
        let end = self.now() + chrono::TimeDelta::seconds(SECONDS_BEFORE_END);
        let was_offline = session.access.is_none();
        if let Some(access) = session.access.filter(|access| access.expires_at > end) {
            return Ok((access.token, access.session_id));
        }
        if session.is_without_server {
            return Err(StationError::SignInAtServer);
        }
        let Some(token) = self.with_keychain(|keychain| keychain.text(Item::RefreshToken)).await? else {
            self.forget_person().await?;
            return Err(StationError::SignInAgain);
        };
        let request = RefreshRequest { refresh_token: token.expose().to_owned() };
        match self.options.client.refresh(&request).await {
            Ok(opened) => {
                self.adopt_session(opened).await?;
                if was_offline {
                    self.tell(&STALE);
                }
                let session = self.session()?;
                session.access.map(|access| (access.token, access.session_id)).ok_or(StationError::SignInAgain)
            }
            Err(error) if is_refusal(&error) => {
                self.with_keychain(|keychain| keychain.remove(Item::RefreshToken)).await?;
                self.forget_person().await?;
                Err(StationError::SignInAgain)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the server as the person who is signed in; a token that was refused before its time is renewed once.
    ///
    /// Nothing else is tried again: a wrong password would count twice.
    pub(super) async fn at_server<T, Asked>(&self, ask: impl Fn(Client, SecretText) -> Asked) -> Result<T, StationError>
    where
        Asked: Future<Output = Result<T, ClientError>>,
    {
        let client = &self.options.client;
        let (token, _) = self.access().await?;
        match ask(client.clone(), token).await {
            Err(ClientError::Problem(problem)) if problem.code == "invalid_token" => {
                self.drop_access();
                let (token, _) = self.access().await?;
                Ok(ask(client.clone(), token).await?)
            }
            answer => Ok(answer?),
        }
    }

    /// The token was refused although its time had not come: the next request asks for another.
    pub(super) fn drop_access(&self) {
        if let Some(session) = self.state_mut().session.as_mut()
            && let Some(access) = session.access.as_mut()
        {
            access.expires_at = chrono::DateTime::UNIX_EPOCH;
        }
    }

    /// Revokes sessions whose person signed out while the server was away.
    pub(super) async fn revoke_pending(&self) -> Result<(), StationError> {
        let Some(tokens) = self.with_keychain(|keychain| keychain.text(Item::TokenToRevoke)).await? else {
            return Ok(());
        };
        for token in tokens.expose().lines() {
            let request = RefreshRequest { refresh_token: token.to_owned() };
            match self.options.client.refresh(&request).await {
                Ok(opened) => self.options.client.sign_out(&opened.access_token).await?,
                // It is revoked or has run out already.
                Err(error) if is_refusal(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.with_keychain(|keychain| keychain.remove(Item::TokenToRevoke)).await
    }

    /// What the server's newest answer said of the session no longer holds: the password is the person's own now.
    pub(super) async fn password_was_changed(&self) -> Result<(), StationError> {
        let remembered = {
            let mut state = self.state_mut();
            let Some(session) = state.session.as_mut() else { return Ok(()) };
            session.must_change_password = false;
            RememberedPerson {
                person: session.person.clone(),
                signed_in_at: self.now(),
                must_change_password: false,
                is_without_server: false,
            }
        };
        self.store.set_fact(facts::REMEMBERED, &remembered).await?;
        self.tell(&STALE);
        Ok(())
    }

    /// Whoever signed in without the server, which is there again, is known to it by the password from now on; `false`
    /// where it asks for more than that.
    ///
    /// # Errors
    /// `wrong_password`, `too_many_attempts`.
    pub(super) async fn meet_server(&self, session: &Session, password: &str) -> Result<bool, StationError> {
        let token = self.station_token().await;
        let request = SignInRequest { email: session.person.email.clone(), password: password.to_owned() };
        let opened = match self.options.client.sign_in_at(token.as_deref(), &request).await {
            Ok(opened) => opened,
            Err(ClientError::Problem(problem)) if problem.code == "invalid_credentials" => {
                return Err(StationError::WrongPassword);
            }
            Err(error @ ClientError::Problem(_)) if error.code() == "too_many_attempts" => return Err(error.into()),
            Err(error) => {
                tracing::info!(code = error.code(), "the person goes on without a session at the server");
                return Ok(false);
            }
        };
        let refreshing = self.refreshing.lock().await;
        self.adopt_session(opened).await?;
        drop(refreshing);
        self.tell(&STALE);
        self.keep_key(password).await;
        Ok(true)
    }

    async fn adopt_session(&self, opened: OpenSession) -> Result<SignedInPerson, StationError> {
        // The token first: a person who is remembered without one could not be confirmed.
        let token = SecretText::new(opened.refresh_token);
        self.with_keychain(move |keychain| keychain.write(Item::RefreshToken, token.expose().as_bytes())).await?;
        let must_change_password = opened.must_change_password;
        let remembered = RememberedPerson {
            person: opened.person.clone(),
            signed_in_at: self.now(),
            must_change_password,
            is_without_server: false,
        };
        self.store.set_fact(facts::REMEMBERED, &remembered).await?;
        let access = Access {
            token: SecretText::new(opened.access_token),
            expires_at: opened.access_expires_at,
            session_id: opened.session_id,
        };
        // A session that is refreshed goes on; another one begins with all components again.
        let before = self.state().session.clone();
        let has_signed = before.is_some_and(|before| {
            let known = before.access.is_some_and(|known| known.session_id == access.session_id);
            before.has_signed && known
        });
        let session = Session { must_change_password, access: Some(access), has_signed, ..Session::new(opened.person) };
        let view = session.view();
        self.state_mut().session = Some(session);
        Ok(view)
    }

    pub(super) async fn revoke_later(&self) -> Result<(), StationError> {
        self.with_keychain(|keychain| {
            let Some(token) = keychain.text(Item::RefreshToken)? else { return Ok(()) };
            let waiting = keychain.text(Item::TokenToRevoke)?;
            let mut tokens = waiting.as_ref().map_or_else(String::new, |tokens| format!("{}\n", tokens.expose()));
            tokens.push_str(token.expose());
            let tokens = SecretText::new(tokens);
            keychain.write(Item::TokenToRevoke, tokens.expose().as_bytes())?;
            keychain.remove(Item::RefreshToken)
        })
        .await
    }

    async fn forget_person(&self) -> Result<(), StationError> {
        self.state_mut().session = None;
        self.store.forget_fact(facts::REMEMBERED).await?;
        self.tell(&STALE);
        Ok(())
    }
}

/// The server has judged the token: trying it again changes nothing.
fn is_refusal(error: &ClientError) -> bool {
    matches!(error, ClientError::Problem(problem) if (400..500).contains(&problem.status) && problem.status != 429)
}
