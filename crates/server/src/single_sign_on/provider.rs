//! What is said to the provider and what is believed of its answer.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenFields, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use viruj_api::{problem::with_causes, single_sign_on::RETURN_PATH};

use super::{SingleSignOnError, settings::SingleSignOnSettings, state::StateSecrets};

/// The provider is on the company's network: one that takes longer is down.
const PATIENCE: Duration = Duration::from_secs(8);

/// The provider as it describes itself.
#[derive(Clone)]
pub struct Provider {
    metadata: Arc<CoreProviderMetadata>,
    http: reqwest::Client,
}

/// An answer that is believed.
pub struct Answer {
    pub issuer: String,
    pub subject: String,
    pub verified_email: Option<String>,
    pub claims: Map<String, Value>,
}

/// Why a token is not believed.
pub enum Untrusted {
    /// Signed with a key that the provider has taken up meanwhile, perhaps.
    KeyUnknown,
    For(SingleSignOnError),
}

/// All other claims, among which the one that names roles is looked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OtherClaims(Map<String, Value>);

impl AdditionalClaims for OtherClaims {}

type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

pub type PlantIdToken =
    IdToken<OtherClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

type PlantClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Provider {
    pub async fn discover(settings: &SingleSignOnSettings) -> Result<Self, SingleSignOnError> {
        let http = reqwest::Client::builder()
            // A redirect could lead a code or a secret anywhere.
            .redirect(reqwest::redirect::Policy::none())
            // What the description of an https provider names is https too.
            .https_only(settings.issuer.starts_with("https:"))
            .timeout(PATIENCE)
            .build()
            .map_err(unavailable)?;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(unavailable)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &http).await.map_err(unavailable)?;
        Ok(Self { metadata: Arc::new(metadata), http })
    }

    pub fn authorisation_url(
        &self,
        settings: &SingleSignOnSettings,
        state: &str,
        secrets: &StateSecrets,
        port: u16,
    ) -> Result<String, SingleSignOnError> {
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let (state, nonce) = (CsrfToken::new(state.to_owned()), Nonce::new(secrets.nonce.clone()));
        let (url, _, _) = self
            .client(settings, port)?
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.to_string())
    }

    /// Hands in the code; the verifier shows that whoever began the sign-in does so (RFC 7636).
    pub async fn redeem(
        &self,
        settings: &SingleSignOnSettings,
        code: &str,
        secrets: &StateSecrets,
        port: u16,
    ) -> Result<PlantIdToken, SingleSignOnError> {
        let tokens = self
            .client(settings, port)?
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(unavailable)?
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(_) => refused(error),
                _ => unavailable(error),
            })?;
        tokens.id_token().cloned().ok_or_else(|| SingleSignOnError::Refused("there is no identity token".to_owned()))
    }

    /// What the token says, when signature, issuer, audience, nonce and time are right.
    pub fn answer(
        &self,
        settings: &SingleSignOnSettings,
        token: &PlantIdToken,
        secrets: &StateSecrets,
        port: u16,
        now: DateTime<Utc>,
    ) -> Result<Answer, Untrusted> {
        let client = self.client(settings, port).map_err(Untrusted::For)?;
        let verifier = client.id_token_verifier().set_time_fn(move || now);
        let claims = token.claims(&verifier, &Nonce::new(secrets.nonce.clone())).map_err(|error| match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Untrusted::KeyUnknown
            }
            other => Untrusted::For(refused(other)),
        })?;
        let is_verified = claims.email_verified() == Some(true);
        Ok(Answer {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            verified_email: claims.email().filter(|_| is_verified).map(|email| email.to_string()),
            claims: claims.additional_claims().0.clone(),
        })
    }

    fn client(&self, settings: &SingleSignOnSettings, port: u16) -> Result<PlantClient, SingleSignOnError> {
        let redirect = RedirectUrl::new(format!("http://127.0.0.1:{port}{RETURN_PATH}")).map_err(unavailable)?;
        let secret = settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let client_id = ClientId::new(settings.client_id.clone());
        Ok(Client::from_provider_metadata((*self.metadata).clone(), client_id, secret).set_redirect_uri(redirect))
    }
}

fn unavailable(error: impl std::error::Error + 'static) -> SingleSignOnError {
    SingleSignOnError::Unavailable(with_causes(&error))
}

fn refused(error: impl std::error::Error + 'static) -> SingleSignOnError {
    SingleSignOnError::Refused(with_causes(&error))
}
