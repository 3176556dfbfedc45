//! Compares what the tables hold with what the trail tells of them.

use sqlx::{AssertSqlSafe, PgConnection};

use super::{Finding, Verification};
use crate::{
    bootstrap::{quote_identifier, quote_text},
    error::StorageError,
};

/// Compares every row of every followed table with the last entry that tells of it.
///
/// Columns that were added since that entry are not compared: the entry does not know them.
///
/// # Errors
/// Failures of the database.
pub async fn verify_rows(connection: &mut PgConnection) -> Result<Verification, StorageError> {
    // The entries were written with these settings; the texts of the rows must be too.
    sqlx::raw_sql("SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'").execute(&mut *connection).await?;
    let followed =
        sqlx::query_as!(Followed, "SELECT entity, key_columns, masked, omitted FROM audited_tables ORDER BY entity")
            .fetch_all(&mut *connection)
            .await?;
    let mut result = Verification::default();
    for table in followed {
        let name = quote_identifier(&table.entity);
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {name}")))
            .fetch_one(&mut *connection)
            .await?;
        result.rows += count.unsigned_abs();
        let mut findings = altered_or_untold(connection, &table).await?;
        findings.extend(missing(connection, &table).await?);
        findings.sort();
        result.findings.extend(findings);
    }
    Ok(result)
}

/// A table that the trail follows; its columns as `audited_tables` holds them, names parted by commas.
struct Followed {
    entity: String,
    key_columns: String,
    masked: String,
    omitted: String,
}

impl Followed {
    /// What `viruj_row_key` gives for the row `t`, without a call for each row and from its key columns alone.
    fn key(&self) -> String {
        let part = |column| format!("to_jsonb(t.{}) #>> '{{}}'", quote_identifier(column));
        let parts: Vec<String> = self.key_columns.split(',').map(part).collect();
        if let [key] = parts.as_slice() { key.clone() } else { format!("concat_ws(':', {})", parts.join(", ")) }
    }

    /// What `viruj_trail_text` gives for `row_now`, called only where there is something to mask or to omit.
    fn text(&self) -> String {
        if self.masked.is_empty() && self.omitted.is_empty() {
            return "row_now::text".to_owned();
        }
        format!("viruj_trail_text(row_now, {}, {})", quote_text(&self.masked), quote_text(&self.omitted))
    }
}

/// The rows that are not what their last entry says, and those that no entry tells of: an index's probe for each row.
async fn altered_or_untold(connection: &mut PgConnection, table: &Followed) -> Result<Vec<Finding>, StorageError> {
    // `OFFSET 0` keeps the row's text from being made again wherever it is looked at.
    let statement = format!(
        "SELECT found.key, told.action IS NOT NULL AND told.action <> 'deleted'
         FROM (
             SELECT key, {text} AS text FROM (SELECT {key} AS key, to_jsonb(t) AS row_now FROM {name} AS t OFFSET 0) AS rows
             OFFSET 0
         ) AS found LEFT JOIN LATERAL (
             SELECT action, new_text FROM audit_entries
             WHERE entity = $1 AND entity_id = found.key AND action IN ('created', 'changed', 'deleted', 'adopted')
             ORDER BY entry_id DESC LIMIT 1
         ) AS told ON true
         WHERE told.action IS NULL OR told.action = 'deleted' OR (told.new_text <> found.text AND EXISTS (
             SELECT FROM jsonb_each_text(told.new_text::jsonb) AS part
             WHERE found.text::jsonb ? part.key AND found.text::jsonb ->> part.key IS DISTINCT FROM part.value))",
        key = table.key(),
        text = table.text(),
        name = quote_identifier(&table.entity),
    );
    let rows: Vec<(String, bool)> =
        sqlx::query_as(AssertSqlSafe(statement)).bind(&table.entity).fetch_all(connection).await?;
    let finding = |(id, is_told)| {
        let entity = table.entity.clone();
        if is_told { Finding::RowAltered { entity, id } } else { Finding::RowWithoutEntry { entity, id } }
    };
    Ok(rows.into_iter().map(finding).collect())
}

/// The rows that the trail knows and the table does not hold.
async fn missing(connection: &mut PgConnection, table: &Followed) -> Result<Vec<Finding>, StorageError> {
    let statement = format!(
        "SELECT absent.id
         FROM (
             SELECT DISTINCT entity_id AS id FROM audit_entries WHERE entity = $1
             EXCEPT
             SELECT {key} FROM {name} AS t
         ) AS absent CROSS JOIN LATERAL (
             SELECT action FROM audit_entries
             WHERE entity = $1 AND entity_id = absent.id AND action IN ('created', 'changed', 'deleted', 'adopted')
             ORDER BY entry_id DESC LIMIT 1
         ) AS told
         WHERE told.action <> 'deleted'",
        key = table.key(),
        name = quote_identifier(&table.entity),
    );
    let ids: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(statement)).bind(&table.entity).fetch_all(connection).await?;
    Ok(ids.into_iter().map(|id| Finding::RowMissing { entity: table.entity.clone(), id }).collect())
}
