//! The old backend's words under `/api`, for the clients that it left behind. Frozen.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of a login and of a refresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LegacyLoginResponse)]
pub struct LoginResponse {
    pub access_token: String,
    /// `bearer`.
    pub token_type: String,
    pub user: UserResponse,
}

/// What a login asks for; other fields are ignored.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = LegacyLoginRequest)]
pub struct LoginRequest {
    #[schema(format = "email")]
    pub email: String,
    #[schema(min_length = 1, max_length = 128)]
    pub password: String,
}

/// A person with the times of their account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LegacyUserResponse)]
pub struct UserResponse {
    pub name: String,
    pub email: String,
    pub role: String,
    pub department: String,
    pub plant_id: Option<String>,
    pub id: String,
    pub is_active: bool,
    /// The first second of 1970 where nobody knows.
    pub created_at: DateTime<Utc>,
    pub updated_at: Option<DateTime<Utc>>,
}

/// A person as the list of people shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LegacyUser)]
pub struct UserEntry {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: String,
    pub department: String,
    pub plant_id: Option<String>,
    pub is_active: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LegacyMessage)]
pub struct Message {
    pub message: String,
}

/// What went wrong: a text that the client shows, or a list of fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LegacyError)]
pub struct ErrorBody {
    pub detail: Detail,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = LegacyDetail)]
pub enum Detail {
    Text(String),
    Fields(Vec<FieldError>),
}

/// One field that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LegacyFieldError)]
pub struct FieldError {
    #[serde(rename = "type")]
    pub kind: String,
    /// `body`, then the name of the field.
    pub loc: Vec<String>,
    pub msg: String,
    /// What was sent, without passwords.
    pub input: serde_json::Value,
}
