//! Versions of master batch records.
//!
//! The procedure is kept as the text that was hashed and is never written anew from what was read of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    lists::Page,
    master_records::{MasterRecord, MasterRecordAuthor, MasterRecordQuery, MasterRecordRow},
};
use viruj_domain::{
    ids::{MasterRecordId, PlantId, UserId},
    master::{self, MasterRecordStatus, Procedure},
    plant::PlantScope,
    role::UnknownWord,
};

use crate::{
    Database, StorageError, UnitOfWork,
    keyset::{After, searched},
    record_signatures,
};

/// What signatures and the trail call a version.
pub const ENTITY: &str = "master_batch_records";

/// By product code, the newest version first.
const ORDER: &str = "product";

struct Row {
    id: Uuid,
    plant_id: String,
    product: String,
    product_code: String,
    version: i32,
    status: String,
    effective_from: Option<DateTime<Utc>>,
    effective_until: Option<DateTime<Utc>>,
    created_by_name: Option<String>,
    created_at: DateTime<Utc>,
    revision: i32,
}

struct WholeRow {
    id: Uuid,
    plant_id: String,
    product: String,
    product_code: String,
    version: i32,
    status: String,
    effective_from: Option<DateTime<Utc>>,
    effective_until: Option<DateTime<Utc>>,
    created_by_name: Option<String>,
    created_at: DateTime<Utc>,
    revision: i32,
    procedure: String,
    content_hash: Vec<u8>,
    based_on: Option<Uuid>,
    authors: Vec<String>,
}

/// A version as the database holds it.
#[derive(Clone, Debug)]
pub struct StoredVersion {
    pub row: MasterRecordRow,
    /// The text that the hash is of.
    pub procedure_text: String,
    /// The hash that was written with the text; another one than [`Self::text_hash`] shows that one of them was altered.
    pub content_hash: Vec<u8>,
    pub based_on: Option<MasterRecordId>,
    pub authors: Vec<UserId>,
}

/// A procedure as it is kept.
#[derive(Clone, Debug)]
pub struct Content<'a> {
    product: &'a str,
    product_code: &'a str,
    text: String,
    hash: Vec<u8>,
}

/// A version that is to be made.
#[derive(Clone, Debug)]
pub struct NewVersion<'a> {
    pub id: MasterRecordId,
    pub plant_id: &'a PlantId,
    pub content: &'a Content<'a>,
    pub based_on: Option<MasterRecordId>,
    pub author: &'a UserId,
    pub reason: &'a str,
    pub now: DateTime<Utc>,
}

impl<'a> Content<'a> {
    /// # Errors
    /// When the procedure cannot be written as JSON.
    pub fn of(procedure: &'a Procedure) -> Result<Self, serde_json::Error> {
        let text = serde_json::to_string(procedure)?;
        let hash = Sha256::digest(&text).to_vec();
        Ok(Self { product: &procedure.product, product_code: &procedure.product_code, text, hash })
    }
}

impl StoredVersion {
    /// # Errors
    /// [`StorageError::Unreadable`].
    pub fn procedure(&self) -> Result<Procedure, StorageError> {
        serde_json::from_str(&self.procedure_text).map_err(|error| unreadable(self.row.id.0, error.to_string()))
    }

    /// SHA-256 of the text that is there now.
    #[must_use]
    pub fn text_hash(&self) -> Vec<u8> {
        Sha256::digest(&self.procedure_text).to_vec()
    }
}

