//! Files and photos of batches, found by their hash; written once.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use viruj_domain::{
    attachment::MediaType,
    ids::{BatchId, PlantId, UserId},
    phase::PhaseEntry,
    plant::PlantScope,
    role::UnknownWord,
};

use crate::{Database, StorageError, UnitOfWork};

/// A file as an entry names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub plant: PlantId,
    /// Who recorded the entry.
    pub person: UserId,
    pub media_type: MediaType,
    pub size_bytes: u64,
}

/// A file that has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub batch_number: String,
    /// Of the first phase that names it.
    pub phase_number: u32,
    pub media_type: MediaType,
    pub content: Vec<u8>,
}

/// How the entries of the batch name the file, when one does; also those that took no effect, which are evidence.
///
/// # Errors
/// [`StorageError::Unreadable`]. Failures of the database.
pub async fn named(unit: &mut UnitOfWork, batch: &BatchId, sha256: &str) -> Result<Option<Named>, StorageError> {
    if batch.as_str().contains('\0') || sha256.contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query!(
        "SELECT operation_id, plant_id, person_id, entry FROM phase_entries
         WHERE batch_id = $1 AND entry::jsonb ->> 'type' = 'attached' AND entry::jsonb ->> 'sha256' = $2
         ORDER BY received_at, operation_id LIMIT 1",
        batch.as_str(),
        sha256,
    )
    .fetch_optional(unit.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    match serde_json::from_str(&row.entry) {
        Ok(PhaseEntry::Attached { media_type, size_bytes, .. }) => {
            Ok(Some(Named { plant: PlantId(row.plant_id), person: UserId(row.person_id), media_type, size_bytes }))
        }
        other => Err(StorageError::Unreadable {
            table: "phase_entries",
            id: row.operation_id.to_string(),
            cause: format!("{other:?} names no file"),
        }),
    }
}

/// Keeps a file whose bytes have been looked at; one that has arrived already stays.
///
/// # Errors
/// Failures of the database.
pub async fn keep(
    unit: &mut UnitOfWork,
    batch: &BatchId,
    (named, sha256, content): (&Named, &str, &[u8]),
    (person, now): (&UserId, DateTime<Utc>),
) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO attachments
             (id, plant_id, batch_id, sha256, media_type, size_bytes, content, received_from, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (batch_id, sha256) DO NOTHING",
        Uuid::now_v7(),
        named.plant.as_str(),
        batch.as_str(),
        sha256,
        named.media_type.as_str(),
        i64::try_from(content.len()).unwrap_or(i64::MAX),
        content,
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// The file, when the reader sees the batch and it has arrived.
///
/// # Errors
/// [`StorageError::Unreadable`] when its bytes are not the ones that arrived. Failures of the database.
pub async fn find(
    database: &Database,
    scope: &PlantScope,
    batch: &BatchId,
    sha256: &str,
) -> Result<Option<Attachment>, StorageError> {
    if batch.as_str().contains('\0') || sha256.contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query!(
        r#"SELECT file.id, file.media_type, file.content, batch.batch_number,
               (SELECT min(phase.number) FROM phase_entries AS entry
                    JOIN batch_phases AS phase ON phase.id = entry.phase_id
                WHERE entry.batch_id = file.batch_id AND entry.entry::jsonb ->> 'sha256' = file.sha256) AS phase_number
           FROM attachments AS file JOIN production_batches AS batch ON batch.id = file.batch_id
           WHERE file.batch_id = $1 AND file.sha256 = $2"#,
        batch.as_str(),
        sha256,
    )
    .fetch_optional(&database.reader(scope))
    .await?;
    let Some(row) = row else { return Ok(None) };
    let unreadable = |cause: String| StorageError::Unreadable { table: "attachments", id: row.id.to_string(), cause };
    if hex::encode(Sha256::digest(&row.content)) != sha256 {
        return Err(unreadable("its bytes are not the ones that arrived".to_owned()));
    }
    let media_type = row.media_type.parse().map_err(|error: UnknownWord| unreadable(error.to_string()))?;
    Ok(Some(Attachment {
        batch_number: row.batch_number,
        phase_number: row.phase_number.unwrap_or_default().unsigned_abs(),
        media_type,
        content: row.content,
    }))
}
