//! Sign-in sessions: a short access token and a rotating refresh token.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::ids::SessionId;

use crate::people::Person;

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    pub email: String,
    pub password: String,
}

/// Where `POST /api/v1/sessions` has asked for a second factor.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInWithCode {
    pub email: String,
    pub password: String,
    /// Six digits of the device, or a recovery code.
    pub code: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    pub refresh_token: String,
}

/// A session that was opened or refreshed; the refresh token works once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct OpenSession {
    pub session_id: SessionId,
    pub access_token: String,
    pub access_expires_at: DateTime<Utc>,
    pub refresh_token: String,
    pub refresh_expires_at: DateTime<Utc>,
    pub person: Person,
    /// Somebody else chose the password: until it is changed, the session may do nothing else.
    #[serde(default)]
    pub must_change_password: bool,
}

/// A session that is alive, as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionSummary {
    pub id: SessionId,
    pub opened_at: DateTime<Utc>,
    /// When its tokens were last renewed; a session that is in use renews them every quarter of an hour.
    pub refreshed_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Where it was opened from.
    pub client_address: Option<String>,
    /// The registered station at which it was opened.
    pub station_name: Option<String>,
    /// It is the one that asks.
    pub is_current: bool,
}

/// Every session of a person that is alive, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionList {
    pub items: Vec<SessionSummary>,
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
redacted!(SignInRequest, SignInWithCode, RefreshRequest, OpenSession);
