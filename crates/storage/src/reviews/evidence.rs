//! What is out of the ordinary in a batch, and what the laboratory found.

use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::reviews::{BatchTest, ExceptionDecision, ReviewException};
use viruj_domain::{
    ids::{BatchId, PhaseId},
    review::{ExceptionKind, conclusion},
    role::UnknownWord,
};

use super::named;
use crate::StorageError;

fn unreadable(id: Uuid, cause: impl std::fmt::Display) -> StorageError {
    StorageError::Unreadable { table: "batch_exceptions", id: id.to_string(), cause: cause.to_string() }
}

/// Everything but the trail, by kind and then in the order in which it happened.
pub(super) async fn exceptions(
    connection: &mut PgConnection,
    batch: &BatchId,
) -> Result<Vec<ReviewException>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT found.kind AS "kind!", found.subject AS "subject!", found.evidence AS "evidence!", found.phase_id,
               found.at, decision.comment AS "comment?", decision.person_id AS "person_id?",
               decision.person_name AS "person_name?", decision.decided_at AS "decided_at?"
           FROM batch_exceptions AS found LEFT JOIN exception_decisions AS decision
               ON decision.batch_id = found.batch_id AND decision.kind = found.kind
                   AND decision.subject = found.subject AND decision.evidence = found.evidence
           WHERE found.batch_id = $1 ORDER BY found.at NULLS FIRST, found.subject"#,
        batch.as_str(),
    )
    .fetch_all(connection)
    .await?;
    let mut exceptions = Vec::with_capacity(rows.len());
    for row in rows {
        let decision = match (row.comment, row.person_id, row.decided_at) {
            (Some(comment), Some(person), Some(decided_at)) => {
                Some(ExceptionDecision { comment, person: named(person, row.person_name), decided_at })
            }
            _ => None,
        };
        exceptions.push(ReviewException {
            kind: row.kind.parse().map_err(|error: UnknownWord| unreadable(row.subject, error))?,
            subject: row.subject,
            evidence: row.evidence,
            phase_id: row.phase_id.map(PhaseId),
            at: row.at,
            decision,
        });
    }
    exceptions.sort_by_key(|exception| exception.kind);
    Ok(exceptions)
}

/// The changes of the batch and of everything in it: whoever reviews the batch has looked at them up to the newest one
/// (EU GMP Annex 11, 9).
pub(super) async fn trail(
    connection: &mut PgConnection,
    batch: &BatchId,
) -> Result<Option<ReviewException>, StorageError> {
    let row = sqlx::query!(
        r#"WITH parts AS (
               SELECT 'production_batches' AS entity, $1::text AS entity_id
               UNION ALL SELECT 'batch_phases', id::text FROM batch_phases WHERE batch_id = $1
               UNION ALL SELECT 'phase_entries', operation_id::text FROM phase_entries WHERE batch_id = $1
               UNION ALL SELECT 'deviations', id::text FROM deviations WHERE batch_id = $1
           ), newest AS (
               SELECT max(entry_id) AS entry_id, max(at) AS at FROM audit_entries JOIN parts USING (entity, entity_id)
           )
           SELECT newest.entry_id AS "entry_id!", newest.at, decision.comment AS "comment?",
               decision.person_id AS "person_id?", decision.person_name AS "person_name?",
               decision.decided_at AS "decided_at?"
           FROM newest LEFT JOIN exception_decisions AS decision
               ON decision.batch_id = $1 AND decision.kind = $2 AND decision.evidence = newest.entry_id
           WHERE newest.entry_id IS NOT NULL"#,
        batch.as_str(),
        ExceptionKind::TrailNotReviewed.as_str(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| ReviewException {
        kind: ExceptionKind::TrailNotReviewed,
        subject: Uuid::nil(),
        evidence: row.entry_id,
        phase_id: None,
        at: row.at,
        decision: match (row.comment, row.person_id, row.decided_at) {
            (Some(comment), Some(person), Some(decided_at)) => {
                Some(ExceptionDecision { comment, person: named(person, row.person_name), decided_at })
            }
            _ => None,
        },
    }))
}

/// The tests of the samples that were taken in the batch.
pub(super) async fn tests(connection: &mut PgConnection, batch: &BatchId) -> Result<Vec<BatchTest>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT test.test_name, test.method, sample.container, test.result_data, test.status, test.submitted_on,
               analyst.name AS "analyst?", reviewer.name AS "reviewer?"
           FROM quality_samples AS sample JOIN quality_tests AS test ON test.sample_id = sample.id
               LEFT JOIN users AS analyst ON analyst.id = test.submitted_by
               LEFT JOIN users AS reviewer ON reviewer.id = test.reviewed_by
           WHERE sample.batch_id = $1 ORDER BY sample.created_at, test.test_name, test.id"#,
        batch.as_str(),
    )
    .fetch_all(connection)
    .await?;
    let test = |row: &serde_json::Value| match row {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(rows
        .into_iter()
        .map(|row| BatchTest {
            test: row.test_name,
            method: row.method,
            container: row.container,
            result: row.result_data.as_ref().filter(|result| !result.is_null()).map(test),
            conclusion: conclusion(row.status.as_deref()),
            tested_by: row.analyst,
            reviewed_by: row.reviewer,
            submitted_at: row.submitted_on,
        })
        .collect())
}

/// The files that standing entries of the batch name and that have not arrived, with the number of the phase.
pub(super) async fn missing_attachments(
    connection: &mut PgConnection,
    batch: &BatchId,
) -> Result<Vec<(u32, String)>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT phase.number, entry.entry::jsonb ->> 'file_name' AS "file!"
           FROM phase_entries AS entry JOIN batch_phases AS phase ON phase.id = entry.phase_id
           WHERE entry.batch_id = $1 AND entry.entry::jsonb ->> 'type' = 'attached' AND entry.is_effective
               AND NOT EXISTS (SELECT FROM phase_entries AS later
                   WHERE later.corrects = entry.operation_id AND later.is_effective)
               AND NOT EXISTS (SELECT FROM attachments AS arrived WHERE arrived.batch_id = entry.batch_id
                   AND arrived.sha256 = entry.entry::jsonb ->> 'sha256')
           ORDER BY phase.number, entry.received_at, entry.operation_id"#,
        batch.as_str(),
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.number.unsigned_abs(), row.file)).collect())
}
