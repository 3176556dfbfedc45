//! Goods receipt notes, in the words of the old backend.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;
use viruj_api::legacy::{
    Number,
    receiving::{Grn, GrnItem, PendingGrn},
};
use viruj_domain::{
    ids::{PlantId, UserId},
    plant::PlantScope,
    receiving::{Amounts, GoodsReceiptStatus, LinePrice},
};

use crate::{Database, StorageError, UnitOfWork, gate_entries::LockedGateEntry};

/// The old backend gave them all at once; nobody scrolls further.
const MOST: i64 = 1000;

/// One line of a note with its amounts.
#[derive(Clone, Debug)]
pub struct Line {
    pub description: String,
    pub stock_code: Option<String>,
    pub status: String,
    pub price: LinePrice,
    pub amounts: Amounts,
    pub nominal: Option<String>,
    pub account: Option<String>,
}

/// What the warehouse wrote on the note.
#[derive(Clone, Debug)]
pub struct Note {
    pub po_number: String,
    pub delivery_challan: Option<String>,
    pub quantity_received: Decimal,
    pub remarks: Option<String>,
    pub supplier_name: Option<String>,
    pub supplier_address: Option<String>,
    pub supplier_location: Option<String>,
    pub supplier_contact: Option<String>,
    pub document_status: Option<String>,
    pub document_date: NaiveDate,
    pub delivery_date: NaiveDate,
    pub period: Option<String>,
    pub reference: Option<String>,
    pub comment: Option<String>,
    pub lines: Vec<Line>,
    pub total: Amounts,
}

/// A note that is made.
#[derive(Clone, Debug)]
pub struct NewGoodsReceipt<'a> {
    pub id: Uuid,
    pub code: &'a str,
    pub gate_entry: &'a LockedGateEntry,
    pub plant_id: &'a PlantId,
    pub note: &'a Note,
    pub created_by: &'a UserId,
    pub created_by_name: &'a str,
    pub created_at: DateTime<Utc>,
}

/// A note as a request for sampling needs it, locked until the transaction ends.
#[derive(Clone, Debug)]
pub struct LockedGoodsReceipt {
    pub id: Uuid,
    pub gate_entry_id: Uuid,
    pub status: Option<String>,
    pub plant_id: Option<PlantId>,
}

struct Row {
    id: Uuid,
    gate_entry_id: Uuid,
    entry_code: String,
    grn_code: String,
    po_number: String,
    delivery_challan: Option<String>,
    quantity_received: Option<Decimal>,
    remarks: Option<String>,
    status: Option<String>,
    created_by: Option<String>,
    created_by_name: Option<String>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
    supplier_name: Option<String>,
    supplier_address: Option<String>,
    supplier_location: Option<String>,
    supplier_contact: Option<String>,
    document_status: Option<String>,
    document_date: Option<NaiveDate>,
    delivery_date: Option<NaiveDate>,
    period: Option<String>,
    reference: Option<String>,
    comment: Option<String>,
    items: Option<Value>,
    net_total: Option<Decimal>,
    vat_total: Option<Decimal>,
    gross_total: Option<Decimal>,
}

impl From<Row> for Grn {
    fn from(row: Row) -> Self {
        Self {
            po_number: row.po_number,
            delivery_challan: row.delivery_challan,
            quantity_received: row.quantity_received.map(Into::into),
            remarks: row.remarks,
            supplier_name: row.supplier_name,
            supplier_address: row.supplier_address,
            supplier_location: row.supplier_location,
            supplier_contact: row.supplier_contact,
            document_status: row.document_status,
            document_date: row.document_date,
            delivery_date: row.delivery_date,
            period: row.period,
            reference: row.reference,
            comment: row.comment,
            items: row.items.as_ref().and_then(Value::as_array).into_iter().flatten().map(item).collect(),
            id: row.id,
            gate_entry_id: row.gate_entry_id,
            entry_code: row.entry_code,
            grn_code: row.grn_code,
            status: row.status.unwrap_or_else(|| GoodsReceiptStatus::AwaitingQa.as_str().to_owned()),
            created_by: row.created_by,
            created_by_name: row.created_by_name,
            created_at: row.created_at.unwrap_or_default(),
            updated_at: row.updated_at.or(row.created_at).unwrap_or_default(),
            net_total: row.net_total.map(Into::into),
            vat_total: row.vat_total.map(Into::into),
            gross_total: row.gross_total.map(Into::into),
        }
    }
}

