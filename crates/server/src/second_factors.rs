//! Time-based codes (RFC 6238) of a secret that the server keeps sealed, and recovery codes that it keeps as hashes.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Builder, Totp};
use viruj_domain::ids::UserId;
use zeroize::Zeroizing;

use crate::{
    sealing::{SealError, Sealer},
    secrets::{SecretKey, in_groups, random},
};

/// So many recovery codes are given at once.
pub const RECOVERY_CODES: usize = 10;

const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
const ISSUER: &str = "Viruj";

/// Seals secrets and judges codes.
pub struct SecondFactors {
    sealer: Sealer,
}

/// A new secret: what the device is told, and what is kept.
pub struct NewSecret {
    /// Base32, for typing.
    pub secret: String,
    /// `otpauth://…`, for scanning.
    pub uri: String,
    pub sealed: Vec<u8>,
}

/// A person's secret, out of its wrapping.
pub struct OpenSecret {
    person: UserId,
    bytes: Zeroizing<Vec<u8>>,
    /// The same secret under the `SECRET_KEY` that is written with, when it was sealed under the other one.
    pub sealed_anew: Option<Vec<u8>>,
}

/// A secret could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    #[error("the operating system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
    #[error(transparent)]
    Seal(#[from] SealError),
    /// It was sealed with another `SECRET_KEY`, or for another person.
    #[error("the secret of the second factor cannot be opened: SECRET_KEY is another one")]
    Sealed,
    #[error("the secret of the second factor is not one: {0}")]
    Totp(#[from] totp_rs::TotpError),
}

impl SecondFactors {
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self { sealer: Sealer::new(secret, "viruj second factors, ChaCha20-Poly1305, 1") }
    }

    /// # Errors
    /// [`SecondFactorError`].
    pub fn make(&self, person: &UserId, account: &str) -> Result<NewSecret, SecondFactorError> {
        let secret = Zeroizing::new(random::<20>()?);
        let totp = totp(&*secret, account)?;
        Ok(NewSecret {
            secret: totp.secret().to_base32(),
            uri: totp.to_url()?,
            sealed: self.sealer.seal(&*secret, person.as_str().as_bytes())?,
        })
    }

    /// # Errors
    /// [`SecondFactorError`].
    pub fn open(&self, person: &UserId, sealed: &[u8]) -> Result<OpenSecret, SecondFactorError> {
        let belongs_to = person.as_str().as_bytes();
        let opened = self.sealer.open(sealed, belongs_to).ok_or(SecondFactorError::Sealed)?;
        let sealed_anew =
            if opened.is_of_second_key { Some(self.sealer.seal(&opened.bytes, belongs_to)?) } else { None };
        Ok(OpenSecret { person: person.clone(), bytes: opened.bytes, sealed_anew })
    }
}

impl OpenSecret {
    /// The step of a code that is good at `now`, one step of 30 seconds early or late allowed, and newer than `last_step`.
    ///
    /// # Errors
    /// [`SecondFactorError::Totp`] when the secret is none.
    pub fn step_of(&self, code: &str, last_step: i64, now: DateTime<Utc>) -> Result<Option<i64>, SecondFactorError> {
        let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let totp = totp(&self.bytes, self.person.as_str())?;
        let step = totp.check(&code, seconds).and_then(|step| i64::try_from(step).ok());
        Ok(step.filter(|step| *step > last_step))
    }

    /// New recovery codes with their hashes.
    ///
    /// # Errors
    /// [`SecondFactorError::Random`].
    pub fn recovery_codes(&self) -> Result<Vec<(String, [u8; 32])>, SecondFactorError> {
        let code = |_| {
            let code = in_groups::<10>()?;
            let hash = self.recovery_hash(&code);
            Ok((code, hash))
        };
        (0..RECOVERY_CODES).map(code).collect()
    }

    /// Hyphens, spaces and capitals do not matter. The hash takes the sealed secret in, so that the database alone does
    /// not let anybody try out codes, and stays the same when `SECRET_KEY` is exchanged.
    #[must_use]
    pub fn recovery_hash(&self, code: &str) -> [u8; 32] {
        let plain: String = code.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        Sha256::new()
            .chain_update(b"viruj recovery code, 1\0")
            .chain_update(&*self.bytes)
            .chain_update(plain.to_ascii_lowercase())
            .finalize()
            .into()
    }
}

