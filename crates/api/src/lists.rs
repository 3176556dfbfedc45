//! Read-only lists of what the legacy system recorded.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use viruj_domain::{decimal::ExactDecimal, ids::PlantId};

/// One page of a list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Passed back as `cursor` for the page after this one; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Which page is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// 1 to 200; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GateEntry {
    pub id: Uuid,
    pub entry_code: String,
    pub material_name: String,
    pub supplier_name: Option<String>,
    pub vehicle_number: String,
    pub quantity: Option<ExactDecimal>,
    pub unit: Option<String>,
    pub status: Option<String>,
    pub plant_id: Option<PlantId>,
    pub created_by_name: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoodsReceipt {
    pub id: Uuid,
    pub code: String,
    pub entry_code: String,
    pub purchase_order: String,
    pub supplier_name: Option<String>,
    pub quantity_received: Option<ExactDecimal>,
    pub gross_total: Option<ExactDecimal>,
    pub status: Option<String>,
    pub created_by_name: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QualitySample {
    pub id: Uuid,
    pub entry_code: Option<String>,
    pub product_name: String,
    pub batch_number: Option<String>,
    pub sample_type: Option<String>,
    pub sample_date: Option<NaiveDate>,
    pub due_date: Option<NaiveDate>,
    pub priority: Option<String>,
    pub status: Option<String>,
    pub requested_by_name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QualityTest {
    pub id: Uuid,
    pub sample_id: Uuid,
    pub product_name: Option<String>,
    pub test_name: String,
    pub method: Option<String>,
    pub status: Option<String>,
    pub assigned_to_name: Option<String>,
    pub submitted_on: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Material {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub default_unit: String,
}
