//! Pieces of equipment and their logs.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    equipment::{EquipmentDetails, EquipmentLogEntry, EquipmentQuery, EquipmentRow},
    lists::{Page, PageQuery},
};
use viruj_domain::{
    equipment::{Cleanliness, EquipmentAct, EquipmentStanding, EquipmentState},
    ids::{BatchId, EquipmentId, OperationId, PlantId, UserId},
    plant::PlantScope,
    role::UnknownWord,
};

use crate::{
    Database, StorageError, UnitOfWork,
    feed::rows::unreadable,
    keyset::{After, plain, searched},
    lists::{self, Placed},
};

/// By code.
const ORDER: &str = "code";
/// Entries of the log that come with the equipment.
const NEWEST: u32 = 50;

struct Row {
    id: Uuid,
    plant_id: String,
    code: String,
    name: String,
    kind: String,
    state: String,
    cleanliness: String,
    clean_until: Option<DateTime<Utc>>,
    cleaned_by: Option<String>,
    cleaned_by_name: Option<String>,
    in_use_for: Option<String>,
    in_use_for_number: Option<String>,
    calibration_due: Option<NaiveDate>,
    version: i64,
}

struct LogRow {
    id: Uuid,
    act: String,
    at: DateTime<Utc>,
    person_id: String,
    person_name: String,
    batch_id: Option<String>,
    batch_number: Option<String>,
    product: Option<String>,
    note: Option<String>,
    clean_until: Option<DateTime<Utc>>,
    calibration_due: Option<NaiveDate>,
    operation_id: Option<Uuid>,
}

/// A piece of equipment that is to be entered.
#[derive(Clone, Debug)]
pub struct NewEquipment<'a> {
    pub id: EquipmentId,
    pub plant_id: &'a PlantId,
    pub code: &'a str,
    pub name: &'a str,
    pub kind: &'a str,
    pub standing: &'a EquipmentStanding,
    pub author: &'a UserId,
    pub now: DateTime<Utc>,
}

/// An entry that is to be written into a log.
#[derive(Clone, Debug)]
pub struct NewLogEntry<'a> {
    pub id: Uuid,
    pub plant_id: &'a PlantId,
    pub equipment: EquipmentId,
    pub act: EquipmentAct,
    pub at: DateTime<Utc>,
    pub person_id: &'a UserId,
    pub person_name: &'a str,
    pub batch: Option<&'a BatchId>,
    pub note: Option<&'a str>,
    pub clean_until: Option<DateTime<Utc>>,
    pub calibration_due: Option<NaiveDate>,
    pub operation: Option<OperationId>,
}

/// The equipment that a reader sees.
///
/// # Errors
/// [`StorageError::CursorInvalid`], [`StorageError::Unreadable`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &EquipmentQuery,
) -> Result<Page<EquipmentRow>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT e.id, e.plant_id, e.code, e.name, e.kind, e.state, e.cleanliness, e.clean_until, e.cleaned_by,
               u.name AS "cleaned_by_name?", e.in_use_for, b.batch_number AS "in_use_for_number?", e.calibration_due,
               e.version
           FROM equipment AS e LEFT JOIN users AS u ON u.id = e.cleaned_by
               LEFT JOIN production_batches AS b ON b.id = e.in_use_for
           WHERE ($1::text IS NULL OR (e.code, e.id) > ($1, $2::uuid))
               AND ($3::text IS NULL OR e.state = $3)
               AND ($4::text IS NULL OR e.cleanliness = $4)
               AND ($5::text IS NULL OR e.kind = $5)
               AND ($6::text IS NULL OR e.plant_id = $6)
               AND ($7::date IS NULL OR e.calibration_due <= $7)
               AND ($8::text IS NULL OR strpos(lower(concat_ws(' ', e.code, e.name, e.kind)), lower($8)) > 0)
           ORDER BY e.code, e.id LIMIT $9"#,
        after.place,
        after.uuid()?,
        query.state.map(EquipmentState::as_str),
        query.cleanliness.map(Cleanliness::as_str),
        plain(query.kind.as_deref()),
        plain(query.plant_id.as_ref().map(PlantId::as_str)),
        query.calibration_due_by,
        searched(query.search.as_deref()),
        after.fetch_limit(),
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let placed = rows.into_iter().map(|row| Ok((row.code.clone(), row.id.to_string(), row.read()?)));
    Ok(after.page(ORDER, placed.collect::<Result<_, StorageError>>()?))
}

