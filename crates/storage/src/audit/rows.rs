//! Compares what the tables hold with what the trail tells of them.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgConnection};

use super::{Finding, Verification};
use crate::{
    bootstrap::{quote_identifier, quote_text},
    error::StorageError,
};

/// Pages of a table that one connection compares at a stretch: 16 MiB.
pub(super) const PAGES: i64 = 2048;

/// Compares every row of every followed table with the last entry that tells of it.
///
/// Columns that were added since that entry are not compared: the entry does not know them.
///
/// # Errors
/// Failures of the database.
pub async fn verify_rows(connection: &mut PgConnection) -> Result<Verification, StorageError> {
    // The entries were written with these settings; the texts of the rows must be too.
    sqlx::raw_sql("SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'").execute(&mut *connection).await?;
    let mut result = Verification::default();
    for part in plan(connection, PAGES).await? {
        result.add(verify_part(connection, &part).await?);
    }
    result.findings.sort();
    Ok(result)
}

/// A share of the comparison that needs no other one.
#[derive(Clone)]
pub(super) struct RowsPart {
    table: Arc<Followed>,
    share: Share,
}

#[derive(Clone, Copy)]
enum Share {
    /// The rows that the trail knows and the table does not hold.
    Missing,
    /// The rows on the pages from the first up to the second; without a second, up to the end.
    Pages(i64, Option<i64>),
    /// The files whose bytes do not fulfil the condition.
    Files(&'static str),
}

/// Where files are kept, and what holds for their bytes: the trail knows their hashes, not them.
const FILES: [(&str, &str); 2] = [
    ("attachments", "encode(sha256(t.content), 'hex') = t.sha256"),
    ("batch_documents", "sha256(t.content) = t.sha256"),
];

/// The whole comparison in parts of so many pages; what takes longest comes first.
pub(super) async fn plan(connection: &mut PgConnection, pages: i64) -> Result<Vec<RowsPart>, StorageError> {
    let followed = sqlx::query_as!(
        Followed,
        r#"SELECT entity, key_columns, masked, omitted,
                  pg_relation_size(quote_ident(entity)::regclass) / current_setting('block_size')::bigint AS "pages!"
           FROM audited_tables ORDER BY 5 DESC, entity"#
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut parts = Vec::new();
    for table in followed {
        let table = Arc::new(table);
        parts.push(RowsPart { table: table.clone(), share: Share::Missing });
        let files = FILES.iter().filter(|(entity, _)| *entity == table.entity);
        parts.extend(files.map(|(_, holds)| RowsPart { table: table.clone(), share: Share::Files(holds) }));
        // Rows that this moment sees stand on the pages that it counts; the last part is open all the same.
        let count = table.pages / pages + 1;
        parts.extend((0..count).map(|part| RowsPart {
            table: table.clone(),
            share: Share::Pages(part * pages, (part + 1 < count).then_some((part + 1) * pages)),
        }));
    }
    Ok(parts)
}

/// Compares one part.
pub(super) async fn verify_part(connection: &mut PgConnection, part: &RowsPart) -> Result<Verification, StorageError> {
    let (from, until) = match part.share {
        Share::Pages(from, until) => (from, until),
        Share::Missing => {
            return Ok(Verification { findings: missing(connection, &part.table).await?, ..Verification::default() });
        }
        Share::Files(holds) => {
            let findings = altered_files(connection, &part.table, holds).await?;
            return Ok(Verification { findings, ..Verification::default() });
        }
    };
    let until = until.map_or_else(String::new, |until| format!(" AND t.ctid < '({until},0)'"));
    let range = format!("t.ctid >= '({from},0)'{until}");
    let name = quote_identifier(&part.table.entity);
    let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {name} AS t WHERE {range}")))
        .fetch_one(&mut *connection)
        .await?;
    let findings = altered_or_untold(connection, &part.table, &range).await?;
    Ok(Verification { rows: count.unsigned_abs(), findings, ..Verification::default() })
}

/// A table that the trail follows; its columns as `audited_tables` holds them, names parted by commas.
struct Followed {
    entity: String,
    key_columns: String,
    masked: String,
    omitted: String,
    pages: i64,
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
async fn altered_or_untold(
    connection: &mut PgConnection,
    table: &Followed,
    range: &str,
) -> Result<Vec<Finding>, StorageError> {
    // `OFFSET 0` keeps the row's text from being made again wherever it is looked at.
    let statement = format!(
        "SELECT found.key, told.action IS NOT NULL AND told.action <> 'deleted'
         FROM (
             SELECT key, {text} AS text FROM (SELECT {key} AS key, to_jsonb(t) AS row_now FROM {name} AS t WHERE {range} OFFSET 0) AS rows
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

/// The files whose bytes are not those of their hash.
async fn altered_files(
    connection: &mut PgConnection,
    table: &Followed,
    holds: &'static str,
) -> Result<Vec<Finding>, StorageError> {
    let statement = format!(
        "SELECT {key} FROM {name} AS t WHERE NOT ({holds})",
        key = table.key(),
        name = quote_identifier(&table.entity),
    );
    let ids: Vec<String> = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(connection).await?;
    Ok(ids.into_iter().map(|id| Finding::FileAltered { entity: table.entity.clone(), id }).collect())
}
