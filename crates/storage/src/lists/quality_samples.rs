use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use viruj_api::lists::{Page, PageQuery, QualitySample};
use viruj_domain::plant::PlantScope;

use super::{After, Placed, page};
use crate::{Database, StorageError};

struct Row {
    id: Uuid,
    entry_code: Option<String>,
    product_name: String,
    batch_number: Option<String>,
    sample_type: Option<String>,
    sample_date: Option<NaiveDate>,
    due_date: Option<NaiveDate>,
    priority: Option<String>,
    status: Option<String>,
    requested_by_name: Option<String>,
    placed_at: DateTime<Utc>,
}

/// Samples of quality control.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn quality_samples(
    database: &Database,
    scope: &PlantScope,
    query: &PageQuery,
) -> Result<Page<QualitySample>, StorageError> {
    let after = After::<Uuid>::read(query)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, entry_code, product_name, batch_number, sample_type, sample_date, due_date, priority, status,
               requested_by_name, CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END AS "placed_at!"
           FROM quality_samples
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
    fn read(self) -> Placed<QualitySample> {
        Placed {
            time: self.placed_at,
            id: self.id.to_string(),
            item: QualitySample {
                id: self.id,
                entry_code: self.entry_code,
                product_name: self.product_name,
                batch_number: self.batch_number,
                sample_type: self.sample_type,
                sample_date: self.sample_date,
                due_date: self.due_date,
                priority: self.priority,
                status: self.status,
                requested_by_name: self.requested_by_name,
            },
        }
    }
}