/// A line as it is kept; what a legacy line lacks is empty.
fn item(kept: &Value) -> GrnItem {
    let text = |name: &str| kept.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| {
        let written = kept.get(name).filter(|value| value.is_number()).map(Value::to_string).unwrap_or_default();
        Number(written.parse().or_else(|_| Decimal::from_scientific(&written)).unwrap_or_default())
    };
    GrnItem {
        description: text("description").unwrap_or_default(),
        stock_code: text("stock_code"),
        status: text("status").unwrap_or_else(|| "GRN".to_owned()),
        quantity: number("quantity"),
        price: number("price"),
        vat_rate: number("vat_rate"),
        nominal: text("nominal"),
        account: text("account"),
    }
}

/// The newest notes of these plants.
///
/// # Errors
/// Failures of the database.
pub async fn list(database: &Database, scope: &PlantScope) -> Result<Vec<Grn>, StorageError> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, gate_entry_id, entry_code, grn_code, po_number, delivery_challan, quantity_received, remarks, status,
             created_by, created_by_name, created_at, updated_at, supplier_name, supplier_address, supplier_location,
             supplier_contact, document_status, document_date, delivery_date, period, reference, comment, items,
             net_total, vat_total, gross_total
         FROM goods_receipt_notes ORDER BY CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END DESC, id DESC LIMIT $1",
        MOST,
    )
    .fetch_all(&database.reader(scope))
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The notes of these plants that wait for quality assurance, the one that waits longest first.
///
/// # Errors
/// Failures of the database.
pub async fn pending_qa(database: &Database, scope: &PlantScope) -> Result<Vec<PendingGrn>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT receipt.id, receipt.entry_code, receipt.po_number, receipt.delivery_challan,
               receipt.quantity_received, receipt.remarks, coalesce(receipt.status, $1) AS "status!",
               gate.material_name, gate.vehicle_number, gate.driver_name, gate.driver_contact, gate.quantity, gate.uom,
               gate.created_at
           FROM goods_receipt_notes AS receipt JOIN gate_entries AS gate ON gate.id = receipt.gate_entry_id
           WHERE coalesce(receipt.status, $1) = $1
           ORDER BY CASE WHEN receipt.created_at IS NULL THEN 'epoch' ELSE receipt.created_at END, receipt.id LIMIT $2"#,
        GoodsReceiptStatus::AwaitingQa.as_str(),
        MOST,
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let pending = rows.into_iter().map(|row| PendingGrn {
        grn_id: row.id,
        entry_code: row.entry_code,
        po_number: row.po_number,
        delivery_challan: row.delivery_challan,
        quantity_received: row.quantity_received.map(Into::into),
        remarks: row.remarks,
        status: row.status,
        material_name: row.material_name,
        vehicle_number: row.vehicle_number,
        driver_name: row.driver_name,
        driver_contact: row.driver_contact,
        gate_quantity: row.quantity.map(Into::into),
        uom: row.uom,
        gate_created_at: row.created_at.unwrap_or_default(),
    });
    Ok(pending.collect())
}

/// Whether the gate entry has a note; asked while the entry is locked, the answer stays true.
///
/// # Errors
/// Failures of the database.
pub async fn exists_for(unit: &mut UnitOfWork, gate_entry_id: Uuid) -> Result<bool, StorageError> {
    let exists = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM goods_receipt_notes WHERE gate_entry_id = $1) AS "exists!""#,
        gate_entry_id,
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(exists)
}