/// SHA-1, which every device knows; what it is used for asks for no more (RFC 6238, 1.2).
fn totp(secret: &[u8], account: &str) -> Result<Totp, SecondFactorError> {
    let builder = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret.to_vec())
        .with_account_name(account.replace(':', " "))
        .with_issuer(Some(ISSUER));
    Ok(builder.build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1";
    const NEXT_SECRET: &str = "YW5vdGhlciBpbnN0YWxsYXRpb24gaGFzIGFub3RoZXI";

    fn factors() -> SecondFactors {
        SecondFactors::new(&SecretKey::new(SECRET).unwrap())
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 / 30 * 30 + second, 0).unwrap()
    }

    fn code(made: &NewSecret, now: DateTime<Utc>) -> String {
        let totp = Totp::from_url(&made.uri).unwrap();
        totp.generate(u64::try_from(now.timestamp()).unwrap()).to_string()
    }

    #[test]
    fn sec_09_a_code_is_good_for_its_step_and_works_once() {
        let (factors, person) = (factors(), UserId::from("one"));
        let made = factors.make(&person, "one@example.invalid").unwrap();
        assert!(made.uri.starts_with("otpauth://totp/Viruj:one%40example.invalid?secret="), "{}", made.uri);
        assert!(made.uri.contains(&made.secret));
        let code = code(&made, at(0));
        let open = factors.open(&person, &made.sealed).unwrap();
        let judge = |last, now| open.step_of(&code, last, now).unwrap();
        let step = judge(0, at(0)).unwrap();
        assert_eq!(judge(0, at(59)), Some(step));
        assert_eq!(judge(0, at(-30)), Some(step), "a device may be a little ahead");
        assert_eq!(judge(0, at(60)), None);
        assert_eq!(judge(step, at(1)), None, "it was used");
        assert_eq!(judge(step - 1, at(1)), Some(step));
        let typed = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(open.step_of(&typed, 0, at(0)).unwrap(), Some(step));
        for wrong in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(open.step_of(wrong, 0, at(0)).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_sealed_for_one_person_by_one_installation() {
        let (factors, person) = (factors(), UserId::from("one"));
        let made = factors.make(&person, "one@example.invalid").unwrap();
        assert!(factors.open(&person, &made.sealed).unwrap().sealed_anew.is_none());
        let is_refused = |opened| matches!(opened, Err(SecondFactorError::Sealed));
        assert!(is_refused(factors.open(&UserId::from("other"), &made.sealed)));
        let elsewhere = SecondFactors::new(&SecretKey::new(NEXT_SECRET).unwrap());
        assert!(is_refused(elsewhere.open(&person, &made.sealed)));
    }

    #[test]
    fn recovery_codes_are_many_and_outlive_the_secret_key() {
        let (factors, person) = (factors(), UserId::from("one"));
        let made = factors.make(&person, "one@example.invalid").unwrap();
        let open = factors.open(&person, &made.sealed).unwrap();
        let codes = open.recovery_codes().unwrap();
        let different: std::collections::HashSet<_> = codes.iter().map(|(code, _)| code).collect();
        assert_eq!(different.len(), RECOVERY_CODES);
        let (code, hash) = &codes[0];
        assert_eq!(open.recovery_hash(&code.to_uppercase()), *hash);
        let exchanging = SecretKey::new(NEXT_SECRET).unwrap().with_second(SECRET).unwrap();
        let anew = SecondFactors::new(&exchanging).open(&person, &made.sealed).unwrap().sealed_anew.unwrap();
        let next = SecondFactors::new(&SecretKey::new(NEXT_SECRET).unwrap());
        assert_eq!(next.open(&person, &anew).unwrap().recovery_hash(code), *hash);
        let other = factors.make(&person, "one@example.invalid").unwrap();
        assert_ne!(factors.open(&person, &other.sealed).unwrap().recovery_hash(code), *hash);
    }
}
