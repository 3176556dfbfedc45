use axum::{
    body::{Body, Bytes},
    extract::State,
    response::Response,
};
use futures_util::stream;
use http::{HeaderValue, header};
use serde::Serialize;
use viruj_api::audit::{AuditExportQuery, AuditQuery, ExportFormat};
use viruj_domain::plant::PlantScope;
use viruj_storage::{
    StorageError,
    trail::{self, StoredEntry},
};

use crate::{
    application::AppState,
    caller::Reader,
    error::{ApiError, ProblemCode},
    extract::Query,
};

/// More do not fit into a spreadsheet that a person reads; the filters make it less.
const MOST_ENTRIES: i64 = 100_000;

/// Export the audit trail
///
/// The entries that the filters find, the newest first, as CSV or as one JSON document a line, with the exact texts and
/// hashes of the chain. At most 100,000: more are 422 `export_too_large`.
/// In CSV a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe before it, since a
/// spreadsheet would take it for a formula; JSON keeps every text as it is.
#[utoipa::path(get, path = "/api/v1/audit/export", operation_id = "audit_export", tag = "audit",
    params(AuditExportQuery),
    responses((status = 200, description = "The entries", content(
        (String = "text/csv"),
        (String = "application/jsonl"),
    ))))]
pub async fn export(
    State(app): State<AppState>,
    reader: Reader,
    Query(query): Query<AuditExportQuery>,
) -> Result<Response, ApiError> {
    let format = query.format;
    let query = AuditQuery {
        limit: Some(200),
        cursor: None,
        feed: query.feed,
        entity: query.entity,
        entity_id: query.entity_id,
        actor: query.actor,
        station: query.station,
        operation: query.operation,
        action: query.action,
        from: query.from,
        to: query.to,
    };
    if trail::count_up_to(&app.database, &reader.scope, &query, MOST_ENTRIES + 1).await? > MOST_ENTRIES {
        return Err(ProblemCode::ExportTooLarge.into());
    }
    let (kind, name) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit-trail.csv\""),
        ExportFormat::JsonLines => ("application/jsonl", "attachment; filename=\"audit-trail.jsonl\""),
    };
    // Entries never change, so pages that are read one after another make one export.
    let pages = stream::try_unfold(Some(query), move |query| {
        let (app, scope) = (app.clone(), reader.scope.clone());
        async move {
            let Some(query) = query else { return Ok::<_, StorageError>(None) };
            next(&app, &scope, format, query).await.map(Some)
        }
    });
    let mut response = Response::new(Body::from_stream(pages));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    Ok(response)
}

async fn next(
    app: &AppState,
    scope: &PlantScope,
    format: ExportFormat,
    query: AuditQuery,
) -> Result<(Bytes, Option<AuditQuery>), StorageError> {
    let page = trail::stored(&app.database, scope, &query).await?;
    let mut text = String::new();
    if query.cursor.is_none() && format == ExportFormat::Csv {
        text.push_str(&CSV_HEAD.join(","));
        text.push_str("\r\n");
    }
    for entry in &page.items {
        match format {
            ExportFormat::Csv => csv_line(entry, &mut text),
            ExportFormat::JsonLines => {
                // Texts and numbers only: there is nothing that JSON could not hold.
                text.push_str(&serde_json::to_string(&Line::of(entry)).unwrap_or_default());
                text.push('\n');
            }
        }
    }
    let rest = page.next_cursor.map(|cursor| AuditQuery { cursor: Some(cursor), ..query });
    Ok((text.into(), rest))
}

const CSV_HEAD: [&str; 17] = [
    "feed",
    "seq",
    "at",
    "device_at",
    "transaction",
    "actor",
    "actor_name",
    "station",
    "station_name",
    "operation",
    "entity",
    "entity_id",
    "action",
    "old",
    "new",
    "reason",
    "hash",
];

/// An entry in an export.
#[derive(Serialize)]
struct Line<'a> {
    feed: &'a str,
    seq: i64,
    at: String,
    device_at: Option<String>,
    transaction: i64,
    actor: &'a str,
    actor_name: Option<&'a str>,
    station: Option<&'a str>,
    station_name: Option<&'a str>,
    operation: Option<&'a str>,
    entity: &'a str,
    entity_id: &'a str,
    action: &'a str,
    old: Option<&'a str>,
    new: Option<&'a str>,
    reason: Option<&'a str>,
    previous_hash: String,
    hash: String,
}

impl<'a> Line<'a> {
    fn of(entry: &'a StoredEntry) -> Self {
        let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        Self {
            feed: &entry.feed,
            seq: entry.seq,
            at: time(entry.at),
            device_at: entry.device_at.map(time),
            transaction: entry.transaction_id,
            actor: &entry.actor,
            actor_name: entry.actor_name.as_deref(),
            station: entry.station.as_deref(),
            station_name: entry.station_name.as_deref(),
            operation: entry.operation.as_deref(),
            entity: &entry.entity,
            entity_id: &entry.entity_id,
            action: &entry.action,
            old: entry.old_text.as_deref(),
            new: entry.new_text.as_deref(),
            reason: entry.reason.as_deref(),
            previous_hash: hex::encode(&entry.prev_hash),
            hash: hex::encode(&entry.hash),
        }
    }
}

fn csv_line(entry: &StoredEntry, text: &mut String) {
    let line = Line::of(entry);
    let (seq, transaction) = (line.seq.to_string(), line.transaction.to_string());
    let cells = [
        Some(line.feed),
        Some(&seq),
        Some(&line.at),
        line.device_at.as_deref(),
        Some(&transaction),
        Some(line.actor),
        line.actor_name,
        line.station,
        line.station_name,
        line.operation,
        Some(line.entity),
        Some(line.entity_id),
        Some(line.action),
        line.old,
        line.new,
        line.reason,
        Some(&line.hash),
    ];
    let cells: Vec<String> = cells.into_iter().map(|cell| csv_cell(cell.unwrap_or_default())).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell after RFC 4180; what a spreadsheet would run is made a text (check 27).
fn csv_cell(value: &str) -> String {
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let value = if is_formula { format!("'{value}") } else { value.to_owned() };
    if is_formula || value.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_27_a_cell_that_a_spreadsheet_would_run_is_a_text() {
        for (value, cell) in [
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1+2", "\"'-1+2\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("", ""),
        ] {
            assert_eq!(csv_cell(value), cell, "{value:?}");
        }
    }
}
