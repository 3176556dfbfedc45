use chrono::{DateTime, Utc};
use viruj_api::lists::{Material, Page, PageQuery};
use viruj_domain::plant::PlantScope;

use super::{After, Placed, page};
use crate::{Database, StorageError};

struct Row {
    id: String,
    name: String,
    kind: String,
    default_unit: String,
    placed_at: DateTime<Utc>,
}

/// Materials; they belong to no plant, so the scope does not narrow them.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn materials(
    database: &Database,
    scope: &PlantScope,
    query: &PageQuery,
) -> Result<Page<Material>, StorageError> {
    let after = After::<String>::read(query)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, name, type AS kind, default_unit, CASE WHEN created_at IS NULL THEN 'epoch' ELSE created_at END AS "placed_at!"
           FROM materials
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
    fn read(self) -> Placed<Material> {
        Placed {
            time: self.placed_at,
            id: self.id.clone(),
            item: Material { id: self.id, name: self.name, kind: self.kind, default_unit: self.default_unit },
        }
    }
}
