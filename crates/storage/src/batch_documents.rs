//! The documents of a batch that quality assurance has decided about, byte for byte as they were then.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use viruj_domain::{
    ids::{BatchId, PlantId},
    plant::PlantScope,
};

use crate::{Database, StorageError, UnitOfWork};

/// What is kept of a decided batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Canonical JSON with the server's seal.
    Record,
    PrintedRecord,
    CertificateOfAnalysis,
    BatchCertificate,
}

impl DocumentKind {
    pub const ALL: [Self; 4] = [Self::Record, Self::PrintedRecord, Self::CertificateOfAnalysis, Self::BatchCertificate];

    /// The word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::PrintedRecord => "printed_record",
            Self::CertificateOfAnalysis => "certificate_of_analysis",
            Self::BatchCertificate => "batch_certificate",
        }
    }
}

/// The document, when the reader sees the batch and it has been kept.
///
/// # Errors
/// [`StorageError::Unreadable`] when its bytes are not the ones that were kept. Failures of the database.
pub async fn find(
    database: &Database,
    scope: &PlantScope,
    batch: &BatchId,
    kind: DocumentKind,
) -> Result<Option<Vec<u8>>, StorageError> {
    if batch.as_str().contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query!(
        "SELECT id, content, sha256 FROM batch_documents WHERE batch_id = $1 AND kind = $2",
        batch.as_str(),
        kind.as_str(),
    )
    .fetch_optional(&database.reader(scope))
    .await?;
    let Some(row) = row else { return Ok(None) };
    if Sha256::digest(&row.content).as_slice() != row.sha256 {
        return Err(StorageError::Unreadable {
            table: "batch_documents",
            id: row.id.to_string(),
            cause: "its bytes are not the ones that were kept".to_owned(),
        });
    }
    Ok(Some(row.content))
}

/// Keeps the documents of a batch; one that is kept already stays.
///
/// # Errors
/// Failures of the database.
pub async fn keep(
    unit: &mut UnitOfWork,
    plant: &PlantId,
    batch: &BatchId,
    documents: &[(DocumentKind, Vec<u8>)],
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    for (kind, content) in documents {
        let sha256 = Sha256::digest(content).to_vec();
        sqlx::query!(
            "INSERT INTO batch_documents (id, plant_id, batch_id, kind, content, sha256, kept_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (batch_id, kind) DO NOTHING",
            Uuid::now_v7(),
            plant.as_str(),
            batch.as_str(),
            kind.as_str(),
            content,
            sha256,
            now,
        )
        .execute(unit.connection())
        .await?;
    }
    Ok(())
}

/// The batches that quality assurance has decided about here and whose documents are not all kept, with their plants.
///
/// # Errors
/// Failures of the database.
pub async fn missing(database: &Database) -> Result<Vec<(PlantId, BatchId)>, StorageError> {
    let rows = sqlx::query!(
        r#"SELECT batch.id, batch.plant_id AS "plant_id!"
           FROM production_batches AS batch
           WHERE batch.qa_release_status IN ('Released', 'Rejected') AND batch.plant_id IS NOT NULL
               AND EXISTS (SELECT FROM record_signatures AS s WHERE s.entity = 'production_batches'
                   AND s.entity_id = batch.id AND s.meaning IN ('released', 'rejected'))
               AND (SELECT count(*) FROM batch_documents AS d WHERE d.batch_id = batch.id) < $1
           ORDER BY batch.id LIMIT 20"#,
        i64::try_from(DocumentKind::ALL.len()).unwrap_or(i64::MAX),
    )
    .fetch_all(&database.reader(&PlantScope::All))
    .await?;
    Ok(rows.into_iter().map(|row| (PlantId(row.plant_id), BatchId(row.id))).collect())
}
