//! Accounts as an administrator sees and changes them; no secret and no hash is in any of these.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    ids::{PlantId, SessionId, UserId},
    role::{Department, Role, RoleName},
};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// One of the roles, or a word that the old system left behind.
    #[schema(value_type = String)]
    pub role: RoleName,
    /// One of the departments, or a word that the old system left behind.
    pub department: String,
    /// The plants that the person sees; none for those who see all.
    pub plant_ids: Vec<PlantId>,
    pub sees_all_plants: bool,
    pub is_active: bool,
    /// The next sign-in ends in choosing a password.
    pub must_change_password: bool,
    /// Signing in asks for a code of a device, too.
    pub has_second_factor: bool,
    /// Too many attempts have failed; nobody signs in to the account before this time.
    pub locked_until: Option<DateTime<Utc>>,
    pub created_at: Option<DateTime<Utc>>,
    pub password_changed_at: Option<DateTime<Utc>>,
    pub last_signed_in_at: Option<DateTime<Utc>>,
}

/// Which accounts, in which order, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// `name` when left out; a minus in front turns the order round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub sort: Option<UserSort>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub role: Option<Role>,
    /// People for whom this plant is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>)]
    pub plant_id: Option<PlantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub state: Option<UserState>,
    /// A part of the name, the address or the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// What accounts are sorted by; nothing else is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub enum UserSort {
    #[default]
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameDescending,
    #[serde(rename = "email")]
    Email,
    #[serde(rename = "-email")]
    EmailDescending,
    #[serde(rename = "role")]
    Role,
    #[serde(rename = "-role")]
    RoleDescending,
    #[serde(rename = "department")]
    Department,
    #[serde(rename = "-department")]
    DepartmentDescending,
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    Active,
    Inactive,
    Locked,
}

/// A new account; the server makes its first password, which works once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// A personnel number, for example; the server makes one when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub id: Option<UserId>,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub department: Department,
    /// None only for roles that see every plant.
    pub plant_ids: Vec<PlantId>,
}

/// An account that was made, with its first password, which is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedUser {
    pub user: User,
    pub one_time_secret: String,
}

/// The account as it is to be; its address and its id never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUser {
    pub name: String,
    pub role: Role,
    pub department: Department,
    pub plant_ids: Vec<PlantId>,
    #[serde(default)]
    #[schema(required = true)]
    pub reason: String,
}

/// Why something is changed (PIC/S PI 041).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeReason {
    #[serde(default)]
    #[schema(required = true)]
    pub reason: String,
}

/// A password that works once and asks for another one; shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OneTimeSecret {
    pub one_time_secret: String,
}

/// A sign-in session that is alive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserSession {
    pub id: SessionId,
    pub created_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub client_address: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserSessions {
    pub items: Vec<UserSession>,
}

/// How many sessions a request has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndedSessions {
    pub ended: u32,
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
redacted!(CreatedUser, OneTimeSecret);