/// The versions that a reader sees.
///
/// # Errors
/// [`StorageError::CursorInvalid`], [`StorageError::Unreadable`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &MasterRecordQuery,
) -> Result<Page<MasterRecordRow>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let (code, version) = match after.place.as_deref().map(serde_json::from_str::<(String, i32)>) {
        Some(Ok((code, version))) => (Some(code), Some(version)),
        Some(Err(_)) => return Err(StorageError::CursorInvalid),
        None => (None, None),
    };
    let id: Option<Uuid> = after.id.as_deref().map(str::parse).transpose().map_err(|_| StorageError::CursorInvalid)?;
    let plant = query.plant_id.as_ref().map(|plant| plant.as_str().replace('\0', ""));
    let search = searched(query.search.as_deref());
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT r.id, r.plant_id, r.product, r.product_code, r.version, r.status, r.effective_from, r.effective_until,
               u.name AS "created_by_name?", r.created_at, r.revision
           FROM master_batch_records AS r LEFT JOIN users AS u ON u.id = r.created_by
           WHERE ($1::text IS NULL OR (r.product_code, -r.version, r.id) > ($1, -($2::integer), $3::uuid))
               AND ($4::text IS NULL OR r.status = $4)
               AND ($5::text IS NULL OR r.plant_id = $5)
               AND ($6::text IS NULL OR strpos(lower(r.product), lower($6)) > 0
                   OR strpos(lower(r.product_code), lower($6)) > 0)
           ORDER BY r.product_code, r.version DESC, r.id LIMIT $7"#,
        code,
        version,
        id,
        query.status.map(MasterRecordStatus::as_str),
        plant,
        search,
        after.fetch_limit(),
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows {
        let place = serde_json::json!([row.product_code, row.version]).to_string();
        placed.push((place, row.id.to_string(), row.read()?));
    }
    Ok(after.page(ORDER, placed))
}

/// The version with this id, when the reader sees it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn find(
    database: &Database,
    scope: &PlantScope,
    id: MasterRecordId,
) -> Result<Option<StoredVersion>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    find_on(&mut connection, id).await
}

/// The version with this id, which nobody else changes until the transaction ends.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn lock(unit: &mut UnitOfWork, id: MasterRecordId) -> Result<Option<StoredVersion>, StorageError> {
    sqlx::query_scalar!("SELECT id FROM master_batch_records WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(unit.connection())
        .await?;
    find_on(unit.connection(), id).await
}

async fn find_on(connection: &mut PgConnection, id: MasterRecordId) -> Result<Option<StoredVersion>, StorageError> {
    let row = sqlx::query_as!(
        WholeRow,
        r#"SELECT r.id, r.plant_id, r.product, r.product_code, r.version, r.status, r.effective_from, r.effective_until,
               u.name AS "created_by_name?", r.created_at, r.revision, r.procedure, r.content_hash, r.based_on, r.authors
           FROM master_batch_records AS r LEFT JOIN users AS u ON u.id = r.created_by WHERE r.id = $1"#,
        id.0,
    )
    .fetch_optional(connection)
    .await?;
    row.map(WholeRow::read).transpose()
}

/// A version with everything that is known of it, when the reader sees it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn show(
    database: &Database,
    scope: &PlantScope,
    id: MasterRecordId,
) -> Result<Option<MasterRecord>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    show_on(&mut connection, id).await
}

/// As [`show`], with what the transaction has changed.
///
/// # Errors
/// As [`show`].
pub async fn show_in(unit: &mut UnitOfWork, id: MasterRecordId) -> Result<Option<MasterRecord>, StorageError> {
    show_on(unit.connection(), id).await
}

async fn show_on(connection: &mut PgConnection, id: MasterRecordId) -> Result<Option<MasterRecord>, StorageError> {
    let Some(stored) = find_on(connection, id).await? else { return Ok(None) };
    let procedure = stored.procedure()?;
    let text_hash = stored.text_hash();
    Ok(Some(MasterRecord {
        signatures: record_signatures::of(connection, ENTITY, &id.to_string(), &text_hash).await?,
        authors: authors(connection, &stored.authors).await?,
        content_hash: hex::encode(&text_hash),
        based_on: stored.based_on,
        faults: master::faults(&procedure),
        procedure,
        row: stored.row,
    }))
}

