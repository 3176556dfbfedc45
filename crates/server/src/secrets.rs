//! The one secret of an installation, and the keys that are derived from it.

use hkdf::{
    Hkdf,
    hmac::{Hmac, Mac},
};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Fewer characters cannot carry 128 bits even when they are chosen well.
pub const SHORTEST_SECRET_KEY: usize = 32;

/// Values that stand in examples and in the settings of the old system.
const WELL_KNOWN: &[&str] =
    &["secret", "changeme", "change-me", "change_me", "your-secret-key", "your_secret_key", "default"];

/// A text that never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// `SECRET_KEY`: everything that must be kept secret on the server hangs on it.
///
/// While it is exchanged there are two: one that is written with, and one that is only read.
#[derive(Clone, Debug)]
pub struct SecretKey {
    written_with: Secret,
    only_read: Option<Secret>,
}

/// Why a text cannot be the secret of an installation (ASVS 5.0 V13.3, check 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretKeyError {
    #[error("SECRET_KEY is shorter than {SHORTEST_SECRET_KEY} characters; make one with: openssl rand -base64 48")]
    TooShort,
    #[error("SECRET_KEY is a well-known example; make one with: openssl rand -base64 48")]
    WellKnown,
}

impl SecretKey {
    /// # Errors
    /// [`SecretKeyError`] for texts that somebody could guess.
    pub fn new(text: &str) -> Result<Self, SecretKeyError> {
        let folded = text.to_ascii_lowercase();
        let distinct = folded.chars().collect::<std::collections::BTreeSet<_>>().len();
        if WELL_KNOWN.iter().any(|example| folded.starts_with(example))
            || (text.len() >= SHORTEST_SECRET_KEY && distinct < 8)
        {
            return Err(SecretKeyError::WellKnown);
        }
        if text.chars().count() < SHORTEST_SECRET_KEY {
            return Err(SecretKeyError::TooShort);
        }
        Ok(Self { written_with: Secret::new(text), only_read: None })
    }

    /// With a second one that is read as well: the next one, which other replicas write with already, or the last one.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_second(self, text: &str) -> Result<Self, SecretKeyError> {
        let second = Self::new(text)?;
        Ok(Self { only_read: Some(second.written_with), ..self })
    }

    #[must_use]
    pub fn has_second(&self) -> bool {
        self.only_read.is_some()
    }

    /// A key of 256 bits for one purpose (HKDF-SHA256, RFC 5869).
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        expand(&self.written_with, purpose)
    }

    /// As [`Self::derive`], of the secret that is only read.
    #[must_use]
    pub fn derive_second(&self, purpose: &str) -> Option<Zeroizing<[u8; 32]>> {
        self.only_read.as_ref().map(|secret| expand(secret, purpose))
    }

    /// A key that only makes and checks authentication tags.
    #[must_use]
    pub fn tag_key(&self, purpose: &str) -> TagKey {
        TagKey {
            written_with: expand(&self.written_with, purpose),
            only_read: self.only_read.as_ref().map(|secret| expand(secret, purpose)),
        }
    }
}

fn expand<const LENGTH: usize>(secret: &Secret, purpose: &str) -> Zeroizing<[u8; LENGTH]> {
    let mut key = Zeroizing::new([0; LENGTH]);
    let expanded = Hkdf::<Sha256>::new(None, secret.expose().as_bytes()).expand(purpose.as_bytes(), &mut *key);
    // HKDF gives up to 255 blocks of 32 bytes; two are the most that is asked for.
    debug_assert!(expanded.is_ok());
    key
}

/// Makes and checks tags (HMAC-SHA256, cut to 128 bits).
#[derive(Clone)]
pub struct TagKey {
    written_with: Zeroizing<[u8; 64]>,
    only_read: Option<Zeroizing<[u8; 64]>>,
}

/// Bytes of a tag.
pub const TAG_LENGTH: usize = 16;

impl TagKey {
    #[must_use]
    pub fn tag(&self, bytes: &[u8]) -> [u8; TAG_LENGTH] {
        tag(&self.written_with, bytes)
    }

    /// The tag under the secret that is written with, then the one under the secret that is only read.
    pub fn each_tag(&self, bytes: &[u8]) -> impl Iterator<Item = [u8; TAG_LENGTH]> {
        self.each().map(|key| tag(key, bytes))
    }

    fn each(&self) -> impl Iterator<Item = &Zeroizing<[u8; 64]>> {
        std::iter::once(&self.written_with).chain(&self.only_read)
    }

    /// Compares in constant time.
    #[must_use]
    pub fn fits(&self, bytes: &[u8], tag: &[u8]) -> bool {
        tag.len() == TAG_LENGTH && self.each().any(|key| mac(key, bytes).verify_truncated_left(tag).is_ok())
    }
}

fn tag(key: &Zeroizing<[u8; 64]>, bytes: &[u8]) -> [u8; TAG_LENGTH] {
    let mut tag = [0; TAG_LENGTH];
    tag.copy_from_slice(&mac(key, bytes).finalize().into_bytes()[..TAG_LENGTH]);
    tag
}

fn mac(key: &Zeroizing<[u8; 64]>, bytes: &[u8]) -> Hmac<Sha256> {
    use hkdf::hmac::digest::KeyInit;
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&**key).into());
    mac.update(bytes);
    mac
}

/// Random bytes from the operating system.
///
/// # Errors
/// When the operating system has none to give; nothing secret can then be made.
pub fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], getrandom::Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A password that is shown once: 125 bits in five groups of characters that are not mistaken for one another.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn one_time_secret() -> Result<String, getrandom::Error> {
    in_groups::<25>()
}

/// So many letters of five bits each, in groups of five, none of which is mistaken for another.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn in_groups<const LETTERS: usize>() -> Result<String, getrandom::Error> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters: Vec<char> =
        random::<LETTERS>()?.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use viruj_domain::password::{Owner, check_new};

    use super::*;

    #[test]
    fn a_one_time_secret_is_a_password_and_never_the_same() {
        let secret = one_time_secret().unwrap();
        assert_eq!(secret.len(), 29);
        let owner = Owner { name: "Ada Admin", email: "ada@pharma.example" };
        assert_eq!(check_new(&secret, owner), Ok(()));
        assert_ne!(secret, one_time_secret().unwrap());
    }

    #[test]
    fn sec_15_a_short_or_well_known_secret_key_is_refused() {
        for short in ["", "x", "0123456789abcdef0123456789abcde"] {
            assert_eq!(SecretKey::new(short).err(), Some(SecretKeyError::TooShort), "{short:?}");
        }
        for known in
            ["your-secret-key-change-in-production-please", "changeme", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
        {
            assert_eq!(SecretKey::new(known).err(), Some(SecretKeyError::WellKnown), "{known:?}");
        }
        assert!(SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").is_ok());
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own_and_nothing_shows_the_secret() {
        let key = SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").unwrap();
        assert_ne!(key.derive("one"), key.derive("two"));
        assert_eq!(key.derive("one"), key.derive("one"));
        assert!(!format!("{key:?}").contains("c2Vj"));
        let tags = key.tag_key("tags");
        assert!(tags.fits(b"bytes", &tags.tag(b"bytes")));
        assert!(!tags.fits(b"other", &tags.tag(b"bytes")));
        assert!(!tags.fits(b"bytes", &tags.tag(b"bytes")[..8]));
    }
}