/// The piece of equipment with the newest entries of its log, when the reader sees it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn show(
    database: &Database,
    scope: &PlantScope,
    id: EquipmentId,
) -> Result<Option<EquipmentDetails>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    let Some(row) = each(&mut connection, &[id.0]).await?.pop().transpose()? else { return Ok(None) };
    let query = PageQuery { limit: Some(NEWEST), cursor: None };
    Ok(Some(EquipmentDetails { row, log: log_on(&mut connection, id, &query).await?.items }))
}

/// As [`show`], with what the transaction has changed.
///
/// # Errors
/// As [`show`].
pub async fn show_in(unit: &mut UnitOfWork, id: EquipmentId) -> Result<Option<EquipmentDetails>, StorageError> {
    let Some(row) = each(unit.connection(), &[id.0]).await?.pop().transpose()? else { return Ok(None) };
    let query = PageQuery { limit: Some(NEWEST), cursor: None };
    Ok(Some(EquipmentDetails { row, log: log_on(unit.connection(), id, &query).await?.items }))
}

/// The log of a piece of equipment, newest first; empty for one that the reader does not see.
///
/// # Errors
/// [`StorageError::CursorInvalid`], [`StorageError::Unreadable`], failures of the database.
pub async fn log(
    database: &Database,
    scope: &PlantScope,
    id: EquipmentId,
    query: &PageQuery,
) -> Result<Page<EquipmentLogEntry>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    log_on(&mut connection, id, query).await
}

async fn log_on(
    connection: &mut PgConnection,
    id: EquipmentId,
    query: &PageQuery,
) -> Result<Page<EquipmentLogEntry>, StorageError> {
    let after = lists::After::<Uuid>::read(query)?;
    let rows = sqlx::query_as!(
        LogRow,
        r#"SELECT l.id, l.act, l.at, l.person_id, l.person_name, l.batch_id, b.batch_number AS "batch_number?",
               b.product_name AS "product?", l.note, l.clean_until, l.calibration_due, l.operation_id
           FROM equipment_log AS l LEFT JOIN production_batches AS b ON b.id = l.batch_id
           WHERE l.equipment_id = $1 AND (l.at, l.id) < ($2, $3)
           ORDER BY l.at DESC, l.id DESC LIMIT $4"#,
        id.0,
        after.time,
        after.id,
        after.fetch_limit(),
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter().map(|row| Ok(Placed { time: row.at, id: row.id.to_string(), item: row.read()? }));
    Ok(lists::page(after.limit, rows.collect::<Result<_, StorageError>>()?))
}

/// The piece of equipment with this id, which nobody else changes until the transaction ends.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: EquipmentId) -> Result<Option<EquipmentRow>, StorageError> {
    sqlx::query_scalar!("SELECT id FROM equipment WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(unit.connection())
        .await?;
    each(unit.connection(), &[id.0]).await?.pop().transpose()
}

/// The pieces of equipment with these ids, each as far as it can be read.
pub(crate) async fn each(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Result<EquipmentRow, StorageError>>, StorageError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT e.id, e.plant_id, e.code, e.name, e.kind, e.state, e.cleanliness, e.clean_until, e.cleaned_by,
               (SELECT u.name FROM users AS u WHERE u.id = e.cleaned_by) AS "cleaned_by_name?", e.in_use_for,
               (SELECT b.batch_number FROM production_batches AS b WHERE b.id = e.in_use_for) AS "in_use_for_number?",
               e.calibration_due, e.version
           FROM equipment AS e WHERE e.id = ANY ($1)"#,
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::read).collect())
}

