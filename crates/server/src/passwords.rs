//! Passwords: Argon2id, and the bcrypt hashes of the old backend until their owner signs in.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use viruj_domain::password::{MAXIMUM_BYTES, normalised};
use zeroize::Zeroizing;

/// OWASP's Argon2id parameters: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and checks passwords on a bounded number of threads, so that a wave of sign-ins cannot take the machine.
#[derive(Clone)]
pub struct Passwords {
    room: Arc<Semaphore>,
    /// The hash of a password that nobody has: checked for unknown accounts, so that they cost what known ones do.
    nobody: Arc<str>,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Wrong,
    Right,
    /// Right, and the hash is an old one that is to be replaced now.
    RightButOld,
}

/// Hashing did not come about; nothing is known about the password.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
    #[error("the hashing thread ended early")]
    Thread,
}

impl Passwords {
    /// `threads` checks run at the same time; more wait.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn new(threads: usize) -> Result<Self, PasswordError> {
        let nobody = hash_now(&hex::encode(crate::secrets::random::<32>().unwrap_or_default()))?;
        Ok(Self { room: Arc::new(Semaphore::new(threads.max(1))), nobody: nobody.into() })
    }

    /// A new hash, as a PHC string.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || hash_now(&password)).await?
    }

    /// Checks `password` against `hash`; without a hash it does the same work and finds it wrong.
    ///
    /// # Errors
    /// [`PasswordError`]; an unreadable hash is a wrong password, not an error.
    pub async fn check(&self, password: &str, hash: Option<&str>) -> Result<Checked, PasswordError> {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let password = Zeroizing::new(password.to_owned());
        let checked = self.run(move || check_now(&password, &hash)).await?;
        Ok(if is_known { checked } else { Checked::Wrong })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let permit = self.room.clone().acquire_owned().await.map_err(|_| PasswordError::Thread)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(|_| PasswordError::Thread)
    }
}

/// A new hash on this thread; for commands, a server has [`Passwords::hash`].
///
/// # Errors
/// [`PasswordError`].
pub fn hash_here(password: &str) -> Result<String, PasswordError> {
    hash_now(password)
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    let password = Zeroizing::new(normalised(password));
    hasher().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(PasswordError::Hash)
}

fn check_now(password: &str, hash: &str) -> Checked {
    if password.len() > MAXIMUM_BYTES {
        return Checked::Wrong;
    }
    if hash.starts_with("$2") {
        // bcrypt reads 72 bytes and no more; a longer password is refused rather than half of it accepted.
        return match bcrypt::non_truncating_verify(password, hash) {
            Ok(true) => Checked::RightButOld,
            Ok(false) | Err(_) => Checked::Wrong,
        };
    }
    let Ok(parsed) = PasswordHash::new(hash) else { return Checked::Wrong };
    let password = Zeroizing::new(normalised(password));
    match hasher().verify_password(password.as_bytes(), &parsed) {
        Ok(()) if is_current(&parsed) => Checked::Right,
        Ok(()) => Checked::RightButOld,
        Err(_) => Checked::Wrong,
    }
}

fn is_current(hash: &PasswordHash) -> bool {
    let parameter = |name: &str| hash.params.get_decimal(name);
    hash.algorithm.as_str() == "argon2id"
        && parameter("m") == Some(MEMORY_KIB)
        && parameter("t") == Some(PASSES)
        && parameter("p") == Some(LANES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash that the old backend stored for its demo people.
    const LEGACY: &str = "$2b$12$0PZiL/BOfOEK/eA3biqGYuY0kowqx3TgHZ1KmP5Ak0.1ULUGA7pDS";

    #[tokio::test]
    async fn a_legacy_hash_is_verified_and_asks_to_be_replaced() {
        let passwords = Passwords::new(2).unwrap();
        assert_eq!(passwords.check("demo123", Some(LEGACY)).await.unwrap(), Checked::RightButOld);
        assert_eq!(passwords.check("demo124", Some(LEGACY)).await.unwrap(), Checked::Wrong);
        let replaced = passwords.hash("demo123").await.unwrap();
        assert!(replaced.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{replaced}");
        assert_eq!(passwords.check("demo123", Some(&replaced)).await.unwrap(), Checked::Right);
    }

    #[tokio::test]
    async fn sec_10_long_passwords_are_taken_whole() {
        let passwords = Passwords::new(2).unwrap();
        let long = "p".repeat(100);
        let hash = passwords.hash(&long).await.unwrap();
        assert_eq!(passwords.check(&long, Some(&hash)).await.unwrap(), Checked::Right);
        assert_eq!(passwords.check(&long[..99], Some(&hash)).await.unwrap(), Checked::Wrong);
    }

    #[tokio::test]
    async fn sec_10_another_keyboard_writes_the_same_password() {
        let passwords = Passwords::new(2).unwrap();
        let hash = passwords.hash("Ca\u{301}rpa\u{21}\u{fb01}sh in the pond").await.unwrap();
        assert_eq!(passwords.check("C\u{e1}rpa!fish in the pond", Some(&hash)).await.unwrap(), Checked::Right);
    }

    #[tokio::test]
    async fn an_unknown_account_and_a_broken_hash_are_wrong_passwords() {
        let passwords = Passwords::new(1).unwrap();
        assert_eq!(passwords.check("anything", None).await.unwrap(), Checked::Wrong);
        for broken in ["", "plain", "$2b$12$short", "$argon2id$broken"] {
            assert_eq!(passwords.check("", Some(broken)).await.unwrap(), Checked::Wrong, "{broken:?}");
        }
    }
}
