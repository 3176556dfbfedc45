//! Deliveries at the gate, in the words of the old backend.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use uuid::Uuid;
use viruj_api::legacy::receiving::SecurityLog;
use viruj_domain::{
    ids::{PlantId, UserId},
    plant::{PlantScope, time_zone},
    receiving::GateEntryStatus,
    role::Role,
};

use crate::{Database, StorageError, UnitOfWork};

/// The old backend gave them all at once; nobody scrolls further.
const MOST: i64 = 1000;

/// What was written down at the gate.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub material_name: String,
    pub material_category: Option<String>,
    pub po_number: Option<String>,
    pub vehicle_name: Option<String>,
    pub vehicle_number: String,
    pub driver_name: Option<String>,
    pub driver_contact: Option<String>,
    pub supplier_name: Option<String>,
    pub document_number: Option<String>,
    pub quantity: Option<Decimal>,
    pub uom: Option<String>,
    pub remarks: Option<String>,
    pub seal_intact: Option<bool>,
}

/// A gate entry that is made.
#[derive(Clone, Debug)]
pub struct NewGateEntry<'a> {
    pub id: Uuid,
    /// Where its number comes from; the counter is locked until the transaction ends.
    pub counter: &'a str,
    /// What its code begins with; the number follows in three digits, in more after 999.
    pub month: &'a str,
    pub plant_id: &'a PlantId,
    pub delivery: &'a Delivery,
    pub created_by: &'a UserId,
    pub created_by_name: &'a str,
    pub created_at: DateTime<Utc>,
}

/// Who is told of a new gate entry, and in which words.
#[derive(Clone, Debug)]
pub struct Telling<'a> {
    pub people: &'a [String],
    pub title: &'a str,
    /// The entry's code and a full stop follow.
    pub beginning: &'a str,
}

/// What a delivery is written down with.
#[derive(Clone, Debug)]
pub struct Gate {
    /// UTC for a plant whose zone is not known.
    pub time_zone: Tz,
    /// The active people of the role who see the plant.
    pub people: Vec<String>,
}

/// A gate entry as a receipt needs it, locked until the transaction ends.
#[derive(Clone, Debug)]
pub struct LockedGateEntry {
    pub id: Uuid,
    pub entry_code: String,
    pub material_name: String,
    pub status: Option<String>,
    pub plant_id: Option<PlantId>,
}

struct Row {
    id: Uuid,
    entry_code: String,
    material_name: String,
    material_category: Option<String>,
    po_number: Option<String>,
    vehicle_name: Option<String>,
    vehicle_number: String,
    driver_name: Option<String>,
    driver_contact: Option<String>,
    supplier_name: Option<String>,
    document_number: Option<String>,
    quantity: Option<Decimal>,
    uom: Option<String>,
    remarks: Option<String>,
    seal_intact: Option<bool>,
    status: Option<String>,
    plant_id: Option<String>,
    created_by: Option<String>,
    created_by_name: Option<String>,
    created_at: Option<DateTime<Utc>>,
}

impl From<Row> for SecurityLog {
    fn from(row: Row) -> Self {
        Self {
            material_name: row.material_name,
            material_category: row.material_category,
            po_number: row.po_number,
            vehicle_name: row.vehicle_name,
            vehicle_number: row.vehicle_number,
            driver_name: row.driver_name,
            driver_contact: row.driver_contact,
            supplier_name: row.supplier_name,
            document_number: row.document_number,
            quantity: row.quantity.map(Into::into),
            uom: row.uom,
            remarks: row.remarks,
            seal_intact: row.seal_intact,
            plant_id: row.plant_id,
            id: row.id,
            entry_code: row.entry_code,
            status: row.status.unwrap_or_else(|| GateEntryStatus::AwaitingGrn.as_str().to_owned()),
            created_by: row.created_by,
            created_by_name: row.created_by_name,
            created_at: row.created_at.unwrap_or_default(),
        }
    }
}

