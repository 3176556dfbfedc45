//! What holds for the whole installation: its id, the feed's epoch, plants, public signing keys.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_api::server::PlantSummary;
use viruj_domain::{ids::PlantId, plant::PlantScope};

use crate::{ChangeContext, Database, StorageError, UnitOfWork};

/// Why the installation's own rows change.
const REASON: &str = "installation";

/// Stays the same for one database.
///
/// # Errors
/// Failures of the database.
pub async fn server_id(database: &Database) -> Result<Uuid, StorageError> {
    let value = sqlx::query_scalar!("SELECT value FROM installation WHERE key = 'server_id'")
        .fetch_one(database.system())
        .await?;
    value.parse().map_err(|_| StorageError::Unreadable {
        table: "installation",
        id: "server_id".to_owned(),
        cause: "not a UUID".to_owned(),
    })
}

/// The epoch that counts now.
///
/// # Errors
/// Failures of the database.
pub async fn feed_epoch(database: &Database) -> Result<Uuid, StorageError> {
    let epoch = sqlx::query_scalar!("SELECT epoch FROM feed_epochs ORDER BY began_at DESC, epoch DESC LIMIT 1")
        .fetch_one(database.system())
        .await?;
    Ok(epoch)
}

/// Whether the database was filled by `seed demo`.
///
/// # Errors
/// Failures of the database.
pub async fn is_demo(database: &Database) -> Result<bool, StorageError> {
    let found = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM installation WHERE key = 'demo') AS "found!""#)
        .fetch_one(database.system())
        .await?;
    Ok(found)
}

/// The plants that a reader sees, in order of their names.
///
/// # Errors
/// Failures of the database.
pub async fn plants(database: &Database, scope: &PlantScope) -> Result<Vec<PlantSummary>, StorageError> {
    let rows = sqlx::query!("SELECT id, name, region, time_zone FROM plants ORDER BY name, id")
        .fetch_all(&database.reader(scope))
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| PlantSummary { id: PlantId(row.id), name: row.name, region: row.region, time_zone: row.time_zone })
        .collect())
}

/// Makes a plant.
///
/// # Errors
/// [`StorageError::Conflict`] when the id is taken or not usable.
pub async fn create_plant(unit: &mut UnitOfWork, plant: &PlantSummary) -> Result<(), StorageError> {
    sqlx::query!(
        "INSERT INTO plants (id, name, region, time_zone) VALUES ($1, $2, $3, $4)",
        plant.id.as_str(),
        plant.name,
        plant.region,
        plant.time_zone,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// The public halves of all keys that ever signed here; old signatures stay verifiable with them.
///
/// # Errors
/// Failures of the database.
pub async fn signing_keys(database: &Database) -> Result<Vec<[u8; 32]>, StorageError> {
    let keys = sqlx::query_scalar!("SELECT public_key FROM signing_keys ORDER BY created_at DESC")
        .fetch_all(database.system())
        .await?;
    Ok(keys.into_iter().filter_map(|key| key.try_into().ok()).collect())
}

/// Makes the public half of a signing key known; a key that is known already changes nothing.
///
/// # Errors
/// Failures of the database.
pub async fn publish_signing_key(
    database: &Database,
    key_id: &str,
    public_key: &[u8; 32],
    created_at: DateTime<Utc>,
) -> Result<(), StorageError> {
    let known =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM signing_keys WHERE key_id = $1) AS "known!""#, key_id,)
            .fetch_one(database.system())
            .await?;
    if known {
        return Ok(());
    }
    let mut unit = database.begin(ChangeContext::system(PlantScope::All, "server", Some(REASON))).await?;
    sqlx::query!(
        "INSERT INTO signing_keys (key_id, public_key, created_at) VALUES ($1, $2, $3) ON CONFLICT (key_id) DO NOTHING",
        key_id,
        &public_key[..],
        created_at,
    )
    .execute(unit.connection())
    .await?;
    unit.commit().await
}
