//! Lots of materials.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    lists::Page,
    lots::{LotDetails, LotQuery, LotRow},
};
use viruj_domain::{
    ids::{LotId, PlantId, UserId},
    lot::LotStatus,
    plant::PlantScope,
    role::UnknownWord,
    unit::Unit,
};

use crate::{
    Database, StorageError, UnitOfWork,
    feed::rows::unreadable,
    keyset::{After, plain, searched},
};

/// By material, then by number.
const ORDER: &str = "material";

struct Row {
    id: Uuid,
    plant_id: String,
    number: String,
    material_code: String,
    material: String,
    supplier: Option<String>,
    supplier_lot: Option<String>,
    quantity: Decimal,
    unit: String,
    status: String,
    manufactured_on: Option<NaiveDate>,
    expires_on: Option<NaiveDate>,
    retest_on: Option<NaiveDate>,
    potency_percent: Option<Decimal>,
    created_by: Option<String>,
    created_by_name: Option<String>,
    created_at: DateTime<Utc>,
    version: i64,
}

/// A lot that is to be entered.
#[derive(Clone, Debug)]
pub struct NewLot<'a> {
    pub id: LotId,
    pub plant_id: &'a PlantId,
    pub number: &'a str,
    pub material_code: &'a str,
    pub material: &'a str,
    pub details: &'a LotDetails,
    pub status: LotStatus,
    pub author: &'a UserId,
    pub now: DateTime<Utc>,
}

/// The lots that a reader sees.
///
/// # Errors
/// [`StorageError::CursorInvalid`], [`StorageError::Unreadable`], failures of the database.
pub async fn list(database: &Database, scope: &PlantScope, query: &LotQuery) -> Result<Page<LotRow>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let (code, number) = after.pair()?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT l.id, l.plant_id, l.number, l.material_code, l.material, l.supplier, l.supplier_lot, l.quantity, l.unit,
               l.status, l.manufactured_on, l.expires_on, l.retest_on, l.potency_percent, l.created_by,
               u.name AS "created_by_name?", l.created_at, l.version
           FROM lots AS l LEFT JOIN users AS u ON u.id = l.created_by
           WHERE ($1::text IS NULL OR (l.material_code, l.number, l.id) > ($1, $2::text, $3::uuid))
               AND ($4::text IS NULL OR l.status = $4)
               AND ($5::text IS NULL OR l.material_code = $5)
               AND ($6::text IS NULL OR l.plant_id = $6)
               AND ($7::date IS NULL OR least(l.expires_on, l.retest_on) <= $7)
               AND ($8::text IS NULL OR strpos(lower(concat_ws(' ', l.number, l.supplier_lot, l.material, l.material_code)),
                   lower($8)) > 0)
           ORDER BY l.material_code, l.number, l.id LIMIT $9"#,
        code,
        number,
        after.uuid()?,
        query.status.map(LotStatus::as_str),
        plain(query.material_code.as_deref()),
        plain(query.plant_id.as_ref().map(PlantId::as_str)),
        query.ends_by,
        searched(query.search.as_deref()),
        after.fetch_limit(),
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows {
        let place = serde_json::json!([row.material_code, row.number]).to_string();
        placed.push((place, row.id.to_string(), row.read()?));
    }
    Ok(after.page(ORDER, placed))
}

/// The lot with this id, when the reader sees it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn find(database: &Database, scope: &PlantScope, id: LotId) -> Result<Option<LotRow>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    each(&mut connection, &[id.0]).await?.pop().transpose()
}

/// The lot with this id, which nobody else changes until the transaction ends.
///
/// # Errors
/// As [`find`].
pub async fn lock(unit: &mut UnitOfWork, id: LotId) -> Result<Option<LotRow>, StorageError> {
    sqlx::query_scalar!("SELECT id FROM lots WHERE id = $1 FOR UPDATE", id.0).fetch_optional(unit.connection()).await?;
    each(unit.connection(), &[id.0]).await?.pop().transpose()
}

/// The lots with these ids, each as far as it can be read.
pub(crate) async fn each(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Result<LotRow, StorageError>>, StorageError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT l.id, l.plant_id, l.number, l.material_code, l.material, l.supplier, l.supplier_lot, l.quantity, l.unit,
               l.status, l.manufactured_on, l.expires_on, l.retest_on, l.potency_percent, l.created_by,
               (SELECT u.name FROM users AS u WHERE u.id = l.created_by) AS "created_by_name?", l.created_at, l.version
           FROM lots AS l WHERE l.id = ANY ($1)"#,
        ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::read).collect())
}

/// # Errors
/// [`StorageError::Conflict`] when its number is taken in the plant, failures of the database.
pub async fn create(unit: &mut UnitOfWork, new: &NewLot<'_>) -> Result<(), StorageError> {
    let details = new.details;
    sqlx::query!(
        "INSERT INTO lots (id, plant_id, number, material_code, material, supplier, supplier_lot, quantity, unit, status,
             manufactured_on, expires_on, retest_on, potency_percent, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        new.id.0,
        new.plant_id.as_str(),
        new.number,
        new.material_code,
        new.material,
        details.supplier,
        details.supplier_lot,
        details.quantity.value(),
        details.unit.symbol(),
        new.status.as_str(),
        details.manufactured_on,
        details.expires_on,
        details.retest_on,
        details.potency_percent.map(|potency| potency.value()),
        new.author.as_str(),
        new.now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Puts what is told of a lot in the place of what was.
///
/// # Errors
/// Failures of the database.
pub async fn change(unit: &mut UnitOfWork, id: LotId, details: &LotDetails) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE lots SET supplier = $2, supplier_lot = $3, quantity = $4, unit = $5, manufactured_on = $6,
             expires_on = $7, retest_on = $8, potency_percent = $9
         WHERE id = $1",
        id.0,
        details.supplier,
        details.supplier_lot,
        details.quantity.value(),
        details.unit.symbol(),
        details.manufactured_on,
        details.expires_on,
        details.retest_on,
        details.potency_percent.map(|potency| potency.value()),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// # Errors
/// Failures of the database, which refuses what does not follow from where the lot stands.
pub async fn set_status(unit: &mut UnitOfWork, id: LotId, status: LotStatus) -> Result<(), StorageError> {
    sqlx::query!("UPDATE lots SET status = $2 WHERE id = $1", id.0, status.as_str()).execute(unit.connection()).await?;
    Ok(())
}

impl Row {
    fn read(self) -> Result<LotRow, StorageError> {
        let cannot = |error: &dyn std::error::Error| unreadable("lots", self.id, error);
        let unit = Unit::ALL.iter().copied().find(|unit| unit.symbol() == self.unit);
        Ok(LotRow {
            status: self.status.parse().map_err(|error: UnknownWord| cannot(&error))?,
            unit: unit.ok_or_else(|| cannot(&UnknownWord { kind: "Unit", word: self.unit.clone() }))?,
            revision: u32::try_from(self.version).map_err(|error| cannot(&error))?,
            id: LotId(self.id),
            plant_id: PlantId(self.plant_id),
            number: self.number,
            material_code: self.material_code,
            material: self.material,
            supplier: self.supplier,
            supplier_lot: self.supplier_lot,
            quantity: self.quantity.into(),
            manufactured_on: self.manufactured_on,
            expires_on: self.expires_on,
            retest_on: self.retest_on,
            potency_percent: self.potency_percent.map(Into::into),
            created_by: self.created_by.map(UserId),
            created_by_name: self.created_by_name,
            created_at: self.created_at,
        })
    }
}
