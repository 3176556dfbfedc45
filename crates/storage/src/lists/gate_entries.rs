use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;
use viruj_api::lists::{GateEntry, Page, PageQuery};
use viruj_domain::{ids::PlantId, plant::PlantScope};

use super::{After, Placed, page};
use crate::{Database, StorageError};

struct Row {
    id: Uuid,
    entry_code: String,
    material_name: String,
    supplier_name: Option<String>,
    vehicle_number: String,
    quantity: Option<Decimal>,
    uom: Option<String>,
    status: Option<String>,
    plant_id: Option<String>,
    created_by_name: Option<String>,
    created_at: Option<DateTime<Utc>>,
    placed_at: DateTime<Utc>,
}

/// Deliveries at the gates of the plants.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn gate_entries(
    database: &Database,
    scope: &PlantScope,
    query: &PageQuery,
) -> Result<Page<GateEntry>, StorageError> {
    let after = After::<Uuid>::read(query)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, entry_code, material_name, supplier_name, vehicle_number, quantity, uom, status, plant_id,
               created_by_name, created_at, CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END AS "placed_at!"
           FROM gate_entries
           WHERE (CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END, id) < ($1, $2)
           ORDER BY CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END DESC, id DESC LIMIT $3"#,
        after.time,
        after.id,
        after.fetch_limit(),
    )
    .fetch_all(&database.statements(scope))
    .await?;
    Ok(page(after.limit, rows.into_iter().map(Row::read).collect()))
}

impl Row {
    fn read(self) -> Placed<GateEntry> {
        Placed {
            time: self.placed_at,
            id: self.id.to_string(),
            item: GateEntry {
                id: self.id,
                entry_code: self.entry_code,
                material_name: self.material_name,
                supplier_name: self.supplier_name,
                vehicle_number: self.vehicle_number,
                quantity: self.quantity.map(Into::into),
                unit: self.uom,
                status: self.status,
                plant_id: self.plant_id.map(PlantId),
                created_by_name: self.created_by_name,
                created_at: self.created_at,
            },
        }
    }
}
