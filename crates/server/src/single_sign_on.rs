//! The company's identity provider: OpenID Connect, authorisation code with PKCE (RFC 7636), a native client (RFC 8252).
//!
//! Nothing is kept between the beginning and the end of a sign-in. The state carries when it was made and where the
//! station listens, under a tag of this installation; nonce, verifier and proof are derived from it, so any replica can
//! finish what another has begun. The code itself works once, at the provider.

mod provider;
mod settings;
mod state;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use viruj_domain::role::Role;

pub use self::settings::{SingleSignOnSettings, SingleSignOnSettingsError};
use self::{
    provider::{Answer, Provider, Untrusted},
    state::States,
};
use crate::secrets::SecretKey;

/// The provider's own description of itself is asked for again after this time.
const METADATA_LIFE: TimeDelta = TimeDelta::minutes(60);
/// Those who try while the provider is away are told so at once, and not each after a wait of their own.
const SILENCE: TimeDelta = TimeDelta::seconds(5);

/// Speaks to one provider.
pub struct SingleSignOn {
    settings: SingleSignOnSettings,
    states: States,
    known: Mutex<Option<Known>>,
}

/// What came of asking the provider to describe itself.
enum Known {
    Described { at: DateTime<Utc>, provider: Provider },
    Silent { since: DateTime<Utc>, why: String },
}

/// What a station needs to send its person to the provider.
pub struct Begun {
    pub authorisation_url: String,
    pub state: String,
    pub proof: String,
}

/// Whom the provider says somebody to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// Only an address that the provider has verified: anybody could have typed another.
    pub verified_email: Option<String>,
    /// What the role claim says; `Unchanged` when no claim is configured.
    pub role: NamedRole,
}

/// The role that the provider names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedRole {
    /// Roles are kept here alone.
    Unchanged,
    Role(Role),
    /// The claim names no role of this plant, or more than one.
    None,
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SingleSignOnError {
    #[error("the state was not made here, is older than ten minutes, or belongs to another station")]
    Expired,
    #[error("the identity provider cannot be used: {0}")]
    Unavailable(String),
    #[error("the identity provider's answer is refused: {0}")]
    Refused(String),
}

impl SingleSignOn {
    #[must_use]
    pub fn new(settings: SingleSignOnSettings, secret: &SecretKey) -> Self {
        Self { settings, states: States::new(secret), known: Mutex::new(None) }
    }

    /// Begins a sign-in of a station that listens on this port of its own machine.
    ///
    /// # Errors
    /// [`SingleSignOnError::Unavailable`] when the provider does not describe itself.
    pub async fn begin(&self, port: u16, now: DateTime<Utc>) -> Result<Begun, SingleSignOnError> {
        let state = self.states.make(port, now).map_err(|error| SingleSignOnError::Unavailable(error.to_string()))?;
        let secrets = self.states.secrets(&state);
        let authorisation_url = self.provider(now).await?.authorisation_url(&self.settings, &state, &secrets, port)?;
        Ok(Begun { authorisation_url, state, proof: secrets.proof })
    }

    /// Exchanges the code that came back for who the person is.
    ///
    /// # Errors
    /// [`SingleSignOnError`]; a state, code or proof of somebody else ends here.
    pub async fn finish(
        &self,
        state: &str,
        proof: &str,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Identity, SingleSignOnError> {
        let port = self.states.read(state, proof, now).ok_or(SingleSignOnError::Expired)?;
        let secrets = self.states.secrets(state);
        let provider = self.provider(now).await?;
        let token = provider.redeem(&self.settings, code, &secrets, port).await?;
        let answer = match provider.answer(&self.settings, &token, &secrets, port, now) {
            Err(Untrusted::KeyUnknown) => {
                self.provider_anew(now).await?.answer(&self.settings, &token, &secrets, port, now)
            }
            answer => answer,
        };
        let Answer { issuer, subject, verified_email, claims } = answer.map_err(|untrusted| match untrusted {
            Untrusted::KeyUnknown => SingleSignOnError::Refused("it is signed with a key of somebody else".to_owned()),
            Untrusted::For(error) => error,
        })?;
        Ok(Identity { issuer, subject, verified_email, role: self.settings.role_of(&claims) })
    }

    /// The provider as it last described itself; one that did not answer is left alone for a moment.
    async fn provider(&self, now: DateTime<Utc>) -> Result<Provider, SingleSignOnError> {
        let mut known = self.known.lock().await;
        match &*known {
            Some(Known::Described { at, provider }) if now - *at < METADATA_LIFE => Ok(provider.clone()),
            Some(Known::Silent { since, why }) if now - *since < SILENCE => {
                Err(SingleSignOnError::Unavailable(why.clone()))
            }
            _ => self.discover(&mut known, now).await,
        }
    }

    async fn provider_anew(&self, now: DateTime<Utc>) -> Result<Provider, SingleSignOnError> {
        let mut known = self.known.lock().await;
        self.discover(&mut known, now).await
    }

    async fn discover(&self, known: &mut Option<Known>, now: DateTime<Utc>) -> Result<Provider, SingleSignOnError> {
        match Provider::discover(&self.settings).await {
            Ok(provider) => {
                *known = Some(Known::Described { at: now, provider: provider.clone() });
                Ok(provider)
            }
            Err(error) => {
                if let SingleSignOnError::Unavailable(why) = &error {
                    *known = Some(Known::Silent { since: now, why: why.clone() });
                }
                Err(error)
            }
        }
    }
}
