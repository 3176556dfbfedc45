//! The old backend's words under `/api`, for the clients that it left behind. Frozen.

mod number;
pub mod plants;
pub mod receiving;
pub mod testing;
mod time;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::{number::Number, time::SpacedTime};

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

/// What an administrator makes an account of; other fields are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyUserCreate)]
pub struct UserCreate {
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    #[schema(format = "email")]
    pub email: String,
    /// One of the 17 roles.
    pub role: String,
    /// One of the 9 departments.
    pub department: String,
    pub plant_id: Option<String>,
    /// Works until its owner has changed it.
    #[schema(min_length = 8, max_length = 128)]
    pub password: String,
}

/// What an administrator changes of an account; what is left out stays, other fields are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyUserUpdate)]
pub struct UserUpdate {
    #[schema(min_length = 1, max_length = 255)]
    pub name: Option<String>,
    #[schema(format = "email")]
    pub email: Option<String>,
    /// One of the 17 roles.
    pub role: Option<String>,
    /// One of the 9 departments.
    pub department: Option<String>,
    /// `null` takes the plant away.
    pub plant_id: Option<String>,
    pub is_active: Option<bool>,
    /// Works until its owner has changed it.
    #[schema(min_length = 8, max_length = 128)]
    pub password: Option<String>,
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
    /// `body` or `query`, then the names of fields and the places in lists that lead there.
    pub loc: Vec<Place>,
    pub msg: String,
    /// What was sent, without passwords.
    pub input: serde_json::Value,
}

/// One part of the way to a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = LegacyPlace)]
pub enum Place {
    Name(String),
    Index(usize),
}

#[cfg(test)]
mod tests;
