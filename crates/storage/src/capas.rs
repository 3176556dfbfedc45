//! Corrective and preventive actions.

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    capas::{Capa, CapaContent, CapaQuery, CapaRow},
    lists::Page,
};
use viruj_domain::{
    deviation::capa::{self, CapaStatus},
    ids::{CapaId, DeviationId, PlantId, UserId},
    plant::PlantScope,
    role::UnknownWord,
};
use viruj_sync::canonical::to_canonical;

use crate::{
    Database, StorageError, UnitOfWork,
    deviations::people,
    keyset::{After, searched},
    record_signatures,
};

mod steps;

pub use steps::{close, judge, open, plan, report_done, set_status};

/// What signatures and the trail call an action.
pub const ENTITY: &str = "capas";
/// The next due first.
const ORDER: &str = "due_on";

struct Row {
    id: Uuid,
    plant_id: String,
    deviation_id: Uuid,
    deviation_code: String,
    code: String,
    title: String,
    problem: String,
    status: String,
    owner_id: String,
    owner_name: Option<String>,
    due_on: NaiveDate,
    action: Option<String>,
    done_note: Option<String>,
    done_by: Option<String>,
    done_at: Option<DateTime<Utc>>,
    effectiveness: Option<String>,
    effectiveness_note: Option<String>,
    judged_by: Option<String>,
    judged_at: Option<DateTime<Utc>>,
    rounds: i32,
    opened_by: String,
    opened_at: DateTime<Utc>,
    version: i64,
}

/// An action as the database holds it.
#[derive(Clone, Debug)]
pub struct StoredCapa {
    pub row: CapaRow,
    pub content: CapaContent,
    pub opened_by: UserId,
    pub done_by: Option<UserId>,
    pub done_at: Option<DateTime<Utc>>,
    pub judged_by: Option<UserId>,
    pub judged_at: Option<DateTime<Utc>>,
    pub rounds: u32,
}

impl StoredCapa {
    /// As the rules take it.
    #[must_use]
    pub fn told(&self) -> capa::Capa<'_> {
        capa::Capa {
            status: self.row.status,
            owner: &self.row.owner_id,
            done_by: self.done_by.as_ref(),
            effectiveness: self.row.effectiveness,
        }
    }

    /// SHA-256 of the content as canonical JSON: what a signature is bound to.
    ///
    /// # Errors
    /// [`StorageError::Unreadable`] when the content cannot be written as canonical JSON.
    pub fn content_hash(&self) -> Result<Vec<u8>, StorageError> {
        let bytes = to_canonical(&self.content).map_err(|error| unreadable(self.row.id.0, error.to_string()))?;
        Ok(Sha256::digest(bytes).to_vec())
    }
}

/// The actions that a reader sees.
///
/// # Errors
/// [`StorageError::CursorInvalid`], [`StorageError::Unreadable`], failures of the database.
pub async fn list(database: &Database, scope: &PlantScope, query: &CapaQuery) -> Result<Page<CapaRow>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let place: Option<NaiveDate> =
        after.place.as_deref().map(str::parse).transpose().map_err(|_| StorageError::CursorInvalid)?;
    let id: Option<Uuid> = after.id.as_deref().map(str::parse).transpose().map_err(|_| StorageError::CursorInvalid)?;
    let plain = |text: &str| text.replace('\0', "");
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT c.id, c.plant_id, c.deviation_id, d.code AS deviation_code, c.code, c.title, c.problem, c.status,
               c.owner_id, u.name AS "owner_name?", c.due_on, c.action, c.done_note, c.done_by, c.done_at, c.effectiveness,
               c.effectiveness_note, c.judged_by, c.judged_at, c.rounds, c.opened_by, c.opened_at, c.version
           FROM capas AS c JOIN deviations AS d ON d.id = c.deviation_id LEFT JOIN users AS u ON u.id = c.owner_id
           WHERE ($1::date IS NULL OR (c.due_on, c.id) > ($1, $2::uuid))
               AND ($3::text IS NULL OR c.status = $3)
               AND ($4::text IS NULL OR c.plant_id = $4)
               AND ($5::text IS NULL OR c.owner_id = $5)
               AND ($6::text IS NULL OR strpos(lower(c.code), lower($6)) > 0
                   OR strpos(lower(c.title), lower($6)) > 0)
           ORDER BY c.due_on, c.id LIMIT $7"#,
        place,
        id,
        query.status.map(CapaStatus::as_str),
        query.plant_id.as_ref().map(|plant| plain(plant.as_str())),
        query.owner_id.as_ref().map(|owner| plain(owner.as_str())),
        searched(query.search.as_deref()),
        after.fetch_limit(),
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows {
        placed.push((row.due_on.to_string(), row.id.to_string(), row.row()?));
    }
    Ok(after.page(ORDER, placed))
}

/// The actions that were opened from a deviation, in order of their codes.
pub(crate) async fn of_deviation(
    connection: &mut PgConnection,
    deviation: DeviationId,
) -> Result<Vec<CapaRow>, StorageError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT c.id, c.plant_id, c.deviation_id, d.code AS deviation_code, c.code, c.title, c.problem, c.status,
               c.owner_id, u.name AS "owner_name?", c.due_on, c.action, c.done_note, c.done_by, c.done_at, c.effectiveness,
               c.effectiveness_note, c.judged_by, c.judged_at, c.rounds, c.opened_by, c.opened_at, c.version
           FROM capas AS c JOIN deviations AS d ON d.id = c.deviation_id LEFT JOIN users AS u ON u.id = c.owner_id
           WHERE c.deviation_id = $1 ORDER BY c.opened_at, c.id"#,
        deviation.0,
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(Row::row).collect()
}

