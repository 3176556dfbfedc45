//! The review of a batch by exception: what is out of the ordinary, who judged it, questions, tests and signatures.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    batch_record::RecordPhase,
    batches::{BatchRow, DeviationRow},
    deviations::NamedPerson,
    master_records::RecordSignature,
    reviews::{BatchReview, BatchTest, ReleaseBlocker, ReviewException, ReviewQuery, ReviewedContent},
};
use viruj_domain::{
    deviation::{DeviationStatus, Severity},
    ids::{BatchId, UserId},
    plant::PlantScope,
    review::{ExceptionKind, Findings, Hands},
    signature::SignatureMeaning,
};
use viruj_sync::canonical::to_canonical;

use crate::{Database, StorageError, UnitOfWork, batch_record, batches, record_signatures};

mod evidence;
mod list;
mod queries;
mod steps;

pub use list::list;
pub use queries::{LockedQuery, NewQuery, answer, ask, close, content_hash as query_hash, lock as lock_query};
pub use steps::{NewDecision, accept};

/// A batch with everything that its review rests on.
#[derive(Clone, Debug)]
pub struct StoredReview {
    pub batch: BatchRow,
    pub phases: Vec<RecordPhase>,
    pub deviations: Vec<DeviationRow>,
    pub exceptions: Vec<ReviewException>,
    pub queries: Vec<ReviewQuery>,
    pub tests: Vec<BatchTest>,
    /// Files that have not arrived, each with the number of its phase.
    pub missing_attachments: Vec<(u32, String)>,
    /// On the batch, the oldest first.
    pub signatures: Vec<RecordSignature>,
    /// What signatures are bound to: SHA-256.
    pub content_hash: Vec<u8>,
}

impl StoredReview {
    /// As the rules take it.
    #[must_use]
    pub fn findings(&self) -> Findings {
        let waits = |exception: &&ReviewException| exception.decision.is_none();
        Findings {
            phases: self.phases.iter().map(|line| (line.phase.number, line.phase.status)).collect(),
            unreviewed: self.exceptions.iter().filter(waits).map(|exception| exception.kind).collect(),
            queries: self.queries.iter().map(|query| (query.number, query.status)).collect(),
            deviations: self.deviations.iter().map(|row| (row.code.clone(), row.severity, row.status)).collect(),
            tests: self.tests.iter().map(|test| (test.test.clone(), test.conclusion)).collect(),
            missing_attachments: self.missing_attachments.clone(),
            is_reviewed: self.reviews().next().is_some(),
        }
    }

    /// Who has had a hand in the batch.
    #[must_use]
    pub fn hands(&self) -> Hands {
        Hands {
            workers: self.workers().into_iter().map(|person| person.id).collect(),
            reviewers: self.reviews().map(|signature| signature.person_id.clone()).collect(),
        }
    }

    /// The exception, when the batch holds it as it was shown.
    #[must_use]
    pub fn exception(&self, kind: ExceptionKind, subject: Uuid, evidence: i64) -> Option<&ReviewException> {
        let is_it = |one: &&ReviewException| (one.kind, one.subject, one.evidence) == (kind, subject, evidence);
        self.exceptions.iter().find(is_it)
    }

    /// How the deviation stands that an exception is about; of other exceptions nothing.
    #[must_use]
    pub fn deviation_of(&self, exception: &ReviewException) -> Option<(Severity, DeviationStatus)> {
        let is_it = |row: &&DeviationRow| exception.kind == ExceptionKind::Deviation && row.id.0 == exception.subject;
        self.deviations.iter().find(is_it).map(|row| (row.severity, row.status))
    }

    /// As the interface shows it.
    #[must_use]
    pub fn shown(self) -> BatchReview {
        let blockers: Vec<ReleaseBlocker> = if self.batch.release_status.is_decided() {
            Vec::new()
        } else {
            self.findings().blockers().into_iter().map(Into::into).collect()
        };
        let reviewers = self
            .reviews()
            .map(|signature| NamedPerson { id: signature.person_id.clone(), name: signature.person_name.clone() });
        BatchReview {
            content_hash: hex::encode(&self.content_hash),
            reviewers: reviewers.collect(),
            workers: self.workers(),
            blockers,
            batch: self.batch,
            exceptions: self.exceptions,
            queries: self.queries,
            tests: self.tests,
            signatures: self.signatures,
            phases: self.phases,
            deviations: self.deviations,
        }
    }

