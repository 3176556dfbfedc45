//! Read-only lists of what the plant's other systems recorded: they need the server.

use chrono::{DateTime, Utc};
use viruj_api::{
    lists::PageQuery,
    station::{ColumnKind, ListColumn, ListName, TextList, TextRow},
};
use viruj_client::ClientError;

use super::StationCore;
use crate::{StationError, views};

type Cells = Vec<Option<String>>;

impl StationCore {
    /// The newest rows of a list.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn read_list(&self, list: &ListName) -> Result<TextList, StationError> {
        let (token, _) = self.access().await?;
        match self.read_list_with(token.expose(), list).await {
            Err(ClientError::Problem(problem)) if problem.status == 401 => {
                self.drop_access();
                let (token, _) = self.access().await?;
                Ok(self.read_list_with(token.expose(), list).await?)
            }
            answer => Ok(answer?),
        }
    }

    async fn read_list_with(&self, token: &str, list: &ListName) -> Result<TextList, ClientError> {
        let client = &self.options.client;
        let page = PageQuery { limit: Some(200), cursor: None };
        Ok(match list {
            ListName::GateEntries => {
                let page = client.gate_entries(token, &page).await?;
                let row = |row: viruj_api::lists::GateEntry| {
                    let cells = vec![
                        Some(row.entry_code),
                        Some(row.material_name),
                        row.supplier_name,
                        Some(row.vehicle_number),
                        row.quantity.map(|quantity| quantity.to_string()),
                        row.unit,
                        row.status,
                        row.created_by_name,
                        row.created_at.map(views::time),
                    ];
                    (row.id.to_string(), cells)
                };
                text_list(GATE_ENTRIES, page.items.into_iter().map(row), page.next_cursor)
            }
            ListName::GoodsReceipts => {
                let page = client.goods_receipts(token, &page).await?;
                let row = |row: viruj_api::lists::GoodsReceipt| {
                    let cells = vec![
                        Some(row.code),
                        Some(row.entry_code),
                        Some(row.purchase_order),
                        row.supplier_name,
                        row.quantity_received.map(|quantity| quantity.to_string()),
                        row.gross_total.map(|total| total.to_string()),
                        row.status,
                        row.created_by_name,
                        row.created_at.map(views::time),
                    ];
                    (row.id.to_string(), cells)
                };
                text_list(GOODS_RECEIPTS, page.items.into_iter().map(row), page.next_cursor)
            }
            ListName::QualitySamples => {
                let page = client.quality_samples(token, &page).await?;
                let row = |row: viruj_api::lists::QualitySample| {
                    let cells = vec![
                        Some(row.product_name),
                        row.batch_number,
                        row.entry_code,
                        row.sample_type,
                        row.sample_date.map(|date| date.to_string()),
                        row.due_date.map(|date| date.to_string()),
                        row.priority,
                        row.status,
                        row.requested_by_name,
                    ];
                    (row.id.to_string(), cells)
                };
                text_list(QUALITY_SAMPLES, page.items.into_iter().map(row), page.next_cursor)
            }
            ListName::QualityTests => {
                let page = client.quality_tests(token, &page).await?;
                let row = |row: viruj_api::lists::QualityTest| {
                    let cells = vec![
                        row.product_name,
                        Some(row.test_name),
                        row.method,
                        row.status,
                        row.assigned_to_name,
                        row.submitted_on.map(|at: DateTime<Utc>| views::time(at)),
                    ];
                    (row.id.to_string(), cells)
                };
                text_list(QUALITY_TESTS, page.items.into_iter().map(row), page.next_cursor)
            }
            ListName::Materials => {
                let page = client.materials(token, &page).await?;
                let row = |row: viruj_api::lists::Material| {
                    (row.id, vec![Some(row.name), Some(row.kind), Some(row.default_unit)])
                };
                text_list(MATERIALS, page.items.into_iter().map(row), page.next_cursor)
            }
        })
    }
}

type Columns = &'static [(&'static str, ColumnKind)];

const GATE_ENTRIES: Columns = &[
    ("entry_code", ColumnKind::Code),
    ("material_name", ColumnKind::Text),
    ("supplier_name", ColumnKind::Text),
    ("vehicle_number", ColumnKind::Code),
    ("quantity", ColumnKind::Number),
    ("unit", ColumnKind::Text),
    ("status", ColumnKind::Status),
    ("created_by_name", ColumnKind::Text),
    ("created_at", ColumnKind::Time),
];
const GOODS_RECEIPTS: Columns = &[
    ("code", ColumnKind::Code),
    ("entry_code", ColumnKind::Code),
    ("purchase_order", ColumnKind::Code),
    ("supplier_name", ColumnKind::Text),
    ("quantity_received", ColumnKind::Number),
    ("gross_total", ColumnKind::Number),
    ("status", ColumnKind::Status),
    ("created_by_name", ColumnKind::Text),
    ("created_at", ColumnKind::Time),
];
const QUALITY_SAMPLES: Columns = &[
    ("product_name", ColumnKind::Text),
    ("batch_number", ColumnKind::Code),
    ("entry_code", ColumnKind::Code),
    ("sample_type", ColumnKind::Text),
    ("sample_date", ColumnKind::Date),
    ("due_date", ColumnKind::Date),
    ("priority", ColumnKind::Status),
    ("status", ColumnKind::Status),
    ("requested_by_name", ColumnKind::Text),
];
const QUALITY_TESTS: Columns = &[
    ("product_name", ColumnKind::Text),
    ("test_name", ColumnKind::Text),
    ("method", ColumnKind::Text),
    ("status", ColumnKind::Status),
    ("assigned_to_name", ColumnKind::Text),
    ("submitted_on", ColumnKind::Time),
];
const MATERIALS: Columns =
    &[("name", ColumnKind::Text), ("kind", ColumnKind::Text), ("default_unit", ColumnKind::Text)];

fn text_list(columns: Columns, rows: impl Iterator<Item = (String, Cells)>, next_cursor: Option<String>) -> TextList {
    let column = |(key, kind): &(&str, ColumnKind)| ListColumn { key: (*key).to_owned(), kind: kind.clone() };
    TextList {
        columns: columns.iter().map(column).collect(),
        rows: rows.map(|(id, cells)| TextRow { id, cells }).collect(),
        has_more: next_cursor.is_some(),
    }
}
