//! Who is qualified for which procedure.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    lists::Page,
    qualifications::{QualificationQuery, QualificationRow},
};
use viruj_domain::{
    ids::{PlantId, QualificationId, UserId},
    plant::PlantScope,
    qualification::Qualification,
};

use crate::{
    Database, StorageError, UnitOfWork,
    feed::rows::unreadable,
    keyset::{After, plain, searched},
};

/// By procedure, then by person.
const ORDER: &str = "procedure";

struct Row {
    id: Uuid,
    plant_id: String,
    person_id: String,
    person_name: String,
    procedure_code: String,
    procedure_title: String,
    valid_until: NaiveDate,
    granted_by_name: Option<String>,
    granted_at: DateTime<Utc>,
    withdrawn_by_name: Option<String>,
    withdrawn_at: Option<DateTime<Utc>>,
    version: i64,
}

/// Who did something to a qualification, and when.
#[derive(Clone, Copy, Debug)]
pub struct Done<'a> {
    pub by: &'a UserId,
    pub at: DateTime<Utc>,
}

/// The qualifications that a reader sees.
///
/// # Errors
/// [`StorageError::CursorInvalid`], [`StorageError::Unreadable`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &QualificationQuery,
) -> Result<Page<QualificationRow>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let (code, person) = after.pair()?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT q.id, q.plant_id, q.person_id, p.name AS person_name, q.procedure_code, q.procedure_title, q.valid_until,
               g.name AS "granted_by_name?", q.granted_at, w.name AS "withdrawn_by_name?", q.withdrawn_at, q.version
           FROM qualifications AS q JOIN users AS p ON p.id = q.person_id
               LEFT JOIN users AS g ON g.id = q.granted_by LEFT JOIN users AS w ON w.id = q.withdrawn_by
           WHERE ($1::text IS NULL OR (q.procedure_code, q.person_id, q.id) > ($1, $2::text, $3::uuid))
               AND ($4::text IS NULL OR q.person_id = $4)
               AND ($5::text IS NULL OR q.procedure_code = $5)
               AND ($6::text IS NULL OR q.plant_id = $6)
               AND ($7::date IS NULL OR q.valid_until <= $7 OR q.withdrawn_at IS NOT NULL)
               AND ($8::text IS NULL OR strpos(lower(concat_ws(' ', p.name, q.procedure_code, q.procedure_title)),
                   lower($8)) > 0)
           ORDER BY q.procedure_code, q.person_id, q.id LIMIT $9"#,
        code,
        person,
        after.uuid()?,
        plain(query.person_id.as_ref().map(UserId::as_str)),
        plain(query.procedure_code.as_deref()),
        plain(query.plant_id.as_ref().map(PlantId::as_str)),
        query.ends_by,
        searched(query.search.as_deref()),
        after.fetch_limit(),
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows {
        let place = serde_json::json!([row.procedure_code, row.person_id]).to_string();
        placed.push((place, row.id.to_string(), row.read()?));
    }
    Ok(after.page(ORDER, placed))
}

/// The qualification with this id, when the reader sees it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn find(
    database: &Database,
    scope: &PlantScope,
    id: QualificationId,
) -> Result<Option<QualificationRow>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    each(&mut connection, &[id.0]).await?.pop().transpose()
}

/// The qualification with this id, which nobody else changes until the transaction ends.
///
/// # Errors
/// As [`find`].
pub async fn lock(unit: &mut UnitOfWork, id: QualificationId) -> Result<Option<QualificationRow>, StorageError> {
    sqlx::query_scalar!("SELECT id FROM qualifications WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(unit.connection())
        .await?;
    each(unit.connection(), &[id.0]).await?.pop().transpose()
}

/// The qualification of this person for this procedure in the plant, if there ever was one.
///
/// # Errors
/// As [`find`].
pub async fn of_person(
    unit: &mut UnitOfWork,
    plant: &PlantId,
    person: &UserId,
    procedure_code: &str,
) -> Result<Option<QualificationRow>, StorageError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM qualifications WHERE plant_id = $1 AND person_id = $2 AND procedure_code = $3 FOR UPDATE",
        plant.as_str(),
        person.as_str(),
        procedure_code,
    )
    .fetch_optional(unit.connection())
    .await?;
    match id {
        Some(id) => each(unit.connection(), &[id]).await?.pop().transpose(),
        None => Ok(None),
    }
}

/// The qualifications with these ids, each as far as it can be read.
pub(crate) async fn each(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Result<QualificationRow, StorageError>>, StorageError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT q.id, q.plant_id, q.person_id,
               (SELECT u.name FROM users AS u WHERE u.id = q.person_id) AS "person_name!", q.procedure_code,
               q.procedure_title, q.valid_until,
               (SELECT u.name FROM users AS u WHERE u.id = q.granted_by) AS "granted_by_name?", q.granted_at,
               (SELECT u.name FROM users AS u WHERE u.id = q.withdrawn_by) AS "withdrawn_by_name?", q.withdrawn_at,
               q.version
           FROM qualifications AS q WHERE q.id = ANY ($1)"#,
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::read).collect())
}

/// # Errors
/// [`StorageError::Conflict`] when the person has one for the procedure already, failures of the database.
pub async fn create(
    unit: &mut UnitOfWork,
    (id, plant): (QualificationId, &PlantId),
    (new, title): (&Qualification, &str),
    done: Done<'_>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO qualifications (id, plant_id, person_id, procedure_code, procedure_title, valid_until, granted_by,
             granted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        plant.as_str(),
        new.person_id.as_str(),
        new.procedure_code,
        title,
        new.valid_until,
        done.by.as_str(),
        done.at,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Brings a qualification to what became of it: renewed, or withdrawn.
///
/// # Errors
/// Failures of the database.
pub async fn set(
    unit: &mut UnitOfWork,
    id: QualificationId,
    now: &Qualification,
    done: Done<'_>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE qualifications SET valid_until = $2,
             granted_by = CASE WHEN $3 THEN granted_by ELSE $4 END,
             granted_at = CASE WHEN $3 THEN granted_at ELSE $5 END,
             withdrawn_by = CASE WHEN $3 THEN $4 END,
             withdrawn_at = CASE WHEN $3 THEN $5::timestamptz END
         WHERE id = $1",
        id.0,
        now.valid_until,
        now.is_withdrawn,
        done.by.as_str(),
        done.at,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

impl Row {
    fn read(self) -> Result<QualificationRow, StorageError> {
        Ok(QualificationRow {
            revision: u32::try_from(self.version).map_err(|error| unreadable("qualifications", self.id, &error))?,
            id: QualificationId(self.id),
            plant_id: PlantId(self.plant_id),
            person_id: UserId(self.person_id),
            person_name: self.person_name,
            procedure_code: self.procedure_code,
            procedure_title: self.procedure_title,
            valid_until: self.valid_until,
            granted_by_name: self.granted_by_name,
            granted_at: self.granted_at,
            withdrawn_by_name: self.withdrawn_by_name,
            withdrawn_at: self.withdrawn_at,
        })
    }
}
