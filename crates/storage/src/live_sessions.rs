//! A session with its person, their account and their plants, in one statement: what every request is judged by.

use chrono::{DateTime, Utc};
use viruj_api::people::Person;
use viruj_domain::{ids::SessionId, plant::PlantScope};

use crate::{Database, StorageError, legacy_users::LegacyUser, people, people::PersonRow};

/// A session that is alive, of a person who is active.
#[derive(Clone, Debug)]
pub struct LiveAccount {
    pub person: Person,
    /// The account in the words of the old backend.
    pub account: LegacyUser,
    pub expires_at: DateTime<Utc>,
}

impl LiveAccount {
    /// The plants whose rows the person sees.
    #[must_use]
    pub fn scope(&self) -> PlantScope {
        people::scope_of(&self.person)
    }
}

/// The session, when neither it nor its person has ended.
///
/// # Errors
/// Failures of the database.
pub async fn find(database: &Database, id: SessionId, now: DateTime<Utc>) -> Result<Option<LiveAccount>, StorageError> {
    let row = sqlx::query!(
        r#"SELECT s.expires_at, u.id, u.name, u.email, u.role, u.department, u.plant_id, u.created_at, u.updated_at,
               u.must_change_password,
               ARRAY(SELECT p.plant_id FROM user_plants AS p WHERE p.user_id = u.id
                     UNION SELECT u.plant_id WHERE u.plant_id IS NOT NULL
                     UNION SELECT m.id FROM plants AS m WHERE m.manager_id = u.id
                     ORDER BY 1) AS "plant_ids!: Vec<String>"
           FROM sessions AS s JOIN users AS u ON u.id = s.user_id
           WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND u.is_active"#,
        id.0,
        now,
    )
    .fetch_optional(&database.statements(&PlantScope::All))
    .await?;
    let Some(row) = row else { return Ok(None) };
    let account = LegacyUser {
        id: row.id,
        name: row.name,
        email: row.email,
        role: row.role,
        department: row.department,
        plant_id: row.plant_id,
        is_active: true,
        created_at: row.created_at,
        updated_at: row.updated_at,
        must_change_password: row.must_change_password,
    };
    let person = PersonRow {
        id: account.id.clone(),
        name: account.name.clone(),
        email: account.email.clone(),
        role: account.role.clone(),
        department: account.department.clone(),
        is_active: true,
        plant_ids: row.plant_ids,
    };
    Ok(Some(LiveAccount { person: person.read()?, account, expires_at: row.expires_at }))
}
