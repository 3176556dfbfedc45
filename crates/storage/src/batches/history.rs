//! Everything that has ever happened to a batch, from the audit trail.

use sqlx::{Postgres, QueryBuilder};
use viruj_api::{
    audit::AuditEntry,
    lists::{Page, PageQuery},
};
use viruj_domain::{ids::BatchId, plant::PlantScope};

use crate::{
    Database, StorageError,
    lists::{After, page},
    trail::{StoredEntry, WITH_NAMES},
};

/// Every change of the batch, its phases, their entries and its deviations, the newest first: what, who, when and why.
///
/// That its phases were written down with it is part of its making and no change of its own.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn history(
    database: &Database,
    scope: &PlantScope,
    id: &BatchId,
    query: &PageQuery,
) -> Result<Page<AuditEntry>, StorageError> {
    let after = After::<i64>::read(query)?;
    let mut sql = QueryBuilder::<Postgres>::new("WITH parts AS (SELECT 'production_batches' AS entity, ");
    sql.push_bind(id.as_str()).push("::text AS entity_id");
    for (entity, key) in [("batch_phases", "id"), ("phase_entries", "operation_id"), ("deviations", "id")] {
        sql.push(" UNION ALL SELECT '").push(entity).push("', ").push(key).push("::text FROM ").push(entity);
        sql.push(" WHERE batch_id = ").push_bind(id.as_str());
    }
    sql.push(
        "), shown AS (SELECT e.* FROM parts JOIN audit_entries AS e USING (entity, entity_id)
         WHERE NOT (e.entity = 'batch_phases' AND e.action IN ('created', 'adopted')) AND (e.at, e.entry_id) < (",
    );
    sql.push_bind(after.time).push(", ").push_bind(after.id);
    sql.push(") ORDER BY e.at DESC, e.entry_id DESC LIMIT ").push_bind(after.fetch_limit());
    sql.push(WITH_NAMES);
    let rows: Vec<StoredEntry> = sql.build_query_as().fetch_all(&database.reader(scope)).await?;
    let placed = rows.into_iter().map(StoredEntry::placed).collect();
    Ok(page(after.limit, placed))
}
