//! Messages to the people of a plant.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_domain::{ids::PlantId, role::Role};

use crate::{StorageError, UnitOfWork};

/// What somebody is told; it asks for something to be done.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    pub title: &'a str,
    pub text: &'a str,
}

/// The active people of a role who see the plant.
///
/// # Errors
/// Failures of the database.
pub async fn people_of(unit: &mut UnitOfWork, plant: &PlantId, role: Role) -> Result<Vec<String>, StorageError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM users
         WHERE role = $1 AND is_active AND (plant_id = $2
             OR EXISTS (SELECT FROM user_plants AS p WHERE p.user_id = users.id AND p.plant_id = $2)
             OR EXISTS (SELECT FROM plants AS m WHERE m.id = $2 AND m.manager_id = users.id))
         ORDER BY id",
        role.as_str(),
        plant.as_str(),
    )
    .fetch_all(unit.connection())
    .await?;
    Ok(ids)
}

/// Tells everybody of a role in the plant.
///
/// # Errors
/// Failures of the database.
pub async fn tell(
    unit: &mut UnitOfWork,
    plant: &PlantId,
    role: Role,
    message: &Message<'_>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let people = people_of(unit, plant, role).await?;
    let ids: Vec<String> = people.iter().map(|_| Uuid::now_v7().to_string()).collect();
    sqlx::query!(
        "INSERT INTO notifications (id, user_id, plant_id, title, message, type, is_read, created_at)
         SELECT id, user_id, $3, $4, $5, 'action', false, $6 FROM unnest($1::text[], $2::text[]) AS told (id, user_id)",
        &ids,
        &people,
        plant.as_str(),
        message.title,
        message.text,
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
