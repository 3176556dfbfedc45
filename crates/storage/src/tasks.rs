//! Tasks that the program hands to people.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_domain::{
    ids::{PlantId, UserId},
    task::{TaskPriority, TaskStatus},
};

use crate::{StorageError, UnitOfWork};

/// A task about one row, for several people; whoever does it does it for all.
#[derive(Clone, Debug)]
pub struct NewTask<'a> {
    pub plant_id: &'a PlantId,
    pub title: &'a str,
    pub description: &'a str,
    pub priority: TaskPriority,
    pub entity: &'a str,
    pub entity_id: &'a str,
    pub created_by: &'a UserId,
    pub created_at: DateTime<Utc>,
}

/// Opens the task for each of the people.
///
/// # Errors
/// Failures of the database.
pub async fn open(unit: &mut UnitOfWork, task: &NewTask<'_>, people: &[String]) -> Result<(), StorageError> {
    let ids: Vec<Uuid> = people.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "INSERT INTO tasks (id, plant_id, title, description, assigned_to, status, priority, entity, entity_id,
             created_by, created_at)
         SELECT id, $3, $4, $5, assigned_to, $6, $7, $8, $9, $10, $11
         FROM unnest($1::uuid[], $2::text[]) AS given (id, assigned_to)",
        &ids,
        people,
        task.plant_id.as_str(),
        task.title,
        task.description,
        TaskStatus::Pending.as_str(),
        task.priority.as_str(),
        task.entity,
        task.entity_id,
        task.created_by.as_str(),
        task.created_at,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Completes every open task about the row.
///
/// # Errors
/// Failures of the database.
pub async fn complete(
    unit: &mut UnitOfWork,
    entity: &str,
    entity_id: &str,
    by: &UserId,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE tasks SET status = $3, completed_by = $4, completed_at = $5
         WHERE entity = $1 AND entity_id = $2 AND status <> $3",
        entity,
        entity_id,
        TaskStatus::Completed.as_str(),
        by.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}
