use axum::{Json, extract::State};
use chrono::{Datelike, NaiveDate};
use http::StatusCode;
use rust_decimal::Decimal;
use uuid::Uuid;
use viruj_api::legacy::receiving::{Grn, GrnCreate};
use viruj_domain::{
    receiving::{LinePrice, amounts, local_date, receive, total},
    role::Role,
};
use viruj_storage::{
    counters, gate_entries,
    goods_receipts::{self, Line, NewGoodsReceipt, Note},
    legacy_plants,
    notifications::{self, Message},
};

use crate::{
    application::AppState,
    caller::Caller,
    error::ApiError,
    handlers::{
        legacy::{
            begin,
            body::{Fields, Range},
            id_of, not_found,
        },
        sessions::now,
    },
};

const MOST_LINES: usize = 200;
/// The totals have twelve digits before the point.
const LARGEST_TOTAL: i64 = 1_000_000_000_000;

/// Receive a delivery
///
/// Net, VAT and gross are rounded to two places per line. A gate entry has one note: 409 after that.
/// QA Managers are told.
#[utoipa::path(post, path = "/api/grn", operation_id = "legacy_grn_create", tag = "legacy",
    request_body = GrnCreate,
    responses((status = 201, description = "The goods receipt note", body = Grn)))]
pub async fn create(
    State(app): State<AppState>,
    caller: Caller,
    mut fields: Fields,
) -> Result<(StatusCode, Json<Grn>), ApiError> {
    let now = now(&app);
    let gate_entry_id = fields.text("gate_entry_id", 0, 50);
    // The days that were left out are filled in when the plant is known.
    let dates = (fields.optional_date("document_date"), fields.optional_date("delivery_date"));
    let mut note = read(&mut fields);
    fields.check()?;

    let mut unit = begin(&app, &caller, "create GRN").await?;
    let gate = gate_entries::lock(&mut unit, id_of(&gate_entry_id, "Gate entry")?).await?;
    let gate = gate.ok_or_else(|| not_found("Gate entry"))?;
    let status = receive(gate.status.as_deref(), goods_receipts::exists_for(&mut unit, gate.id).await?)?;
    let plant = gate.plant_id.clone().ok_or_else(|| not_found("Gate entry"))?;
    let zone = legacy_plants::time_zone(&mut unit, &plant).await?.ok_or_else(|| not_found("Plant"))?;
    let today = local_date(now, zone);
    (note.document_date, note.delivery_date) = (dates.0.unwrap_or(today), dates.1.unwrap_or(today));
    let receipt = NewGoodsReceipt {
        id: Uuid::now_v7(),
        code: &counters::next_code(unit.connection(), "GRN", today.year()).await?,
        gate_entry: &gate,
        plant_id: &plant,
        note: &note,
        created_by: &caller.person.id,
        created_by_name: &caller.person.name,
        created_at: now,
    };
    let grn = goods_receipts::create(&mut unit, &receipt).await?;
    gate_entries::set_status(&mut unit, gate.id, status).await?;
    let text = format!("Entry {} ({}) is ready for QA review.", gate.entry_code, gate.material_name);
    let message = Message { title: "GRN awaiting QA", text: &text };
    notifications::tell(&mut unit, &plant, Role::QaManager, &message, now).await?;
    unit.commit().await?;
    Ok((StatusCode::CREATED, Json(grn)))
}

fn read(fields: &mut Fields) -> Note {
    let lines = fields.list("items", MOST_LINES, line);
    let total = total(&lines.iter().map(|line| line.amounts).collect::<Vec<_>>());
    let total = total.filter(|total| total.gross < Decimal::from(LARGEST_TOTAL));
    if total.is_none() {
        fields.refuse_value("items", &format!("the total should be less than {LARGEST_TOTAL}"));
    }
    let document_status = fields.optional_text("document_status", 60);
    let has_status = fields.has("document_status");
    Note {
        po_number: fields.text("po_number", 1, 60),
        delivery_challan: fields.optional_text("delivery_challan", 80),
        quantity_received: fields.number("quantity_received", Range::QUANTITY, None),
        remarks: fields.optional_text("remarks", 500),
        supplier_name: fields.optional_text("supplier_name", 150),
        supplier_address: fields.optional_text("supplier_address", 300),
        supplier_location: fields.optional_text("supplier_location", 150),
        supplier_contact: fields.optional_text("supplier_contact", 100),
        document_status: if has_status { document_status } else { Some("Goods Received".to_owned()) },
        document_date: NaiveDate::default(),
        delivery_date: NaiveDate::default(),
        period: fields.optional_text("period", 40),
        reference: fields.optional_text("reference", 80),
        comment: fields.optional_text("comment", 500),
        lines,
        total: total.unwrap_or_default(),
    }
}

fn line(fields: &mut Fields) -> Line {
    let price = LinePrice {
        quantity: fields.number("quantity", Range::QUANTITY, None),
        price: fields.number("price", Range::PRICE, None),
        vat_rate: fields.number("vat_rate", Range::PER_CENT, Some(Decimal::ZERO)),
    };
    let amounts = amounts(price);
    if amounts.is_none() {
        fields.refuse_value("price", "the amount of the line is too large");
    }
    let status = if fields.has("status") { fields.text("status", 0, 30) } else { "GRN".to_owned() };
    Line {
        description: fields.text("description", 2, 200),
        stock_code: fields.optional_text("stock_code", 50),
        status,
        price,
        amounts: amounts.unwrap_or_default(),
        nominal: fields.optional_text("nominal", 50),
        account: fields.optional_text("account", 50),
    }
}