/// Whoever begins or changes the effective version of a product waits for whoever does so already.
///
/// # Errors
/// Failures of the database.
pub async fn wait_for_product(unit: &mut UnitOfWork, plant: &PlantId, code: &str) -> Result<(), StorageError> {
    sqlx::query_scalar!(
        r#"SELECT true AS "waited!" FROM pg_advisory_xact_lock(hashtextextended($1, $2))"#,
        format!("{ENTITY}/{plant}/{code}"),
        PRODUCT_LOCK,
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(())
}

/// Whoever makes something from the effective version of a product keeps it effective until the transaction ends; many
/// can at once.
///
/// # Errors
/// Failures of the database.
pub async fn keep_effective(unit: &mut UnitOfWork, plant: &PlantId, code: &str) -> Result<(), StorageError> {
    sqlx::query_scalar!(
        r#"SELECT true AS "waited!" FROM pg_advisory_xact_lock_shared(hashtextextended($1, $2))"#,
        format!("{ENTITY}/{plant}/{code}"),
        PRODUCT_LOCK,
    )
    .fetch_one(unit.connection())
    .await?;
    Ok(())
}

/// The one version of the product that is effective in the plant, when there is one.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn effective(
    unit: &mut UnitOfWork,
    plant: &PlantId,
    code: &str,
) -> Result<Option<StoredVersion>, StorageError> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM master_batch_records WHERE plant_id = $1 AND product_code = $2 AND status = 'Effective'",
        plant.as_str(),
        code.replace('\0', ""),
    )
    .fetch_optional(unit.connection())
    .await?;
    match id {
        Some(id) => find_on(unit.connection(), MasterRecordId(id)).await,
        None => Ok(None),
    }
}

/// Keeps these locks apart from others of the database.
const PRODUCT_LOCK: i64 = 0x7669_7275_6a02;

