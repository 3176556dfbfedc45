//! Short access tokens: JWTs with HS256, whose key only this installation has.
//!
//! A token says who asks and for which session; whether session and person are alive is looked up on every request.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;
use viruj_domain::ids::{SessionId, StationId, UserId};

use crate::secrets::SecretKey;

/// Life of a person's access token.
pub const PERSON_MINUTES: i64 = 15;
/// Life of the token of an old client, which knows no refresh token.
pub const LEGACY_MINUTES: i64 = 60;
/// Life of a station's access token.
pub const STATION_MINUTES: i64 = 15;
/// A longer text is no token of ours and is not even taken apart.
const LONGEST_TOKEN: usize = 2048;
/// Replicas whose clocks differ a little take each other's tokens.
const CLOCK_TOLERANCE_SECONDS: i64 = 5;
const KEY_PURPOSE: &str = "viruj access tokens, HS256, 1";
const ID_PURPOSE: &str = "viruj access tokens, key id, 1";
const PERSON_AUDIENCE: &str = "viruj-api";
const LEGACY_AUDIENCE: &str = "viruj-legacy";
const STATION_AUDIENCE: &str = "viruj-sync";

/// Makes and reads access tokens.
pub struct AccessTokens {
    encoding: EncodingKey,
    written_with: ReadingKey,
    /// While the secret is exchanged, tokens of the other one are good as well.
    only_read: Option<ReadingKey>,
    issuer: String,
}

struct ReadingKey {
    id: String,
    key: DecodingKey,
}

/// A token with the time at which it ends.
pub struct IssuedToken {
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonToken {
    pub person_id: UserId,
    pub session_id: SessionId,
}

/// The token is not one of ours, not for this use, or not at this time; which of it is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token is not valid")]
pub struct InvalidToken;

#[derive(Serialize, Deserialize)]
struct Claims<S> {
    iss: String,
    aud: String,
    sub: String,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    #[serde(flatten)]
    more: S,
}

#[derive(Serialize, Deserialize)]
struct PersonClaims {
    sid: Uuid,
}

#[derive(Serialize, Deserialize)]
struct StationClaims {}

impl ReadingKey {
    fn new(key: &[u8; 32], id: &[u8; 32]) -> Self {
        Self { id: hex::encode(&id[..8]), key: DecodingKey::from_secret(key) }
    }
}

impl AccessTokens {
    #[must_use]
    pub fn new(secret: &SecretKey, server_id: Uuid) -> Self {
        let key = secret.derive(KEY_PURPOSE);
        let second = secret.derive_second(KEY_PURPOSE).zip(secret.derive_second(ID_PURPOSE));
        Self {
            encoding: EncodingKey::from_secret(&*key),
            written_with: ReadingKey::new(&key, &secret.derive(ID_PURPOSE)),
            only_read: second.map(|(key, id)| ReadingKey::new(&key, &id)),
            issuer: format!("urn:viruj:server:{server_id}"),
        }
    }

    /// # Errors
    /// When the token cannot be written; the caller reports an internal error.
    pub fn for_person(
        &self,
        person: &UserId,
        session: SessionId,
        now: DateTime<Utc>,
    ) -> Result<IssuedToken, jsonwebtoken::errors::Error> {
        let expires_at = now + TimeDelta::minutes(PERSON_MINUTES);
        self.issue(PERSON_AUDIENCE, person.as_str(), PersonClaims { sid: session.0 }, now, expires_at)
    }

    /// A token that the paths under `/api/v1` do not take.
    ///
    /// # Errors
    /// As [`Self::for_person`].
    pub fn for_legacy_client(
        &self,
        person: &UserId,
        session: SessionId,
        now: DateTime<Utc>,
    ) -> Result<IssuedToken, jsonwebtoken::errors::Error> {
        let expires_at = now + TimeDelta::minutes(LEGACY_MINUTES);
        self.issue(LEGACY_AUDIENCE, person.as_str(), PersonClaims { sid: session.0 }, now, expires_at)
    }

    /// # Errors
    /// As [`Self::for_person`].
    pub fn for_station(
        &self,
        station: StationId,
        now: DateTime<Utc>,
    ) -> Result<IssuedToken, jsonwebtoken::errors::Error> {
        let expires_at = now + TimeDelta::minutes(STATION_MINUTES);
        self.issue(STATION_AUDIENCE, &station.to_string(), StationClaims {}, now, expires_at)
    }

    /// # Errors
    /// [`InvalidToken`].
    pub fn read_person(&self, token: &str, now: DateTime<Utc>) -> Result<PersonToken, InvalidToken> {
        let claims: Claims<PersonClaims> = self.read(token, PERSON_AUDIENCE, now)?;
        Ok(PersonToken { person_id: UserId(claims.sub), session_id: SessionId(claims.more.sid) })
    }

    /// # Errors
    /// [`InvalidToken`].
    pub fn read_legacy_client(&self, token: &str, now: DateTime<Utc>) -> Result<PersonToken, InvalidToken> {
        let claims: Claims<PersonClaims> = self.read(token, LEGACY_AUDIENCE, now)?;
        Ok(PersonToken { person_id: UserId(claims.sub), session_id: SessionId(claims.more.sid) })
    }

    /// # Errors
    /// [`InvalidToken`].
    pub fn read_station(&self, token: &str, now: DateTime<Utc>) -> Result<StationId, InvalidToken> {
        let claims: Claims<StationClaims> = self.read(token, STATION_AUDIENCE, now)?;
        claims.sub.parse().map_err(|_| InvalidToken)
    }

    fn issue<S: Serialize>(
        &self,
        audience: &str,
        subject: &str,
        more: S,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<IssuedToken, jsonwebtoken::errors::Error> {
        let header = Header { kid: Some(self.written_with.id.clone()), ..Header::new(Algorithm::HS256) };
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: audience.to_owned(),
            sub: subject.to_owned(),
            jti: Uuid::now_v7(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
            more,
        };
        let token = jsonwebtoken::encode(&header, &claims, &self.encoding)?;
        Ok(IssuedToken { token, expires_at })
    }

    fn read<S: DeserializeOwned>(
        &self,
        token: &str,
        audience: &str,
        now: DateTime<Utc>,
    ) -> Result<Claims<S>, InvalidToken> {
        if token.len() > LONGEST_TOKEN {
            return Err(InvalidToken);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| InvalidToken)?;
        let id = header.kid.ok_or(InvalidToken)?;
        let known = std::iter::once(&self.written_with).chain(&self.only_read).find(|known| known.id == id);
        let key = &known.ok_or(InvalidToken)?.key;
        let claims =
            jsonwebtoken::decode::<Claims<S>>(token, key, &self.validation(audience)).map_err(|_| InvalidToken)?.claims;
        let seconds = now.timestamp();
        let is_timely = claims.exp > seconds && claims.nbf <= seconds + CLOCK_TOLERANCE_SECONDS;
        if is_timely && claims.exp > 0 { Ok(claims) } else { Err(InvalidToken) }
    }

    /// The library would take the time from the machine; the typed claims and [`Self::read`] check it by our clock.
    fn validation(&self, audience: &str) -> Validation {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        validation.set_audience(&[audience]);
        validation.set_issuer(&[&self.issuer]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }
}

#[cfg(test)]
mod tests;
