//! A server's new signing key, vouched for by the one before it: a station that pinned the old one believes the new one.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_api::server::ServerKey;

use super::{Domain, public_key, sign, verify};

/// The word of `previous` that `next` follows it.
#[must_use]
pub fn endorse(next: &VerifyingKey, previous: &SigningKey) -> String {
    BASE64.encode(sign(Domain::Succession, next.as_bytes(), previous))
}

/// Whether the key before it has vouched for this one.
#[must_use]
pub fn is_endorsed_by(next: &ServerKey, previous: &VerifyingKey) -> bool {
    let endorsement = next.endorsement.as_deref().and_then(|text| BASE64.decode(text).ok());
    let endorsement = endorsement.and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    match (endorsement, public_key(&next.public_key)) {
        (Some(signature), Ok(key)) => verify(Domain::Succession, key.as_bytes(), &signature, previous).is_ok(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::{key_id, to_base64};

    fn published(key: &SigningKey, endorsement: Option<String>) -> ServerKey {
        let public = key.verifying_key();
        ServerKey { key_id: key_id(&public), public_key: to_base64(public.as_bytes()), endorsement }
    }

    #[test]
    fn only_the_word_of_the_key_before_counts() {
        let [first, second, stranger] = [1, 2, 3].map(|seed| SigningKey::from_bytes(&[seed; 32]));
        let word = endorse(&second.verifying_key(), &first);
        assert!(is_endorsed_by(&published(&second, Some(word.clone())), &first.verifying_key()));
        assert!(!is_endorsed_by(&published(&second, Some(word.clone())), &stranger.verifying_key()));
        assert!(!is_endorsed_by(&published(&stranger, Some(word)), &first.verifying_key()), "the word names one key");
        let own_word = endorse(&stranger.verifying_key(), &stranger);
        for word in [None, Some(own_word), Some(String::new()), Some("no base64!".to_owned())] {
            assert!(!is_endorsed_by(&published(&stranger, word), &first.verifying_key()));
        }
    }
}
