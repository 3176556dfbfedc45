//! Nonces that a station signs to be known by its key.
//!
//! A challenge carries its time and a tag, so that any replica takes what another one gave; each is taken once here.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};

use crate::secrets::{SecretKey, TAG_LENGTH, TagKey, random};

/// Life of a challenge.
pub const CHALLENGE_SECONDS: i64 = 60;

const TIME_LENGTH: usize = 8;
const CHANCE_LENGTH: usize = 24;

pub struct Challenges {
    tags: TagKey,
    used: Mutex<HashMap<[u8; TAG_LENGTH], i64>>,
}

impl Challenges {
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self { tags: secret.tag_key("viruj station challenges, 1"), used: Mutex::new(HashMap::new()) }
    }

    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn make(&self, now: DateTime<Utc>) -> Result<String, getrandom::Error> {
        let mut bytes = Vec::with_capacity(TIME_LENGTH + CHANCE_LENGTH + TAG_LENGTH);
        bytes.extend_from_slice(&now.timestamp().to_be_bytes());
        bytes.extend_from_slice(&random::<CHANCE_LENGTH>()?);
        bytes.extend_from_slice(&self.tags.tag(&bytes));
        Ok(BASE64.encode(bytes))
    }

    /// Whether the challenge was made here within its life and has not been used; it is used now.
    pub fn take(&self, challenge: &str, now: DateTime<Utc>) -> bool {
        let Some((made_at, tag)) = self.read(challenge) else { return false };
        let seconds = now.timestamp();
        if !(made_at..=made_at + CHALLENGE_SECONDS).contains(&seconds) {
            return false;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, made_at| *made_at + CHALLENGE_SECONDS >= seconds);
        used.insert(tag, made_at).is_none()
    }

    fn read(&self, challenge: &str) -> Option<(i64, [u8; TAG_LENGTH])> {
        let bytes = BASE64.decode(challenge).ok()?;
        let (body, tag) = bytes.split_at_checked(TIME_LENGTH + CHANCE_LENGTH)?;
        if !self.tags.fits(body, tag) {
            return None;
        }
        let made_at = i64::from_be_bytes(body.get(..TIME_LENGTH)?.try_into().ok()?);
        Some((made_at, tag.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_challenge_is_taken_once_and_within_a_minute() {
        let challenges = Challenges::new(&SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").unwrap());
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let challenge = challenges.make(now).unwrap();
        assert!(!challenges.take(&challenge, now - TimeDelta::seconds(1)));
        assert!(challenges.take(&challenge, now + TimeDelta::seconds(60)));
        assert!(!challenges.take(&challenge, now + TimeDelta::seconds(60)), "used");
        let late = challenges.make(now).unwrap();
        assert!(!challenges.take(&late, now + TimeDelta::seconds(61)));
        for forged in ["", "AAAA", &challenge[1..]] {
            assert!(!challenges.take(forged, now));
        }
    }
}
