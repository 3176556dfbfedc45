//! Slows down guessing: attempts are counted for a while by all replicas together, and too many of them close the door
//! for a while.
//!
//! Only failures count, so people who know their passwords are never slowed down by their colleagues, and the account
//! is counted together with the place: who guesses from one place locks the account out at that place and not at the
//! plant. What guessing from many places closes stays open where the person has been before, and at every registered
//! station, which is a place of its own whatever address it shares (check 12).

use chrono::{DateTime, TimeDelta, Utc};
use viruj_domain::ids::UserId;
use viruj_storage::{
    Database, StorageError,
    attempts::{self, Bucket, Limit, Taken},
};

use crate::{
    error::{ApiError, ProblemCode},
    secrets::{SecretKey, TagKey},
};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Signing in to one account from one place.
    AccountAtPlace,
    /// Signing in to one account from anywhere.
    Account,
    /// Signing in to whatever account from one address.
    Address,
    /// Coming back from the company's identity provider to one place.
    SingleSignOn,
    /// The password that somebody who is signed in is asked for: to sign, to change it.
    Proof,
    /// Codes of one account's second factor, of people who know its password.
    SecondFactor,
    /// Every login on the old path, right or wrong, as the old backend counted them.
    LegacyLogin,
    /// Messages with a code to one account.
    ResetMail,
    /// Messages with a code that one address asked for.
    ResetAddress,
    /// Codes of one account that were tried.
    ResetCode,
    /// Requests of one API key, [`crate::api_keys::REQUESTS_AT_ONCE`] at once: 600 a minute.
    ApiKey,
    /// API keys that failed, from one address.
    ApiKeyAddress,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::AccountAtPlace => "account_at_place",
            Self::Account => "account",
            Self::Address => "address",
            Self::SingleSignOn => "single_sign_on",
            Self::Proof => "proof",
            Self::SecondFactor => "second_factor",
            Self::LegacyLogin => "legacy_login",
            Self::ResetMail => "reset_mail",
            Self::ResetAddress => "reset_address",
            Self::ResetCode => "reset_code",
            Self::ApiKey => "api_key",
            Self::ApiKeyAddress => "api_key_address",
        }
    }

    /// So many within the window.
    #[must_use]
    pub fn limit(self) -> Limit {
        let (attempts, minutes) = match self {
            Self::AccountAtPlace | Self::Proof => (5, 5),
            Self::Account => (20, 15),
            Self::Address | Self::ApiKeyAddress | Self::SingleSignOn => (50, 5),
            Self::LegacyLogin => (5, 1),
            Self::ResetMail => (3, 60),
            Self::ResetAddress => (20, 60),
            Self::SecondFactor | Self::ResetCode => (5, 15),
            Self::ApiKey => (30, 1),
        };
        Limit { attempts, window: TimeDelta::minutes(minutes) }
    }
}

/// Names what is counted by tags of this installation: what people typed is kept nowhere.
pub struct Attempts {
    tags: TagKey,
}

/// What an attempt counts for.
#[derive(Clone, Debug)]
pub struct Counted {
    kind: Kind,
    key: [u8; crate::secrets::TAG_LENGTH],
    person_id: Option<UserId>,
}

/// An attempt that may be made.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    pub id: i64,
    /// So many have been made within the window, with this one.
    pub count: i64,
    /// It is the last one: when it fails, the door closes.
    pub is_last: bool,
}

/// Too many attempts have failed; it opens again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Closed {
    pub seconds: u64,
}

impl From<Closed> for ApiError {
    fn from(closed: Closed) -> Self {
        Self::new(ProblemCode::TooManyAttempts).retry_after(closed.seconds)
    }
}

impl Attempts {
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self { tags: secret.tag_key("viruj attempts, 1") }
    }

    /// `parts` together name what is counted.
    #[must_use]
    pub fn of(&self, kind: Kind, parts: &[&str], person_id: Option<&UserId>) -> Counted {
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        Counted { kind, key: self.tags.tag(&bytes), person_id: person_id.cloned() }
    }
}

impl Counted {
    /// Takes an attempt; `Err` says how long there are none.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn take(&self, database: &Database, now: DateTime<Utc>) -> Result<Result<Attempt, Closed>, StorageError> {
        Ok(match attempts::take(database, self.bucket(), now).await? {
            Taken::Open { id, count } => {
                Ok(Attempt { id, count, is_last: count == i64::from(self.kind.limit().attempts) })
            }
            Taken::Closed { until } => Err(Closed::until(until, now)),
        })
    }

    /// Somebody has shown to know what others guess at.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn clear(&self, database: &Database) -> Result<(), StorageError> {
        attempts::clear(database, self.bucket()).await
    }

    fn bucket(&self) -> Bucket<'_> {
        Bucket {
            kind: self.kind.word(),
            key: &self.key,
            person_id: self.person_id.as_ref().map(UserId::as_str),
            limit: self.kind.limit(),
        }
    }
}

impl Closed {
    #[must_use]
    pub fn until(until: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let milliseconds = u64::try_from((until - now).num_milliseconds()).unwrap_or(0);
        Self { seconds: milliseconds.div_ceil(1000).max(1) }
    }
}
