//! The batches that wait for quality assurance.

use chrono::{DateTime, Utc};
use viruj_api::{
    lists::Page,
    reviews::{ExceptionCount, ReviewListQuery, ReviewSummary},
};
use viruj_domain::{
    batch::BatchStatus,
    ids::{BatchId, PlantId},
    plant::PlantScope,
    review::{ExceptionKind, conclusion},
};

use crate::{
    Database, StorageError,
    keyset::{After, searched},
};

/// Whoever was finished first waits longest.
const ORDER: &str = "ended_at";

/// The waiting batches of the plants that a reader sees, with what nobody has judged yet.
///
/// # Errors
/// [`StorageError::CursorInvalid`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &ReviewListQuery,
) -> Result<Page<ReviewSummary>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let time = match &after.place {
        Some(micros) => {
            let time = micros.parse().ok().and_then(DateTime::<Utc>::from_timestamp_micros);
            Some(time.ok_or(StorageError::CursorInvalid)?)
        }
        None => None,
    };
    let plant = query.plant_id.as_ref().map(|plant| plant.as_str().replace('\0', ""));
    let search = searched(query.search.as_deref());
    // The page is cut first; what is out of the ordinary is read for its batches only.
    let rows = sqlx::query!(
        r#"WITH waiting AS (
               SELECT id, plant_id, batch_number, product_name, end_date, coalesce(end_date, 'epoch') AS place
               FROM production_batches
               WHERE status = $1 AND ($2::text IS NULL OR plant_id = $2)
                   AND ($3::text IS NULL OR strpos(lower(batch_number), lower($3)) > 0
                       OR strpos(lower(product_name), lower($3)) > 0)
                   AND ($4::timestamptz IS NULL OR (coalesce(end_date, 'epoch'), id) > ($4, $5::text))
               ORDER BY place, id LIMIT $6
           ), open AS (
               SELECT found.batch_id, found.kind, count(*) AS count
               FROM batch_exceptions AS found
               WHERE found.batch_id = ANY (ARRAY(SELECT id FROM waiting)) AND NOT EXISTS (
                   SELECT FROM exception_decisions AS decision
                   WHERE decision.batch_id = found.batch_id AND decision.kind = found.kind
                       AND decision.subject = found.subject AND decision.evidence = found.evidence)
               GROUP BY found.batch_id, found.kind
           )
           SELECT waiting.id AS "id!", waiting.plant_id AS "plant_id!", waiting.batch_number AS "number!",
               waiting.product_name AS "product!", waiting.end_date, waiting.place AS "place!",
               ARRAY(SELECT kind FROM open WHERE open.batch_id = waiting.id ORDER BY kind) AS "kinds!",
               ARRAY(SELECT count FROM open WHERE open.batch_id = waiting.id ORDER BY kind) AS "counts!",
               (SELECT count(*) FROM deviations AS d WHERE d.batch_id = waiting.id
                   AND d.severity IN ('High', 'Critical') AND d.status NOT IN ('Closed', 'Rejected')) AS "grave!",
               (SELECT count(*) FROM batch_queries AS q WHERE q.batch_id = waiting.id AND q.status <> 'Closed')
                   AS "queries!",
               ARRAY(SELECT coalesce(test.status, '') FROM quality_samples AS sample
                   JOIN quality_tests AS test ON test.sample_id = sample.id WHERE sample.batch_id = waiting.id)
                   AS "tests!",
               EXISTS (SELECT FROM record_signatures AS s WHERE s.entity = 'production_batches'
                   AND s.entity_id = waiting.id AND s.meaning = 'reviewed') AS "is_reviewed!"
           FROM waiting ORDER BY waiting.place, waiting.id"#,
        BatchStatus::QcReview.as_str(),
        plant.as_deref(),
        search.as_deref(),
        time,
        after.id.as_deref(),
        after.fetch_limit(),
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let rows = rows.into_iter().map(|row| {
        let kinds = row.kinds.iter().zip(&row.counts);
        // A kind that this program does not know would be one of a newer database, which it refuses to serve.
        let exceptions = kinds.filter_map(|(kind, number)| {
            Some(ExceptionCount { kind: kind.parse::<ExceptionKind>().ok()?, count: count(*number) })
        });
        let open_tests = row
            .tests
            .iter()
            .filter(|status| conclusion(Some(status.as_str())) != viruj_domain::review::TestConclusion::Passed);
        let summary = ReviewSummary {
            exceptions: exceptions.collect(),
            open_tests: u32::try_from(open_tests.count()).unwrap_or(u32::MAX),
            batch_id: BatchId(row.id.clone()),
            plant_id: PlantId(row.plant_id),
            number: row.number,
            product: row.product,
            status: BatchStatus::QcReview,
            ended_at: row.end_date,
            grave_deviations: count(row.grave),
            open_queries: count(row.queries),
            is_reviewed: row.is_reviewed,
        };
        (row.place.timestamp_micros().to_string(), row.id, summary)
    });
    Ok(after.page(ORDER, rows.collect()))
}