/// The newest gate entries of these plants, with this status or with any.
///
/// # Errors
/// Failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    status: Option<&str>,
) -> Result<Vec<SecurityLog>, StorageError> {
    let statements = database.statements(scope);
    // Two statements, because one for both would be planned for neither.
    let rows = match status {
        Some(status) => {
            sqlx::query_as!(
                Row,
                "SELECT id, entry_code, material_name, material_category, po_number, vehicle_name, vehicle_number, driver_name,
             driver_contact, supplier_name, document_number, quantity, uom, remarks, seal_intact, status, plant_id,
             created_by, created_by_name, created_at
                 FROM gate_entries WHERE status = $1
                 ORDER BY CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END DESC, id DESC LIMIT $2",
                status,
                MOST,
            )
            .fetch_all(&statements)
            .await?
        }
        None => {
            sqlx::query_as!(
                Row,
                "SELECT id, entry_code, material_name, material_category, po_number, vehicle_name, vehicle_number, driver_name,
             driver_contact, supplier_name, document_number, quantity, uom, remarks, seal_intact, status, plant_id,
             created_by, created_by_name, created_at
                 FROM gate_entries ORDER BY CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END DESC, id DESC LIMIT $1",
                MOST,
            )
            .fetch_all(&statements)
            .await?
        }
    };
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The plant's zone and the people of a role, for a plant that the author of the change sees.
///
/// # Errors
/// Failures of the database.
pub async fn gate(unit: &mut UnitOfWork, plant: &PlantId, told: Role) -> Result<Option<Gate>, StorageError> {
    let row = sqlx::query!(
        r#"SELECT p.time_zone, ARRAY(
               SELECT u.id FROM users AS u
               WHERE u.role = $2 AND u.is_active AND (u.plant_id = p.id OR u.id = p.manager_id
                   OR EXISTS (SELECT FROM user_plants AS s WHERE s.user_id = u.id AND s.plant_id = p.id))
               ORDER BY u.id) AS "people!"
           FROM plants AS p WHERE p.id = $1"#,
        plant.as_str(),
        told.as_str(),
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(row.map(|row| Gate { time_zone: time_zone(&row.time_zone).unwrap_or(Tz::UTC), people: row.people }))
}

/// Draws the number, writes the entry, tells the people and commits: the counter, which all plants share, is locked for
/// one statement and the commit, by one transaction of this process at a time.
///
/// # Errors
/// Failures of the database.
pub async fn create(
    database: &Database,
    mut unit: UnitOfWork,
    entry: &NewGateEntry<'_>,
    telling: &Telling<'_>,
) -> Result<SecurityLog, StorageError> {
    let _turn = database.gate().lock().await;
    let created = write(&mut unit, entry, telling).await?;
    unit.commit().await?;
    Ok(created)
}

async fn write(
    unit: &mut UnitOfWork,
    entry: &NewGateEntry<'_>,
    telling: &Telling<'_>,
) -> Result<SecurityLog, StorageError> {
    let delivery = entry.delivery;
    let messages: Vec<String> = telling.people.iter().map(|_| Uuid::now_v7().to_string()).collect();
    let row = sqlx::query_as!(
        Row,
        r#"WITH drawn AS (
               INSERT INTO counters (name, value) VALUES ($1, 1)
               ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value
           ), entry AS (
               INSERT INTO gate_entries (id, entry_code, material_name, material_category, po_number, vehicle_name,
                   vehicle_number, driver_name, driver_contact, supplier_name, document_number, quantity, uom, remarks,
                   seal_intact, status, plant_id, created_by, created_by_name, created_at)
               SELECT $2, $3 || lpad(value::text, greatest(3, length(value::text)), '0'), $4, $5, $6, $7, $8, $9, $10,
                   $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21
               FROM drawn
               RETURNING *
           ), told AS (
               INSERT INTO notifications (id, user_id, plant_id, title, message, type, is_read, created_at)
               SELECT m.id, m.user_id, $18, $24, $25 || entry.entry_code || '.', 'action', false, $21
               FROM entry, unnest($22::text[], $23::text[]) AS m (id, user_id)
           )
           SELECT id AS "id!", entry_code AS "entry_code!", material_name AS "material_name!", material_category,
               po_number, vehicle_name, vehicle_number AS "vehicle_number!", driver_name, driver_contact, supplier_name,
               document_number, quantity, uom, remarks, seal_intact, status, plant_id, created_by, created_by_name,
               created_at
           FROM entry"#,
        entry.counter,
        entry.id,
        entry.month,
        delivery.material_name,
        delivery.material_category,
        delivery.po_number,
        delivery.vehicle_name,
        delivery.vehicle_number,
        delivery.driver_name,
        delivery.driver_contact,
        delivery.supplier_name,
        delivery.document_number,
        delivery.quantity,
        delivery.uom,
        delivery.remarks,
        delivery.seal_intact,
        GateEntryStatus::AwaitingGrn.as_str(),
        entry.plant_id.as_str(),
        entry.created_by.as_str(),
        entry.created_by_name,
        entry.created_at,
        &messages,
        telling.people,
        telling.title,
        telling.beginning,
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(row.into())
}

/// Locks a gate entry, so that receipts for it are made one after the other.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: Uuid) -> Result<Option<LockedGateEntry>, StorageError> {
    let row = sqlx::query!(
        "SELECT id, entry_code, material_name, status, plant_id FROM gate_entries WHERE id = $1 FOR UPDATE",
        id,
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(row.map(|row| LockedGateEntry {
        id: row.id,
        entry_code: row.entry_code,
        material_name: row.material_name,
        status: row.status,
        plant_id: row.plant_id.map(PlantId),
    }))
}

/// # Errors
/// Failures of the database.
pub async fn set_status(unit: &mut UnitOfWork, id: Uuid, status: GateEntryStatus) -> Result<(), StorageError> {
    sqlx::query!("UPDATE gate_entries SET status = $2 WHERE id = $1", id, status.as_str())
        .execute(unit.connection())
        .await?;
    Ok(())
}