/// The action with this id, when the reader sees it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn find(database: &Database, scope: &PlantScope, id: CapaId) -> Result<Option<StoredCapa>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    find_on(&mut connection, id).await
}

/// The action with this id, which nobody else changes until the transaction ends.
///
/// # Errors
/// As [`find`].
pub async fn lock(unit: &mut UnitOfWork, id: CapaId) -> Result<Option<StoredCapa>, StorageError> {
    sqlx::query_scalar!("SELECT id FROM capas WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(unit.connection())
        .await?;
    find_on(unit.connection(), id).await
}

async fn find_on(connection: &mut PgConnection, id: CapaId) -> Result<Option<StoredCapa>, StorageError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT c.id, c.plant_id, c.deviation_id, d.code AS deviation_code, c.code, c.title, c.problem, c.status,
               c.owner_id, u.name AS "owner_name?", c.due_on, c.action, c.done_note, c.done_by, c.done_at, c.effectiveness,
               c.effectiveness_note, c.judged_by, c.judged_at, c.rounds, c.opened_by, c.opened_at, c.version
           FROM capas AS c JOIN deviations AS d ON d.id = c.deviation_id LEFT JOIN users AS u ON u.id = c.owner_id WHERE c.id = $1"#,
        id.0,
    )
    .fetch_optional(connection)
    .await?;
    row.map(Row::read).transpose()
}

/// An action with everything that is known of it, when the reader sees it.
///
/// # Errors
/// As [`find`].
pub async fn show(database: &Database, scope: &PlantScope, id: CapaId) -> Result<Option<Capa>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    show_on(&mut connection, id).await
}

/// As [`show`], with what the transaction has changed.
///
/// # Errors
/// As [`show`].
pub async fn show_in(unit: &mut UnitOfWork, id: CapaId) -> Result<Option<Capa>, StorageError> {
    show_on(unit.connection(), id).await
}

async fn show_on(connection: &mut PgConnection, id: CapaId) -> Result<Option<Capa>, StorageError> {
    let Some(stored) = find_on(connection, id).await? else { return Ok(None) };
    let hash = stored.content_hash()?;
    let signatures = record_signatures::of(connection, ENTITY, &id.to_string(), &hash).await?;
    let ids = [Some(&stored.opened_by), stored.done_by.as_ref(), stored.judged_by.as_ref()];
    let named = people(connection, ids.into_iter().flatten().cloned().collect()).await?;
    let name_of = |id: Option<&UserId>| named.iter().find(|person| Some(&person.id) == id).cloned();
    Ok(Some(Capa {
        content_hash: hex::encode(&hash),
        opened_by: name_of(Some(&stored.opened_by)),
        done_by: name_of(stored.done_by.as_ref()),
        done_at: stored.done_at,
        judged_by: name_of(stored.judged_by.as_ref()),
        judged_at: stored.judged_at,
        rounds: stored.rounds,
        signatures,
        row: stored.row,
        content: stored.content,
    }))
}

impl Row {
    fn row(&self) -> Result<CapaRow, StorageError> {
        let word = |error: UnknownWord| unreadable(self.id, error.to_string());
        Ok(CapaRow {
            id: CapaId(self.id),
            plant_id: PlantId(self.plant_id.clone()),
            code: self.code.clone(),
            deviation_id: DeviationId(self.deviation_id),
            deviation_code: self.deviation_code.clone(),
            title: self.title.clone(),
            status: self.status.parse().map_err(word)?,
            owner_id: UserId(self.owner_id.clone()),
            owner_name: self.owner_name.clone().unwrap_or_else(|| self.owner_id.clone()),
            due_on: self.due_on,
            effectiveness: self.effectiveness.as_deref().map(str::parse).transpose().map_err(word)?,
            opened_at: self.opened_at,
            version: u32::try_from(self.version).map_err(|error| unreadable(self.id, error.to_string()))?,
        })
    }

    fn read(self) -> Result<StoredCapa, StorageError> {
        let row = self.row()?;
        Ok(StoredCapa {
            content: CapaContent {
                code: self.code,
                deviation_code: self.deviation_code,
                title: self.title,
                problem: self.problem,
                owner_id: row.owner_id.clone(),
                due_on: self.due_on,
                action: self.action,
                done_note: self.done_note,
                effectiveness: row.effectiveness,
                effectiveness_note: self.effectiveness_note,
            },
            opened_by: UserId(self.opened_by),
            done_by: self.done_by.map(UserId),
            done_at: self.done_at,
            judged_by: self.judged_by.map(UserId),
            judged_at: self.judged_at,
            rounds: u32::try_from(self.rounds).map_err(|error| unreadable(row.id.0, error.to_string()))?,
            row,
        })
    }
}

fn unreadable(id: Uuid, cause: String) -> StorageError {
    StorageError::Unreadable { table: ENTITY, id: id.to_string(), cause }
}
