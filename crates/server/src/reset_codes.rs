//! Codes that a person is sent to set a new password: 50 bits of chance, kept as a hash, good once and for a short time.

use sha2::{Digest, Sha256};
use viruj_domain::ids::UserId;

use crate::secrets::{SecretKey, TAG_LENGTH, TagKey, in_groups};

/// Life of a code.
pub const CODE_MINUTES: i64 = 15;

pub struct ResetCodes {
    tags: TagKey,
}

/// A new code, and what is kept of it.
pub struct NewCode {
    pub code: String,
    pub hash: [u8; 32],
}

impl ResetCodes {
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self { tags: secret.tag_key("viruj password reset codes, 1") }
    }

    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn make(&self, person: &UserId) -> Result<NewCode, getrandom::Error> {
        let code = in_groups::<10>()?;
        let hash = hash(self.tags.tag(&plain(person, &code)));
        Ok(NewCode { code, hash })
    }

    /// Hyphens, spaces and capitals do not matter. A code is of one person and of this installation.
    /// While `SECRET_KEY` is exchanged there are two hashes that it may be kept as.
    #[must_use]
    pub fn hashes(&self, person: &UserId, code: &str) -> Vec<[u8; 32]> {
        self.tags.each_tag(&plain(person, code)).map(hash).collect()
    }
}

fn plain(person: &UserId, code: &str) -> Vec<u8> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    [person.as_str().as_bytes(), b"\0", plain.to_ascii_lowercase().as_bytes()].concat()
}

fn hash(tag: [u8; TAG_LENGTH]) -> [u8; 32] {
    Sha256::digest(tag).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_typed_and_is_of_one_person() {
        let codes = ResetCodes::new(&SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").unwrap());
        let (one, other) = (UserId::from("one"), UserId::from("other"));
        let made = codes.make(&one).unwrap();
        assert_eq!(made.code.len(), 11);
        let typed = made.code.to_uppercase().replace('-', " ");
        assert_eq!(codes.hashes(&one, &typed), [made.hash]);
        assert_ne!(codes.hashes(&other, &made.code), [made.hash]);
        assert_ne!(codes.make(&one).unwrap().code, made.code);
    }
}
