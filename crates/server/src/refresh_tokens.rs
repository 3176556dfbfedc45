//! Refresh tokens: opaque, 256 bits of chance, stored as a hash, good for one use.
//!
//! A token carries its session's id and a tag of this installation. So a token that was ours once is told from one that
//! somebody made up: the first, used twice, ends the session; the second ends nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use viruj_domain::ids::SessionId;

use crate::secrets::{SecretKey, TAG_LENGTH, TagKey, random};

/// How long the token before the newest one still works once, for a station that never got the answer.
pub const GRACE_SECONDS: i64 = 30;
/// Within this time a second use is taken for two requests that ran beside each other: refused, nothing revoked.
pub const RACE_SECONDS: i64 = 2;
/// Life of a session, whatever is done with it: one shift.
pub const SESSION_HOURS: i64 = 12;

const ID_LENGTH: usize = 16;
const CHANCE_LENGTH: usize = 32;

pub struct RefreshTokens {
    tags: TagKey,
}

/// A new token, and what is kept of it.
pub struct NewRefreshToken {
    pub token: String,
    pub hash: [u8; 32],
}

/// A token that this installation made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresentedToken {
    pub session_id: SessionId,
    pub hash: [u8; 32],
}

impl RefreshTokens {
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self { tags: secret.tag_key("viruj refresh tokens, 1") }
    }

    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn make(&self, session: SessionId) -> Result<NewRefreshToken, getrandom::Error> {
        let mut bytes = Vec::with_capacity(ID_LENGTH + CHANCE_LENGTH + TAG_LENGTH);
        bytes.extend_from_slice(session.0.as_bytes());
        bytes.extend_from_slice(&random::<CHANCE_LENGTH>()?);
        bytes.extend_from_slice(&self.tags.tag(&bytes));
        Ok(NewRefreshToken { token: BASE64.encode(&bytes), hash: Sha256::digest(&bytes).into() })
    }

    /// `None` for what this installation never made.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<PresentedToken> {
        let bytes = BASE64.decode(token).ok()?;
        let (body, tag) = bytes.split_at_checked(ID_LENGTH + CHANCE_LENGTH)?;
        let id = Uuid::from_slice(body.get(..ID_LENGTH)?).ok()?;
        self.tags
            .fits(body, tag)
            .then(|| PresentedToken { session_id: SessionId(id), hash: Sha256::digest(&bytes).into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_here_is_read() {
        let secret = SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").unwrap();
        let tokens = RefreshTokens::new(&secret);
        let session = SessionId(Uuid::from_u128(5));
        let made = tokens.make(session).unwrap();
        assert_eq!(tokens.read(&made.token), Some(PresentedToken { session_id: session, hash: made.hash }));
        assert_ne!(tokens.make(session).unwrap().token, made.token);
        let mut other = BASE64.decode(&made.token).unwrap();
        other[0] ^= 1;
        for wrong in ["", "x", &made.token[1..], &BASE64.encode(other), &format!("{}AA", made.token)] {
            assert_eq!(tokens.read(wrong), None, "{wrong}");
        }
    }
}
