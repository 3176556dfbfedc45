use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::Number;

/// A plant with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LegacyPlant)]
pub struct Plant {
    pub id: String,
    pub name: String,
    pub region: String,
    pub running_lines: i32,
    pub oee: Number,
    pub yield_value: Number,
    pub open_qa_holds: i32,
    pub inventory_value: Number,
    pub manager_id: Option<String>,
    pub last_updated: Option<DateTime<Utc>>,
}
