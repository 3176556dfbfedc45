//! A time that the server gave, which it recognises when a station shows it later.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, SecondsFormat, Utc};
use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_api::sync::ServerTime;

use super::{Domain, key_id, sign, verify};

/// Why a server-time token does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerTimeError {
    #[error("the token is not of the form time, key and signature")]
    Malformed,
    #[error("the token's key {0:?} is not known")]
    UnknownKey(String),
    #[error("the token's signature does not hold")]
    BadSignature,
}

/// The time, in whole milliseconds, with its token: `<time>.<key id>.<signature, base64url>`.
#[must_use]
pub fn server_time(now: DateTime<Utc>, server: &SigningKey) -> ServerTime {
    let text = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let signature = URL_SAFE_NO_PAD.encode(sign(Domain::Time, text.as_bytes(), server));
    let token = format!("{text}.{}.{signature}", key_id(&server.verifying_key()));
    ServerTime { time: DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now), token }
}

/// The time in a token, when one of the keys signed it.
///
/// # Errors
/// [`ServerTimeError`] where the token is not whole or not of these keys.
pub fn verify_server_time(token: &str, server_keys: &[VerifyingKey]) -> Result<DateTime<Utc>, ServerTimeError> {
    // The time itself holds a full stop before its milliseconds, so the token is taken apart from its end.
    let mut parts = token.rsplitn(3, '.');
    let (Some(signature), Some(id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(ServerTimeError::Malformed);
    };
    let key = server_keys
        .iter()
        .find(|key| key_id(key) == id)
        .ok_or_else(|| ServerTimeError::UnknownKey(id.chars().take(16).collect()))?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .ok()
        .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok())
        .ok_or(ServerTimeError::Malformed)?;
    verify(Domain::Time, text.as_bytes(), &signature, key).map_err(|_| ServerTimeError::BadSignature)?;
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).map_err(|_| ServerTimeError::Malformed)
}
