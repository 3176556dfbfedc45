use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_api::lists::{Page, PageQuery, QualityTest};
use viruj_domain::plant::PlantScope;

use super::{After, Placed, page};
use crate::{Database, StorageError};

struct Row {
    id: Uuid,
    sample_id: Uuid,
    product_name: Option<String>,
    test_name: String,
    method: Option<String>,
    status: Option<String>,
    assigned_to_name: Option<String>,
    submitted_on: Option<DateTime<Utc>>,
    placed_at: DateTime<Utc>,
}

/// Tests of quality control, with the product of their sample and the name of the analyst.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn quality_tests(
    database: &Database,
    scope: &PlantScope,
    query: &PageQuery,
) -> Result<Page<QualityTest>, StorageError> {
    let after = After::<Uuid>::read(query)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT test.id, test.sample_id, sample.product_name AS "product_name?", test.test_name, test.method,
               test.status, analyst.name AS "assigned_to_name?", test.submitted_on,
               CASE WHEN test.created_at IS NULL THEN 'epoch' ELSE test.created_at END AS "placed_at!"
           FROM quality_tests AS test
           LEFT JOIN quality_samples AS sample ON sample.id = test.sample_id
           LEFT JOIN users AS analyst ON analyst.id = test.assigned_to
           WHERE (CASE WHEN test.created_at IS NULL THEN 'epoch' ELSE test.created_at END, test.id) < ($1, $2)
           ORDER BY CASE WHEN test.created_at IS NULL THEN 'epoch' ELSE test.created_at END DESC, test.id DESC LIMIT $3"#,
        after.time,
        after.id,
        after.fetch_limit(),
    )
    .fetch_all(&database.statements(scope))
    .await?;
    Ok(page(after.limit, rows.into_iter().map(Row::read).collect()))
}

impl Row {
    fn read(self) -> Placed<QualityTest> {
        Placed {
            time: self.placed_at,
            id: self.id.to_string(),
            item: QualityTest {
                id: self.id,
                sample_id: self.sample_id,
                product_name: self.product_name,
                test_name: self.test_name,
                method: self.method,
                status: self.status,
                assigned_to_name: self.assigned_to_name,
                submitted_on: self.submitted_on,
            },
        }
    }
}