    fn reviews(&self) -> impl Iterator<Item = &RecordSignature> {
        let counts = |signature: &&RecordSignature| {
            signature.meaning == SignatureMeaning::Reviewed && signature.is_of_this_content
        };
        self.signatures.iter().filter(counts)
    }

    fn workers(&self) -> Vec<NamedPerson> {
        let mut workers: Vec<NamedPerson> = Vec::new();
        for entry in self.phases.iter().flat_map(|line| &line.entries) {
            if workers.iter().all(|known| known.id != entry.person_id) {
                workers.push(NamedPerson { id: entry.person_id.clone(), name: entry.person_name.clone() });
            }
        }
        workers
    }
}

/// The batch's review, when the reader sees the batch.
///
/// # Errors
/// [`StorageError::Unreadable`] for a row that cannot be read: a review leaves nothing out. Failures of the database.
pub async fn find(database: &Database, scope: &PlantScope, id: &BatchId) -> Result<Option<StoredReview>, StorageError> {
    if id.as_str().contains('\0') {
        return Ok(None);
    }
    let mut transaction = database.reader(scope).begin().await?;
    // One look at the database: what is signed is of one state.
    sqlx::raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    let found = find_on(&mut transaction, id).await?;
    transaction.rollback().await?;
    Ok(found)
}

/// As [`find`], with the batch locked until the transaction ends.
///
/// # Errors
/// As [`find`].
pub async fn lock(
    unit: &mut UnitOfWork,
    id: &BatchId,
    now: DateTime<Utc>,
) -> Result<Option<(batches::LockedBatch, StoredReview)>, StorageError> {
    let Some(locked) = batches::lock(unit, id, now).await? else { return Ok(None) };
    Ok(find_on(unit.connection(), id).await?.map(|review| (locked, review)))
}

/// As [`find`], as the transaction has made it.
///
/// # Errors
/// As [`find`].
pub async fn find_in(unit: &mut UnitOfWork, id: &BatchId) -> Result<Option<StoredReview>, StorageError> {
    find_on(unit.connection(), id).await
}

async fn find_on(connection: &mut PgConnection, id: &BatchId) -> Result<Option<StoredReview>, StorageError> {
    let Some(batch) = batch_record::batch(connection, id).await? else { return Ok(None) };
    let phases = batch_record::phases(connection, id).await?;
    let deviations = batch_record::deviations(connection, id).await?;
    Ok(Some(read(connection, (batch, phases, deviations)).await?))
}

/// What else belongs to the review of a batch whose rows have been read.
pub(crate) async fn read(
    connection: &mut PgConnection,
    (batch, phases, deviations): (BatchRow, Vec<RecordPhase>, Vec<DeviationRow>),
) -> Result<StoredReview, StorageError> {
    let mut exceptions = evidence::exceptions(connection, &batch.id).await?;
    let queries = queries::of(connection, &batch.id).await?;
    let tests = evidence::tests(connection, &batch.id).await?;
    let missing_attachments = evidence::missing_attachments(connection, &batch.id).await?;
    let content = ReviewedContent {
        batch_id: batch.id.clone(),
        number: batch.number.clone(),
        product: batch.product.clone(),
        quantity: batch.quantity.to_string(),
        unit: batch.unit.clone(),
        master_record: batch.master_record.clone(),
        phases,
        deviations,
        exceptions: exceptions.clone(),
        queries,
        tests,
    };
    let bytes = to_canonical(&content).map_err(|error| StorageError::Unreadable {
        table: batches::ENTITY,
        id: batch.id.0.clone(),
        cause: error.to_string(),
    })?;
    let content_hash = Sha256::digest(bytes).to_vec();
    exceptions.extend(evidence::trail(connection, &batch.id).await?);
    Ok(StoredReview {
        signatures: record_signatures::of(connection, batches::ENTITY, batch.id.as_str(), &content_hash).await?,
        batch,
        phases: content.phases,
        deviations: content.deviations,
        exceptions,
        queries: content.queries,
        tests: content.tests,
        missing_attachments,
        content_hash,
    })
}

fn named(id: String, name: Option<String>) -> NamedPerson {
    NamedPerson { name: name.unwrap_or_else(|| id.clone()), id: UserId(id) }
}
