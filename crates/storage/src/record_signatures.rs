//! Signatures on whole records, each bound to the hash of what was signed (21 CFR 11.70); written once.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::master_records::RecordSignature;
use viruj_domain::{
    ids::{PlantId, StationId, UserId},
    role::UnknownWord,
    signature::SignatureMeaning,
};

use crate::{StorageError, UnitOfWork};

/// A signature that is to be kept.
#[derive(Clone, Debug)]
pub struct NewSignature<'a> {
    pub id: Uuid,
    pub plant_id: &'a PlantId,
    /// The table of the record.
    pub entity: &'a str,
    pub entity_id: &'a str,
    pub content_hash: &'a [u8],
    pub meaning: SignatureMeaning,
    pub reason: &'a str,
    pub person_id: &'a UserId,
    pub person_name: &'a str,
    pub station_id: StationId,
    pub statement: &'a [u8],
    /// The server's attestation.
    pub signature: &'a str,
    pub signed_at: DateTime<Utc>,
    pub time_zone: &'a str,
}

/// Keeps a signature for ever.
///
/// # Errors
/// [`StorageError::Conflict`] when there is one with its id.
pub async fn keep(unit: &mut UnitOfWork, new: &NewSignature<'_>) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO record_signatures (id, plant_id, entity, entity_id, content_hash, meaning, reason, person_id,
             person_name, station_id, statement, signature, signed_at, time_zone)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        new.id,
        new.plant_id.as_str(),
        new.entity,
        new.entity_id,
        new.content_hash,
        new.meaning.as_str(),
        new.reason,
        new.person_id.as_str(),
        new.person_name,
        new.station_id.0,
        new.statement,
        new.signature,
        new.signed_at,
        new.time_zone,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// The signatures on a record, the oldest first; each says whether it is of `content_hash`.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn of(
    connection: &mut PgConnection,
    entity: &str,
    entity_id: &str,
    content_hash: &[u8],
) -> Result<Vec<RecordSignature>, StorageError> {
    let rows = sqlx::query!(
        "SELECT id, content_hash, meaning, reason, person_id, person_name, signed_at, time_zone FROM record_signatures
         WHERE entity = $1 AND entity_id = $2 ORDER BY signed_at, id",
        entity,
        entity_id,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(RecordSignature {
                id: row.id,
                person_id: UserId(row.person_id),
                person_name: row.person_name,
                meaning: row.meaning.parse().map_err(|error: UnknownWord| StorageError::Unreadable {
                    table: "record_signatures",
                    id: row.id.to_string(),
                    cause: error.to_string(),
                })?,
                signed_at: row.signed_at,
                time_zone: row.time_zone,
                reason: row.reason,
                is_of_this_content: row.content_hash == content_hash,
            })
        })
        .collect()
}
