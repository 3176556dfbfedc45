//! Sealing what the server keeps under `SECRET_KEY`, so that a copy of the database alone opens nothing.

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::secrets::{SecretKey, random};

const NONCE_LENGTH: usize = 12;

/// Seals for one purpose (ChaCha20-Poly1305, RFC 8439), with the secret that is written with.
pub struct Sealer {
    written_with: ChaCha20Poly1305,
    only_read: Option<ChaCha20Poly1305>,
}

/// What was sealed.
pub struct Opened {
    pub bytes: Zeroizing<Vec<u8>>,
    /// It was sealed under the secret that is only read, and is to be sealed anew.
    pub is_of_second_key: bool,
}

/// Nothing could be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the operating system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
    #[error("the bytes are too long to be sealed")]
    TooLong,
}

impl Sealer {
    #[must_use]
    pub fn new(secret: &SecretKey, purpose: &str) -> Self {
        Self {
            written_with: ChaCha20Poly1305::new((&*secret.derive(purpose)).into()),
            only_read: secret.derive_second(purpose).map(|key| ChaCha20Poly1305::new((&*key).into())),
        }
    }

    /// Nonce and sealed bytes; they open only with the same `belongs_to`, so a copy in another row is of no use.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(&self, bytes: &[u8], belongs_to: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = random::<NONCE_LENGTH>()?;
        let payload = Payload { msg: bytes, aad: belongs_to };
        let sealed = self.written_with.encrypt(&nonce.into(), payload).map_err(|_| SealError::TooLong)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// `None` for what was sealed under another secret, for something else, or was changed.
    #[must_use]
    pub fn open(&self, sealed: &[u8], belongs_to: &[u8]) -> Option<Opened> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
        let open = |cipher: &ChaCha20Poly1305| {
            let payload = Payload { msg: sealed, aad: belongs_to };
            cipher.decrypt(nonce.into(), payload).ok().map(Zeroizing::new)
        };
        if let Some(bytes) = open(&self.written_with) {
            return Some(Opened { bytes, is_of_second_key: false });
        }
        let bytes = open(self.only_read.as_ref()?)?;
        Some(Opened { bytes, is_of_second_key: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1";
    const NEW: &str = "YW5vdGhlciBpbnN0YWxsYXRpb24gaGFzIGFub3RoZXI";

    fn sealer(secret: &SecretKey) -> Sealer {
        Sealer::new(secret, "tests")
    }

    #[test]
    fn what_is_sealed_opens_at_its_place_and_under_its_secret_only() {
        let secret = SecretKey::new(OLD).unwrap();
        let sealed = sealer(&secret).seal(b"what nobody reads", b"row 1").unwrap();
        let opened = sealer(&secret).open(&sealed, b"row 1").unwrap();
        assert_eq!((&opened.bytes[..], opened.is_of_second_key), (&b"what nobody reads"[..], false));
        assert!(sealer(&secret).open(&sealed, b"row 2").is_none());
        assert!(sealer(&SecretKey::new(NEW).unwrap()).open(&sealed, b"row 1").is_none());
        assert!(Sealer::new(&secret, "something else").open(&sealed, b"row 1").is_none());
        for cut in [0, 5, 12, sealed.len() - 1] {
            assert!(sealer(&secret).open(&sealed[..cut], b"row 1").is_none(), "{cut}");
        }
    }

    #[test]
    fn a_second_secret_is_read_and_never_written_with() {
        let (old, new) = (SecretKey::new(OLD).unwrap(), SecretKey::new(NEW).unwrap());
        let sealed = sealer(&old).seal(b"kept", b"").unwrap();
        let both = SecretKey::new(NEW).unwrap().with_second(OLD).unwrap();
        assert!(sealer(&both).open(&sealed, b"").unwrap().is_of_second_key);
        let anew = sealer(&both).seal(b"kept", b"").unwrap();
        assert!(sealer(&old).open(&anew, b"").is_none());
        assert!(!sealer(&new).open(&anew, b"").unwrap().is_of_second_key);
    }
}
