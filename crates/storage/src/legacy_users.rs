//! Accounts in the words of the old backend: one plant, and a role and a department whatever they are called.

use chrono::{DateTime, Utc};
use viruj_domain::{
    ids::PlantId,
    role::{Department, Role},
};

use crate::{Database, StorageError, UnitOfWork};

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

/// What changes of an account; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    pub name: Option<String>,
    pub email: Option<String>,
    pub role: Option<Role>,
    pub department: Option<Department>,
    /// Another plant, or none.
    pub plant: Option<Option<PlantId>>,
    pub is_active: Option<bool>,
    /// Of a password that somebody else has chosen, so its owner must change it.
    pub password_hash: Option<String>,
}

/// Locks an account, so that changes of it are made one after the other.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: &str) -> Result<Option<LegacyUser>, StorageError> {
    let user = sqlx::query_as!(
        LegacyUser,
        r#"SELECT id, name, email, role, department, plant_id, coalesce(is_active, false) AS "is_active!", created_at,
               updated_at, must_change_password
           FROM users WHERE id = $1 FOR UPDATE"#,
        id,
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(user)
}

/// Changes an account that is locked; `before` is how it stood.
///
/// # Errors
/// [`StorageError::Conflict`] when the address is or was somebody else's (21 CFR 11.100).
pub async fn update(
    unit: &mut UnitOfWork,
    before: &LegacyUser,
    change: &UserChange,
    now: DateTime<Utc>,
) -> Result<LegacyUser, StorageError> {
    if let Some(plant) = &change.plant {
        sqlx::query!("DELETE FROM user_plants WHERE user_id = $1 AND plant_id = $2", before.id, before.plant_id)
            .execute(unit.connection())
            .await?;
        if let Some(plant) = plant {
            sqlx::query!(
                "INSERT INTO user_plants (user_id, plant_id, added_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                before.id,
                plant.as_str(),
                now,
            )
            .execute(unit.connection())
            .await?;
        }
    }
    let user = sqlx::query_as!(
        LegacyUser,
        r#"UPDATE users SET name = coalesce($2, name), email = coalesce($3, email), role = coalesce($4, role),
               department = coalesce($5, department), plant_id = CASE WHEN $6 THEN $7 ELSE plant_id END,
               is_active = coalesce($8, is_active), hashed_password = coalesce($9, hashed_password),
               must_change_password = must_change_password OR $9::text IS NOT NULL,
               password_changed_at = CASE WHEN $9::text IS NULL THEN password_changed_at ELSE $10 END, updated_at = $10
           WHERE id = $1
           RETURNING id, name, email, role, department, plant_id, coalesce(is_active, false) AS "is_active!",
               created_at, updated_at, must_change_password"#,
        before.id,
        change.name,
        change.email,
        change.role.map(Role::as_str),
        change.department.map(Department::as_str),
        change.plant.is_some(),
        change.plant.as_ref().and_then(Option::as_ref).map(PlantId::as_str),
        change.is_active,
        change.password_hash,
        now,
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(user)
}
