//! A person's own account: the password and what stands beside it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    pub current_password: String,
    /// At least 15 characters, none that is tried first, and not made of the person's own name.
    pub new_password: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestPasswordReset {
    pub email: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemPasswordReset {
    pub email: String,
    /// From the message; it works once.
    pub code: String,
    pub new_password: String,
}

/// What the person should know of their own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    pub must_change_password: bool,
    pub password_changed_at: Option<DateTime<Utc>>,
    /// Signing in asks for a code, too.
    pub has_second_factor: bool,
    pub recovery_codes_left: u32,
}

/// The person gives the password once more.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    pub current_password: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorCode {
    pub code: String,
}

/// What the person's device is to hold; shown once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NewSecondFactor {
    /// Base32, for typing.
    pub secret: String,
    /// `otpauth://…`, for scanning.
    pub uri: String,
}

/// Each is good for one sign-in without the device; shown once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}
redacted!(
    ChangePassword,
    RequestPasswordReset,
    RedeemPasswordReset,
    OwnPassword,
    SecondFactorCode,
    NewSecondFactor,
    RecoveryCodes
);
