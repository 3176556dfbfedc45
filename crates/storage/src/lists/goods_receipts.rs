use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;
use viruj_api::lists::{GoodsReceipt, Page, PageQuery};
use viruj_domain::plant::PlantScope;

use super::{After, Placed, page};
use crate::{Database, StorageError};

struct Row {
    id: Uuid,
    grn_code: String,
    entry_code: String,
    po_number: String,
    supplier_name: Option<String>,
    quantity_received: Option<Decimal>,
    gross_total: Option<Decimal>,
    status: Option<String>,
    created_by_name: Option<String>,
    created_at: Option<DateTime<Utc>>,
    placed_at: DateTime<Utc>,
}

/// Goods receipt notes.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn goods_receipts(
    database: &Database,
    scope: &PlantScope,
    query: &PageQuery,
) -> Result<Page<GoodsReceipt>, StorageError> {
    let after = After::<Uuid>::read(query)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, grn_code, entry_code, po_number, supplier_name, quantity_received, gross_total, status,
               created_by_name, created_at, CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END AS "placed_at!"
           FROM goods_receipt_notes
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
    fn read(self) -> Placed<GoodsReceipt> {
        Placed {
            time: self.placed_at,
            id: self.id.to_string(),
            item: GoodsReceipt {
                id: self.id,
                code: self.grn_code,
                entry_code: self.entry_code,
                purchase_order: self.po_number,
                supplier_name: self.supplier_name,
                quantity_received: self.quantity_received.map(Into::into),
                gross_total: self.gross_total.map(Into::into),
                status: self.status,
                created_by_name: self.created_by_name,
                created_at: self.created_at,
            },
        }
    }
}