/// # Errors
/// Failures of the database.
pub async fn create(unit: &mut UnitOfWork, receipt: &NewGoodsReceipt<'_>) -> Result<Grn, StorageError> {
    let note = receipt.note;
    let row = sqlx::query_as!(
        Row,
        "INSERT INTO goods_receipt_notes (id, gate_entry_id, entry_code, grn_code, po_number, delivery_challan,
             quantity_received, remarks, status, created_by, created_by_name, created_at, updated_at, supplier_name,
             supplier_address, supplier_location, supplier_contact, document_status, document_date, delivery_date,
             period, reference, comment, items, net_total, vat_total, gross_total, plant_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22, $23, $24, $25, $26, $27)
         RETURNING id, gate_entry_id, entry_code, grn_code, po_number, delivery_challan, quantity_received, remarks,
             status, created_by, created_by_name, created_at, updated_at, supplier_name, supplier_address,
             supplier_location, supplier_contact, document_status, document_date, delivery_date, period, reference,
             comment, items, net_total, vat_total, gross_total",
        receipt.id,
        receipt.gate_entry.id,
        receipt.gate_entry.entry_code,
        receipt.code,
        note.po_number,
        note.delivery_challan,
        note.quantity_received,
        note.remarks,
        GoodsReceiptStatus::AwaitingQa.as_str(),
        receipt.created_by.as_str(),
        receipt.created_by_name,
        receipt.created_at,
        note.supplier_name,
        note.supplier_address,
        note.supplier_location,
        note.supplier_contact,
        note.document_status,
        note.document_date,
        note.delivery_date,
        note.period,
        note.reference,
        note.comment,
        Value::Array(note.lines.iter().map(kept).collect()),
        note.total.net,
        note.total.vat,
        note.total.gross,
        receipt.plant_id.as_str(),
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(row.into())
}

/// A line in the legacy system's form.
fn kept(line: &Line) -> Value {
    serde_json::json!({
        "description": line.description,
        "stock_code": line.stock_code,
        "status": line.status,
        "quantity": Number(line.price.quantity),
        "price": Number(line.price.price),
        "vat_rate": Number(line.price.vat_rate),
        "net": Number(line.amounts.net),
        "vat_amount": Number(line.amounts.vat),
        "gross": Number(line.amounts.gross),
        "nominal": line.nominal,
        "account": line.account,
    })
}

/// Locks a note, so that sampling is asked for once.
///
/// # Errors
/// Failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: Uuid) -> Result<Option<LockedGoodsReceipt>, StorageError> {
    let row = sqlx::query!(
        "SELECT id, gate_entry_id, status, plant_id FROM goods_receipt_notes WHERE id = $1 FOR UPDATE",
        id,
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(row.map(|row| LockedGoodsReceipt {
        id: row.id,
        gate_entry_id: row.gate_entry_id,
        status: row.status,
        plant_id: row.plant_id.map(PlantId),
    }))
}

/// Notes on the receipt that sampling is asked for; `notes` are added to its remarks.
///
/// # Errors
/// Failures of the database.
pub async fn request_sampling(
    unit: &mut UnitOfWork,
    id: Uuid,
    status: GoodsReceiptStatus,
    notes: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Grn, StorageError> {
    let row = sqlx::query_as!(
        Row,
        "UPDATE goods_receipt_notes SET status = $2, updated_at = $4,
             remarks = CASE WHEN $3::text IS NULL THEN remarks
                 ELSE coalesce(remarks, '') || E'\\nQA Notes: ' || $3 END
         WHERE id = $1
         RETURNING id, gate_entry_id, entry_code, grn_code, po_number, delivery_challan, quantity_received, remarks,
             status, created_by, created_by_name, created_at, updated_at, supplier_name, supplier_address,
             supplier_location, supplier_contact, document_status, document_date, delivery_date, period, reference,
             comment, items, net_total, vat_total, gross_total",
        id,
        status.as_str(),
        notes,
        now,
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(row.into())
}
