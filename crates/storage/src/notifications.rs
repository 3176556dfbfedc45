//! What the system tells people. A message is its reader's, whatever plants the reader sees.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_api::{
    lists::Page,
    notifications::{Notification, NotificationQuery},
};
use viruj_domain::{
    ids::{PlantId, UserId},
    plant::PlantScope,
    role::Role,
};

use crate::{Database, StorageError, UnitOfWork, keyset::After};

/// Notifications come newest first.
const ORDER: &str = "-created_at";

struct Row {
    id: String,
    title: String,
    message: String,
    kind: String,
    is_read: bool,
    created_at: Option<DateTime<Utc>>,
    read_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> Notification {
        Notification {
            id: self.id,
            title: self.title,
            message: self.message,
            kind: self.kind,
            is_read: self.is_read,
            created_at: self.created_at,
            read_at: self.read_at,
        }
    }
}

/// The person's notifications.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn list(
    database: &Database,
    person: &UserId,
    query: &NotificationQuery,
) -> Result<Page<Notification>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    // The first page begins after the end of time: one condition for every page is found by the index.
    let time = match &after.place {
        Some(micros) => {
            micros.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(StorageError::CursorInvalid)?
        }
        None => DateTime::<Utc>::MAX_UTC,
    };
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, title, message, coalesce(type, 'info') AS "kind!", coalesce(is_read, false) AS "is_read!",
               created_at, read_at
           FROM notifications
           WHERE user_id = $1
               AND (CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END, id) < ($2, $3)
               AND ($4::boolean IS NULL OR coalesce(is_read, false) = $4)
           ORDER BY CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END DESC, id DESC LIMIT $5"#,
        person.as_str(),
        time,
        after.id.as_deref().unwrap_or_default(),
        query.is_read,
        after.fetch_limit(),
    )
    .fetch_all(&database.reader(&PlantScope::All))
    .await?;
    let place = |row: &Row| row.created_at.unwrap_or(DateTime::UNIX_EPOCH).timestamp_micros().to_string();
    Ok(after.page(ORDER, rows.into_iter().map(|row| (place(&row), row.id.clone(), row.read())).collect()))
}

/// Notes that the person has read the message; the first time counts. A message of somebody else is not there.
///
/// # Errors
/// Failures of the database.
pub async fn mark_read(
    unit: &mut UnitOfWork,
    person: &UserId,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Option<Notification>, StorageError> {
    if id.contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query_as!(
        Row,
        r#"UPDATE notifications SET is_read = true, read_at = coalesce(read_at, $3) WHERE id = $1 AND user_id = $2
           RETURNING id, title, message, coalesce(type, 'info') AS "kind!", coalesce(is_read, false) AS "is_read!",
               created_at, read_at"#,
        id,
        person.as_str(),
        now,
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(row.map(Row::read))
}

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
