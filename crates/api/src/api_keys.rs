//! API keys: what machines and reports read with. No secret and no hash is in any of these but the answer to a creation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    api_key::ApiKeyState,
    capability::Capability,
    ids::{ApiKeyId, PlantId, UserId},
};

/// A key. What it may do never changes: another one is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Stands in the key's text too.
    pub id: ApiKeyId,
    pub name: String,
    /// The plants whose rows it reads.
    pub plant_ids: Vec<PlantId>,
    /// The capabilities that it has.
    pub scopes: Vec<Capability>,
    pub state: ApiKeyState,
    pub created_at: DateTime<Utc>,
    pub created_by: UserId,
    pub created_by_name: String,
    pub expires_at: DateTime<Utc>,
    /// To the hour; absent when it was never used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<ApiKeyRevocation>,
}

/// How a key ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyRevocation {
    pub at: DateTime<Utc>,
    pub cause: ApiKeyRevocationCause,
    /// A person's id, or `system:` and what of the program.
    pub by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_name: Option<String>,
}

/// What ended a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyRevocationCause {
    ByAPerson,
    /// Whoever made it, and has seen it, was deactivated.
    MakerDeactivated,
}

/// Which keys, and which page of them; the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub state: Option<ApiKeyState>,
}

/// A new key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// What it is for, for example the report that reads with it.
    pub name: String,
    /// At least one.
    pub plant_ids: Vec<PlantId>,
    /// At least one, of those that whoever makes the key has and that a machine can have.
    pub scopes: Vec<Capability>,
    /// 1 to 365; 90 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u16>,
}

/// A key that was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedApiKey {
    pub api_key: ApiKey,
    /// The key's text, which is kept nowhere: absent in an answer that is given again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl std::fmt::Debug for CreatedApiKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CreatedApiKey").field("api_key", &self.api_key).finish_non_exhaustive()
    }
}

impl ApiKeyRevocationCause {
    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByAPerson => "by_a_person",
            Self::MakerDeactivated => "maker_deactivated",
        }
    }
}
