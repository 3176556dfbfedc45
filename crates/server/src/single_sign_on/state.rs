//! The state of a sign-in that is under way, and the secrets that follow from it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;

use crate::secrets::{SecretKey, TAG_LENGTH, TagKey, random};

/// How long somebody may take at the provider.
const LIFE_SECONDS: i64 = 600;
const CHANCE_LENGTH: usize = 16;
const BODY_LENGTH: usize = 8 + 2 + CHANCE_LENGTH;

/// What nobody can compute who does not hold `SECRET_KEY`.
pub struct StateSecrets {
    /// In the identity token, so that it is the answer to this sign-in.
    pub nonce: String,
    /// The verifier of PKCE, 43 characters (RFC 7636, section 4.1).
    pub verifier: String,
    /// Given to the station alone.
    pub proof: String,
}

pub struct States {
    tags: TagKey,
    secrets: TagKey,
}

impl States {
    pub fn new(secret: &SecretKey) -> Self {
        Self {
            tags: secret.tag_key("viruj single sign-on state, 1"),
            secrets: secret.tag_key("viruj single sign-on secrets, 1"),
        }
    }

    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn make(&self, port: u16, now: DateTime<Utc>) -> Result<String, getrandom::Error> {
        let mut bytes = Vec::with_capacity(BODY_LENGTH + TAG_LENGTH);
        bytes.extend_from_slice(&now.timestamp().to_be_bytes());
        bytes.extend_from_slice(&port.to_be_bytes());
        bytes.extend_from_slice(&random::<CHANCE_LENGTH>()?);
        bytes.extend_from_slice(&self.tags.tag(&bytes));
        Ok(BASE64.encode(bytes))
    }

    /// The port of the station, when the state was made here, is young, and the proof is its own.
    pub fn read(&self, state: &str, proof: &str, now: DateTime<Utc>) -> Option<u16> {
        let bytes = BASE64.decode(state).ok()?;
        let (body, tag) = bytes.split_at_checked(BODY_LENGTH)?;
        if !self.tags.fits(body, tag) || !bool::from(self.secrets(state).proof.as_bytes().ct_eq(proof.as_bytes())) {
            return None;
        }
        let (made_at, rest) = body.split_first_chunk::<8>()?;
        let age = now.timestamp() - i64::from_be_bytes(*made_at);
        let (port, _) = rest.split_first_chunk::<2>()?;
        (-60..=LIFE_SECONDS).contains(&age).then(|| u16::from_be_bytes(*port))
    }

    pub fn secrets(&self, state: &str) -> StateSecrets {
        let derived = |purpose: &str| {
            let halves = [1, 2].map(|half| self.secrets.tag(format!("{purpose} {half} {state}").as_bytes()));
            BASE64.encode(halves.concat())
        };
        StateSecrets { nonce: derived("nonce"), verifier: derived("verifier"), proof: derived("proof") }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn sec_13_a_state_is_good_for_its_own_station_and_for_ten_minutes() {
        let secret = SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").unwrap();
        let states = States::new(&secret);
        let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        let state = states.make(40_000, now).unwrap();
        let secrets = states.secrets(&state);
        assert_eq!(secrets.verifier.len(), 43);
        assert_eq!(states.read(&state, &secrets.proof, now + TimeDelta::seconds(600)), Some(40_000));
        assert_eq!(states.read(&state, &secrets.proof, now + TimeDelta::seconds(601)), None);
        assert_eq!(states.read(&state, &secrets.proof, now - TimeDelta::seconds(61)), None);
        let other = states.make(40_000, now).unwrap();
        assert_eq!(states.read(&other, &secrets.proof, now), None, "the proof of another sign-in");
        assert_eq!(states.read(&state, "", now), None);
        for wrong in ["", "x", &state[1..], &format!("{state}AA")] {
            assert_eq!(states.read(wrong, &states.secrets(wrong).proof, now), None, "{wrong}");
        }
        let all = [&secrets.nonce, &secrets.verifier, &secrets.proof];
        assert!(all.iter().enumerate().all(|(i, one)| all.iter().skip(i + 1).all(|two| one != two)));
    }
}