/// Makes a draft with the next number of the product in its plant.
///
/// # Errors
/// [`StorageError::Conflict`] when there is one with its id, failures of the database.
pub async fn create(unit: &mut UnitOfWork, new: &NewVersion<'_>) -> Result<(), StorageError> {
    wait_for_product(unit, new.plant_id, new.content.product_code).await?;
    sqlx::query!(
        "INSERT INTO master_batch_records
             (id, plant_id, product, product_code, version, status, procedure, content_hash, created_by, created_at,
              based_on, authors, change_reason)
         VALUES ($1, $2, $3, $4,
             (SELECT coalesce(max(version), 0) + 1 FROM master_batch_records WHERE plant_id = $2 AND product_code = $4),
             $5, $6, $7, $8, $9, $10, ARRAY[$8], $11)",
        new.id.0,
        new.plant_id.as_str(),
        new.content.product,
        new.content.product_code,
        MasterRecordStatus::Draft.as_str(),
        new.content.text,
        new.content.hash,
        new.author.as_str(),
        new.now,
        new.based_on.map(|id| id.0),
        new.reason,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Puts a draft's content in the place of what it was; whoever wrote it is one of its authors from then on.
///
/// # Errors
/// Failures of the database, which refuses it for anything but a draft.
pub async fn edit(
    unit: &mut UnitOfWork,
    id: MasterRecordId,
    content: &Content<'_>,
    author: &UserId,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE master_batch_records SET product = $2, procedure = $3, content_hash = $4,
             authors = CASE WHEN $5 = ANY (authors) THEN authors ELSE authors || $5 END
         WHERE id = $1",
        id.0,
        content.product,
        content.text,
        content.hash,
        author.as_str(),
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Brings a version into a status that asks for nothing but itself.
///
/// # Errors
/// Failures of the database, which refuses what does not follow from where the version stands.
pub async fn set_status(
    unit: &mut UnitOfWork,
    id: MasterRecordId,
    status: MasterRecordStatus,
) -> Result<(), StorageError> {
    sqlx::query!("UPDATE master_batch_records SET status = $2 WHERE id = $1", id.0, status.as_str())
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// # Errors
/// As [`set_status`].
pub async fn approve(
    unit: &mut UnitOfWork,
    id: MasterRecordId,
    person: &UserId,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE master_batch_records SET status = $2, approved_by = $3, approved_at = $4 WHERE id = $1",
        id.0,
        MasterRecordStatus::Approved.as_str(),
        person.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Takes a version out of use: one that was effective was so until now, one whose day was to come has none.
///
/// # Errors
/// As [`set_status`].
pub async fn withdraw(unit: &mut UnitOfWork, id: MasterRecordId, now: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE master_batch_records SET status = $2,
             effective_from = CASE WHEN status = $3 THEN effective_from END,
             effective_until = CASE WHEN status = $3 THEN $4::timestamptz END
         WHERE id = $1",
        id.0,
        MasterRecordStatus::Withdrawn.as_str(),
        MasterRecordStatus::Effective.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Notes when an approved version is to become effective.
///
/// # Errors
/// Failures of the database.
pub async fn plan(unit: &mut UnitOfWork, id: MasterRecordId, from: DateTime<Utc>) -> Result<(), StorageError> {
    sqlx::query!("UPDATE master_batch_records SET effective_from = $2 WHERE id = $1", id.0, from)
        .execute(unit.connection())
        .await?;
    Ok(())
}

/// Makes a version effective and the one that was so before superseded.
///
/// The caller has waited for the product with [`wait_for_product`].
///
/// # Errors
/// As [`set_status`].
pub async fn make_effective(
    unit: &mut UnitOfWork,
    version: &MasterRecordRow,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    sqlx::query!(
        "UPDATE master_batch_records SET status = $3, effective_until = $5
         WHERE plant_id = $1 AND product_code = $2 AND status = $4",
        version.plant_id.as_str(),
        version.product_code,
        MasterRecordStatus::Superseded.as_str(),
        MasterRecordStatus::Effective.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    sqlx::query!(
        "UPDATE master_batch_records SET status = $2, effective_from = $3, effective_until = NULL WHERE id = $1",
        version.id.0,
        MasterRecordStatus::Effective.as_str(),
        now,
    )
    .execute(unit.connection())
    .await?;
    Ok(())
}

/// Approved versions whose day has come, in the order of their days.
///
/// # Errors
/// Failures of the database.
pub async fn due(database: &Database, now: DateTime<Utc>) -> Result<Vec<MasterRecordId>, StorageError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM master_batch_records WHERE status = 'Approved' AND effective_from <= $1
         ORDER BY effective_from, version, id",
        now,
    )
    .fetch_all(&database.reader(&PlantScope::All))
    .await?;
    Ok(ids.into_iter().map(MasterRecordId).collect())
}

/// The authors with their names, in the order in which they began to write.
async fn authors(connection: &mut PgConnection, ids: &[UserId]) -> Result<Vec<MasterRecordAuthor>, StorageError> {
    let wanted: Vec<String> = ids.iter().map(|id| id.0.clone()).collect();
    let mut names: BTreeMap<String, String> = sqlx::query!("SELECT id, name FROM users WHERE id = ANY ($1)", &wanted)
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let author =
        |id: &UserId| MasterRecordAuthor { name: names.remove(&id.0).unwrap_or_else(|| id.0.clone()), id: id.clone() };
    Ok(ids.iter().map(author).collect())
}

impl Row {
    fn read(self) -> Result<MasterRecordRow, StorageError> {
        let number = |number: i32| u32::try_from(number).map_err(|error| unreadable(self.id, error.to_string()));
        Ok(MasterRecordRow {
            id: MasterRecordId(self.id),
            version: number(self.version)?,
            status: self.status.parse().map_err(|error: UnknownWord| unreadable(self.id, error.to_string()))?,
            revision: number(self.revision)?,
            plant_id: PlantId(self.plant_id),
            product: self.product,
            product_code: self.product_code,
            effective_from: self.effective_from,
            effective_until: self.effective_until,
            created_by_name: self.created_by_name,
            created_at: self.created_at,
        })
    }
}

impl WholeRow {
    fn read(self) -> Result<StoredVersion, StorageError> {
        let row = Row {
            id: self.id,
            plant_id: self.plant_id,
            product: self.product,
            product_code: self.product_code,
            version: self.version,
            status: self.status,
            effective_from: self.effective_from,
            effective_until: self.effective_until,
            created_by_name: self.created_by_name,
            created_at: self.created_at,
            revision: self.revision,
        };
        Ok(StoredVersion {
            row: row.read()?,
            procedure_text: self.procedure,
            content_hash: self.content_hash,
            based_on: self.based_on.map(MasterRecordId),
            authors: self.authors.into_iter().map(UserId).collect(),
        })
    }
}

fn unreadable(id: Uuid, cause: String) -> StorageError {
    StorageError::Unreadable { table: ENTITY, id: id.to_string(), cause }
}
