//! Electronic signatures (21 CFR 11.50, 11.70, 11.200).

use chrono::{DateTime, TimeDelta, Utc};

use crate::role::words;

words! {
    /// What a signature means (21 CFR 11.50(a)(3)).
    SignatureMeaning {
        Performed = "performed",
        Verified = "verified",
        Reviewed = "reviewed",
        Approved = "approved",
        Released = "released",
        Rejected = "rejected",
    }
}

words! {
    /// How a signature was made.
    SignatureMethod {
        /// The server saw the password and attested the statement.
        ServerAttested = "server_attested",
        /// The person's own key signed the statement.
        PersonKey = "person_key",
    }
}

words! {
    /// What became of somebody who signed in at a station without the server.
    SessionEvent {
        Opened = "opened",
        /// The password did not open the person's key.
        Failed = "failed",
        /// So many failed that the station takes no password of the person for a while.
        Locked = "locked",
        Closed = "closed",
    }
}

/// How long a person's key signs after its person was last seen by the server (offline.md: a credential has a life).
pub const KEY_LIFE: TimeDelta = TimeDelta::days(30);

/// Why a person's key does not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("the person's key has expired: the server has not seen its person for too long")]
    Expired,
    #[error("the person's key is retired: the password was changed, or the account closed")]
    Retired,
}

impl KeyFault {
    /// The stable code of the verdict and of the user interface.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "person_key_expired",
            Self::Retired => "person_key_retired",
        }
    }
}

/// How long a person's key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyValidity {
    pub expires_at: DateTime<Utc>,
    /// Signatures before it stay valid (21 CFR 11.10(e): what was signed is not obscured by what comes later).
    pub retired_at: Option<DateTime<Utc>>,
}

impl KeyValidity {
    /// # Errors
    /// [`KeyFault`] where a signature at this time does not count.
    pub fn check_at(self, at: DateTime<Utc>) -> Result<(), KeyFault> {
        if self.retired_at.is_some_and(|retired| at >= retired) {
            return Err(KeyFault::Retired);
        }
        if at >= self.expires_at { Err(KeyFault::Expired) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_until_it_expires_or_is_retired() {
        let at = |day: i64| DateTime::UNIX_EPOCH + TimeDelta::days(day);
        let key = KeyValidity { expires_at: at(30), retired_at: None };
        assert_eq!(key.check_at(at(29)), Ok(()));
        assert_eq!(key.check_at(at(30)), Err(KeyFault::Expired));
        let retired = KeyValidity { retired_at: Some(at(10)), ..key };
        assert_eq!(retired.check_at(at(9)), Ok(()), "what was signed before stays valid");
        assert_eq!(retired.check_at(at(10)), Err(KeyFault::Retired));
        assert_eq!(retired.check_at(at(40)), Err(KeyFault::Retired), "the graver of the two is told");
    }
}