/// # Errors
/// [`StorageError::Conflict`] when its code is taken in the plant, failures of the database.
pub async fn create(unit: &mut UnitOfWork, new: &NewEquipment<'_>) -> Result<(), StorageError> {
    let standing = new.standing;
    sqlx::query!(
        "INSERT INTO equipment (id, plant_id, code, name, kind, state, cleanliness, clean_until, cleaned_by, in_use_for,
             calibration_due, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        new.id.0,
        new.plant_id.as_str(),
        new.code,
        new.name,
        new.kind,
        standing.state.as_str(),
        standing.cleanliness.as_str(),
        standing.clean_until,
        standing.cleaned_by.as_ref().map(UserId::as_str),
        standing.in_use_for.as_ref().map(BatchId::as_str),
        standing.calibration_due,
        new.author.as_str(),
        new.now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// Failures of the database.
pub async fn change(unit: &mut UnitOfWork, id: EquipmentId, name: &str, kind: &str) -> Result<(), StorageError> {
    sqlx::query!("UPDATE equipment SET name = $2, kind = $3 WHERE id = $1", id.0, name, kind)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Brings a piece of equipment to where it stands now, and writes into its log why.
///
/// # Errors
/// Failures of the database.
pub async fn take_step(
    unit: &mut UnitOfWork,
    standing: &EquipmentStanding,
    entry: &NewLogEntry<'_>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE equipment SET state = $2, cleanliness = $3, clean_until = $4, cleaned_by = $5, in_use_for = $6,
             calibration_due = $7
         WHERE id = $1",
        entry.equipment.0,
        standing.state.as_str(),
        standing.cleanliness.as_str(),
        standing.clean_until,
        standing.cleaned_by.as_ref().map(UserId::as_str),
        standing.in_use_for.as_ref().map(BatchId::as_str),
        standing.calibration_due,
    )
    .execute(unit.connection())
    .await?;
    sqlx::query!(
        "INSERT INTO equipment_log (id, plant_id, equipment_id, act, at, person_id, person_name, batch_id, note,
             clean_until, calibration_due, operation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        entry.id,
        entry.plant_id.as_str(),
        entry.equipment.0,
        entry.act.as_str(),
        entry.at,
        entry.person_id.as_str(),
        entry.person_name,
        entry.batch.map(BatchId::as_str),
        entry.note,
        entry.clean_until,
        entry.calibration_due,
        entry.operation.map(|operation| operation.0),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// The id of the piece of equipment with this code in the plant.
///
/// # Errors
/// Failures of the database.
pub async fn with_code(
    unit: &mut UnitOfWork,
    plant: &PlantId,
    code: &str,
) -> Result<Option<EquipmentId>, StorageError> {
    let id = sqlx::query_scalar!("SELECT id FROM equipment WHERE plant_id = $1 AND code = $2", plant.as_str(), code)
        .fetch_optional(unit.connection())
        .await?;
    Ok(id.map(EquipmentId))
}

/// Whether the plant has this batch.
///
/// # Errors
/// Failures of the database.
pub async fn is_batch_of(unit: &mut UnitOfWork, plant: &PlantId, batch: &BatchId) -> Result<bool, StorageError> {
    let is_there = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM production_batches WHERE id = $1 AND plant_id = $2) AS "is_there!""#,
        plain(Some(batch.as_str())),
        plant.as_str(),
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(is_there)
}

impl Row {
    fn read(self) -> Result<EquipmentRow, StorageError> {
        let word = |error: UnknownWord| unreadable("equipment", self.id, &error);
        Ok(EquipmentRow {
            state: self.state.parse().map_err(word)?,
            cleanliness: self.cleanliness.parse().map_err(word)?,
            revision: u32::try_from(self.version).map_err(|error| unreadable("equipment", self.id, &error))?,
            id: EquipmentId(self.id),
            plant_id: PlantId(self.plant_id),
            code: self.code,
            name: self.name,
            kind: self.kind,
            clean_until: self.clean_until,
            cleaned_by: self.cleaned_by.map(UserId),
            cleaned_by_name: self.cleaned_by_name,
            in_use_for: self.in_use_for.map(BatchId),
            in_use_for_number: self.in_use_for_number,
            calibration_due: self.calibration_due,
        })
    }
}

impl LogRow {
    fn read(self) -> Result<EquipmentLogEntry, StorageError> {
        Ok(EquipmentLogEntry {
            act: self.act.parse().map_err(|error: UnknownWord| unreadable("equipment_log", self.id, &error))?,
            id: self.id,
            at: self.at,
            person_id: UserId(self.person_id),
            person_name: self.person_name,
            batch_id: self.batch_id.map(BatchId),
            batch_number: self.batch_number,
            product: self.product,
            note: self.note,
            clean_until: self.clean_until,
            calibration_due: self.calibration_due,
            operation_id: self.operation_id,
        })
    }
}
