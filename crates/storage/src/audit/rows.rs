//! Compares what the tables hold with what the trail tells of them.

use sqlx::{AssertSqlSafe, PgConnection};

use super::{Finding, Verification};
use crate::{bootstrap::quote_identifier, error::StorageError};

/// Compares every row of every followed table with the last entry that tells of it.
///
/// Columns that were added since that entry are not compared: the entry does not know them.
///
/// # Errors
/// Failures of the database.
pub async fn verify_rows(connection: &mut PgConnection) -> Result<Verification, StorageError> {
    // The entries were written with these settings; the texts of the rows must be too.
    sqlx::raw_sql("SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'").execute(&mut *connection).await?;
    let followed = sqlx::query!("SELECT entity, key_columns, masked, omitted FROM audited_tables ORDER BY entity")
        .fetch_all(&mut *connection)
        .await?;
    let mut result = Verification::default();
    for table in followed {
        let name = quote_identifier(&table.entity);
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {name}")))
            .fetch_one(&mut *connection)
            .await?;
        result.rows += count.unsigned_abs();
        let statement = format!(
            "WITH told AS (
                 SELECT DISTINCT ON (entity_id) entity_id, action, new_text FROM audit_entries
                 WHERE entity = $1 AND action IN ('created', 'changed', 'deleted', 'adopted')
                 ORDER BY entity_id, entry_id DESC
             ), found AS (
                 SELECT viruj_row_key(to_jsonb(t), $2) AS key, viruj_trail_text(to_jsonb(t), $3, $4) AS text
                 FROM {name} AS t
             ), compared AS (
                 SELECT coalesce(told.entity_id, found.key) AS id,
                     told.entity_id IS NOT NULL AND told.action <> 'deleted' AS is_told, found.key IS NOT NULL AS is_found,
                     told.new_text = found.text OR NOT EXISTS (
                         SELECT FROM jsonb_each_text(told.new_text::jsonb) AS part
                         WHERE found.text::jsonb ? part.key
                             AND found.text::jsonb ->> part.key IS DISTINCT FROM part.value) AS is_same
                 FROM told FULL JOIN found ON found.key = told.entity_id
             )
             SELECT id, is_told, is_found FROM compared WHERE is_told <> is_found OR (is_told AND NOT is_same) ORDER BY 1",
        );
        let rows: Vec<(String, bool, bool)> = sqlx::query_as(AssertSqlSafe(statement))
            .bind(&table.entity)
            .bind(&table.key_columns)
            .bind(&table.masked)
            .bind(&table.omitted)
            .fetch_all(&mut *connection)
            .await?;
        for (id, is_told, is_found) in rows {
            let entity = table.entity.clone();
            result.findings.push(match (is_told, is_found) {
                (true, true) => Finding::RowAltered { entity, id },
                (true, false) => Finding::RowMissing { entity, id },
                (false, _) => Finding::RowWithoutEntry { entity, id },
            });
        }
    }
    Ok(result)
}
