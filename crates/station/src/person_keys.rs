//! A person's key, which only that person's password opens.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use viruj_domain::password::normalised;
use zeroize::Zeroizing;

/// RFC 9106, section 4: the second recommended choice, 64 MiB and three passes over four lanes.
const MEMORY_KIB: u32 = 65_536;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// Why a key could not be wrapped or unwrapped; nothing is known about the password then.
#[derive(Debug, thiserror::Error)]
pub enum PersonKeyError {
    #[error("the operating system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
    #[error("the key cannot be derived from the password: {0}")]
    Derivation(argon2::Error),
    #[error("the wrapped key is damaged")]
    Damaged,
}

/// A key of 32 bytes under a password (Argon2id, ChaCha20-Poly1305).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    /// 16 bytes, base64.
    salt: String,
    /// Nonce and sealed bytes, base64.
    sealed: String,
}

/// A new key from the operating system's random source.
///
/// # Errors
/// [`PersonKeyError::Random`].
pub fn new_key() -> Result<SigningKey, PersonKeyError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes)?;
    Ok(SigningKey::from_bytes(&bytes))
}

impl WrappedKey {
    /// Wraps the key; it opens only with the same `belongs_to`, so a copy in another person's row is of no use.
    ///
    /// # Errors
    /// [`PersonKeyError`].
    pub fn wrap(key: &SigningKey, password: &str, belongs_to: &str) -> Result<Self, PersonKeyError> {
        let (mut salt, mut nonce) = ([0; 16], [0; 12]);
        getrandom::fill(&mut salt)?;
        getrandom::fill(&mut nonce)?;
        let cipher = cipher(password, &salt, (MEMORY_KIB, PASSES, LANES))?;
        let bytes = Zeroizing::new(key.to_bytes());
        let payload = Payload { msg: &*bytes, aad: belongs_to.as_bytes() };
        let sealed = cipher.encrypt(&nonce.into(), payload).map_err(|_| PersonKeyError::Damaged)?;
        Ok(Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: BASE64.encode(salt),
            sealed: BASE64.encode([&nonce[..], &sealed].concat()),
        })
    }

    /// The key; `None` for another password.
    ///
    /// # Errors
    /// [`PersonKeyError`].
    pub fn open(&self, password: &str, belongs_to: &str) -> Result<Option<SigningKey>, PersonKeyError> {
        let salt = BASE64.decode(&self.salt).map_err(|_| PersonKeyError::Damaged)?;
        let sealed = BASE64.decode(&self.sealed).map_err(|_| PersonKeyError::Damaged)?;
        let (nonce, sealed) = sealed.split_first_chunk::<12>().ok_or(PersonKeyError::Damaged)?;
        let cipher = cipher(password, &salt, (self.memory_kib, self.passes, self.lanes))?;
        let payload = Payload { msg: sealed, aad: belongs_to.as_bytes() };
        let Ok(bytes) = cipher.decrypt(nonce.into(), payload).map(Zeroizing::new) else { return Ok(None) };
        let bytes = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| PersonKeyError::Damaged)?;
        Ok(Some(SigningKey::from_bytes(bytes)))
    }
}

fn cipher(
    password: &str,
    salt: &[u8],
    (memory_kib, passes, lanes): (u32, u32, u32),
) -> Result<ChaCha20Poly1305, PersonKeyError> {
    let parameters = Params::new(memory_kib, passes, lanes, Some(32)).map_err(PersonKeyError::Derivation)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(normalised(password).as_bytes(), salt, &mut *key)
        .map_err(PersonKeyError::Derivation)?;
    Ok(ChaCha20Poly1305::new((&*key).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_34_only_the_password_of_its_person_opens_a_key() {
        let key = new_key().unwrap();
        let wrapped = WrappedKey::wrap(&key, "correct horse battery", "anjali").unwrap();
        assert_eq!(wrapped.open("correct horse battery", "anjali").unwrap(), Some(key.clone()));
        assert_eq!(wrapped.open("correct horse batterz", "anjali").unwrap(), None);
        assert_eq!(wrapped.open("correct horse battery", "meera").unwrap(), None, "not in another person's row");
        let text = serde_json::to_string(&wrapped).unwrap();
        assert!(!text.contains(&BASE64.encode(key.to_bytes())) && !text.contains(&hex::encode(key.to_bytes())));
        assert_eq!(serde_json::from_str::<WrappedKey>(&text).unwrap(), wrapped);
        let again = WrappedKey::wrap(&key, "correct horse battery", "anjali").unwrap();
        assert_ne!(again.salt, wrapped.salt);
        assert_ne!(again.sealed, wrapped.sealed);
    }

    #[test]
    fn a_damaged_row_is_told_from_a_wrong_password() {
        let wrapped = WrappedKey::wrap(&new_key().unwrap(), "correct horse battery", "anjali").unwrap();
        for damaged in [
            WrappedKey { salt: "?".to_owned(), ..wrapped.clone() },
            WrappedKey { sealed: "AAAA".to_owned(), ..wrapped.clone() },
            WrappedKey { memory_kib: 0, ..wrapped.clone() },
        ] {
            assert!(damaged.open("correct horse battery", "anjali").is_err(), "{damaged:?}");
        }
    }

    /// The same characters, composed or not, are the same password, here and at the server.
    #[test]
    fn the_password_is_normalised_as_at_the_server() {
        let key = new_key().unwrap();
        let wrapped = WrappedKey::wrap(&key, "r\u{e9}sum\u{e9} of the shift", "anjali").unwrap();
        assert_eq!(wrapped.open("re\u{301}sume\u{301} of the shift", "anjali").unwrap(), Some(key));
    }
}
