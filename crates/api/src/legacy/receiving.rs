use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Number;

/// What a Security Officer writes down at the gate; other fields are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacySecurityLogCreate)]
pub struct SecurityLogCreate {
    #[schema(min_length = 2, max_length = 150)]
    pub material_name: String,
    #[schema(max_length = 100)]
    pub material_category: Option<String>,
    #[schema(max_length = 60)]
    pub po_number: Option<String>,
    #[schema(max_length = 80)]
    pub vehicle_name: Option<String>,
    #[schema(min_length = 4, max_length = 40)]
    pub vehicle_number: String,
    #[schema(max_length = 100)]
    pub driver_name: Option<String>,
    #[schema(max_length = 30)]
    pub driver_contact: Option<String>,
    #[schema(max_length = 150)]
    pub supplier_name: Option<String>,
    #[schema(max_length = 80)]
    pub document_number: Option<String>,
    /// Below a thousand million, three decimal places.
    #[schema(exclusive_minimum = 0.0)]
    pub quantity: Option<Number>,
    #[schema(max_length = 20)]
    pub uom: Option<String>,
    #[schema(max_length = 500)]
    pub remarks: Option<String>,
    #[schema(default = true)]
    pub seal_intact: Option<bool>,
    /// One of the person's plants; theirs when left out.
    #[schema(max_length = 50)]
    pub plant_id: Option<String>,
}

/// A gate entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacySecurityLog)]
pub struct SecurityLog {
    pub material_name: String,
    pub material_category: Option<String>,
    pub po_number: Option<String>,
    pub vehicle_name: Option<String>,
    pub vehicle_number: String,
    pub driver_name: Option<String>,
    pub driver_contact: Option<String>,
    pub supplier_name: Option<String>,
    pub document_number: Option<String>,
    pub quantity: Option<Number>,
    pub uom: Option<String>,
    pub remarks: Option<String>,
    pub seal_intact: Option<bool>,
    pub plant_id: Option<String>,
    pub id: Uuid,
    pub entry_code: String,
    pub status: String,
    pub created_by: Option<String>,
    pub created_by_name: Option<String>,
    /// The first second of 1970 where nobody knows.
    pub created_at: DateTime<Utc>,
}

/// One line of a goods receipt note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyGrnItem)]
pub struct GrnItem {
    #[schema(min_length = 2, max_length = 200)]
    pub description: String,
    #[schema(max_length = 50)]
    pub stock_code: Option<String>,
    #[schema(max_length = 30, default = "GRN")]
    pub status: String,
    #[schema(exclusive_minimum = 0.0)]
    pub quantity: Number,
    #[schema(minimum = 0.0)]
    pub price: Number,
    #[schema(minimum = 0.0, maximum = 100.0, default = 0)]
    pub vat_rate: Number,
    #[schema(max_length = 50)]
    pub nominal: Option<String>,
    #[schema(max_length = 50)]
    pub account: Option<String>,
}

/// What a Warehouse Manager receives; other fields are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacyGrnCreate)]
pub struct GrnCreate {
    #[schema(max_length = 50)]
    pub gate_entry_id: String,
    #[schema(min_length = 1, max_length = 60)]
    pub po_number: String,
    #[schema(max_length = 80)]
    pub delivery_challan: Option<String>,
    /// Below a thousand million, three decimal places.
    #[schema(exclusive_minimum = 0.0)]
    pub quantity_received: Number,
    #[schema(max_length = 500)]
    pub remarks: Option<String>,
    #[schema(max_length = 150)]
    pub supplier_name: Option<String>,
    #[schema(max_length = 300)]
    pub supplier_address: Option<String>,
    #[schema(max_length = 150)]
    pub supplier_location: Option<String>,
    #[schema(max_length = 100)]
    pub supplier_contact: Option<String>,
    #[schema(max_length = 60, default = "Goods Received")]
    pub document_status: Option<String>,
    /// Today in the plant when left out.
    pub document_date: Option<NaiveDate>,
    /// Today in the plant when left out.
    pub delivery_date: Option<NaiveDate>,
    #[schema(max_length = 40)]
    pub period: Option<String>,
    #[schema(max_length = 80)]
    pub reference: Option<String>,
    #[schema(max_length = 500)]
    pub comment: Option<String>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub items: Vec<GrnItem>,
}

/// A goods receipt note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyGrn)]
pub struct Grn {
    pub po_number: String,
    pub delivery_challan: Option<String>,
    pub quantity_received: Option<Number>,
    pub remarks: Option<String>,
    pub supplier_name: Option<String>,
    pub supplier_address: Option<String>,
    pub supplier_location: Option<String>,
    pub supplier_contact: Option<String>,
    pub document_status: Option<String>,
    pub document_date: Option<NaiveDate>,
    pub delivery_date: Option<NaiveDate>,
    pub period: Option<String>,
    pub reference: Option<String>,
    pub comment: Option<String>,
    pub items: Vec<GrnItem>,
    pub id: Uuid,
    pub gate_entry_id: Uuid,
    pub entry_code: String,
    pub grn_code: String,
    pub status: String,
    pub created_by: Option<String>,
    pub created_by_name: Option<String>,
    /// The first second of 1970 where nobody knows.
    pub created_at: DateTime<Utc>,
    /// The first second of 1970 where nobody knows.
    pub updated_at: DateTime<Utc>,
    pub net_total: Option<Number>,
    pub vat_total: Option<Number>,
    pub gross_total: Option<Number>,
}

/// A goods receipt note that waits for quality assurance, with its gate entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyGrnPendingQa)]
pub struct PendingGrn {
    pub grn_id: Uuid,
    pub entry_code: String,
    pub po_number: String,
    pub delivery_challan: Option<String>,
    pub quantity_received: Option<Number>,
    pub remarks: Option<String>,
    pub status: String,
    pub material_name: String,
    pub vehicle_number: String,
    pub driver_name: Option<String>,
    pub driver_contact: Option<String>,
    pub gate_quantity: Option<Number>,
    pub uom: Option<String>,
    pub gate_created_at: DateTime<Utc>,
}

/// A request for a sample; other fields are ignored.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LegacySamplingRequest)]
pub struct SamplingRequest {
    #[schema(max_length = 500)]
    pub qa_notes: Option<String>,
}
