//! Accounts in the words of the old backend: one plant, and a role and a department whatever they are called.

use chrono::{DateTime, Utc};

use crate::{Database, StorageError};

/// An account as the legacy columns hold it.
#[derive(Clone, Debug)]
pub struct LegacyUser {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: String,
    pub department: String,
    pub plant_id: Option<String>,
    pub is_active: bool,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
    /// The password was chosen by somebody else.
    pub must_change_password: bool,
}

/// Everybody, by role and name.
///
/// # Errors
/// Failures of the database.
pub async fn list(database: &Database) -> Result<Vec<LegacyUser>, StorageError> {
    let users = sqlx::query_as!(
        LegacyUser,
        r#"SELECT id, name, email, role, department, plant_id, coalesce(is_active, false) AS "is_active!", created_at,
               updated_at, must_change_password
           FROM users ORDER BY role, name, id"#,
    )
    .fetch_all(&database.system_statements())
    .await?;
    Ok(users)
}

/// # Errors
/// Failures of the database.
pub async fn find(database: &Database, id: &str) -> Result<Option<LegacyUser>, StorageError> {
    let user = sqlx::query_as!(
        LegacyUser,
        r#"SELECT id, name, email, role, department, plant_id, coalesce(is_active, false) AS "is_active!", created_at,
               updated_at, must_change_password
           FROM users WHERE id = $1"#,
        id,
    )
    .fetch_optional(&database.system_statements())
    .await?;
    Ok(user)
}
