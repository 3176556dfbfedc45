//! Deviations, from the one that a value opened by itself to its disposition.

use chrono::{DateTime, Datelike, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;
use viruj_api::{
    deviations::{Deviation, DeviationContent, DeviationQuery, DeviationSummary},
    lists::Page,
};
use viruj_domain::{
    deviation::{self, DeviationStatus, Severity, capa::CapaStatus},
    ids::{BatchId, DeviationId, OperationId, PhaseId, PlantId, UserId},
    plant::{PlantScope, time_zone},
    role::UnknownWord,
};
use viruj_sync::canonical::to_canonical;

use crate::{
    Database, StorageError, UnitOfWork, capas, counters,
    keyset::{After, searched},
};

mod showing;
mod steps;

pub(crate) use showing::people;
pub use steps::{begin_investigation, change_severity, count_capa, edit, report, set_status, settle_batch};

/// What signatures and the trail call a deviation.
pub const ENTITY: &str = "deviations";
/// The series of the codes, for example `DEV-26-001`.
pub(crate) const SERIES: &str = "DEV";
/// The newest first.
const ORDER: &str = "-opened_at";

struct Row {
    id: Uuid,
    plant_id: String,
    code: String,
    cause: String,
    severity: String,
    status: String,
    description: String,
    batch_id: Option<String>,
    phase_id: Option<Uuid>,
    operation_id: Option<Uuid>,
    opened_by: Option<String>,
    opened_at: DateTime<Utc>,
    immediate_action: Option<String>,
    investigation: Option<String>,
    root_cause: Option<String>,
    impact_assessment: Option<String>,
    affected_batches: Vec<String>,
    disposition: Option<String>,
    disposition_reason: Option<String>,
    no_capa_reason: Option<String>,
    investigators: Vec<String>,
    reviewed_by: Option<String>,
    closed_by: Option<String>,
    closed_at: Option<DateTime<Utc>>,
    capas: i32,
    version: i64,
    batch_number: Option<String>,
    phase_number: Option<i32>,
    phase_title: Option<String>,
    opened_by_name: Option<String>,
}

/// A deviation as the database holds it.
#[derive(Clone, Debug)]
pub struct StoredDeviation {
    pub row: DeviationSummary,
    pub content: DeviationContent,
    pub investigators: Vec<UserId>,
    pub reviewed_by: Option<UserId>,
    pub closed_by: Option<UserId>,
    pub closed_at: Option<DateTime<Utc>>,
    /// Where the actions stand that were opened from it.
    pub capa_statuses: Vec<CapaStatus>,
}

impl StoredDeviation {
    /// As the rules take it.
    #[must_use]
    pub fn told(&self) -> deviation::Deviation<'_> {
        let content = &self.content;
        deviation::Deviation {
            status: self.row.status,
            cause: self.row.cause,
            severity: self.row.severity,
            opened_by: content.opened_by.as_ref(),
            investigators: &self.investigators,
            reviewed_by: self.reviewed_by.as_ref(),
            root_cause: content.root_cause.as_deref(),
            disposition: content.disposition,
            disposition_reason: content.disposition_reason.as_deref(),
            no_capa_reason: content.no_capa_reason.as_deref(),
            capas: &self.capa_statuses,
        }
    }

    /// SHA-256 of the content as canonical JSON: what a signature is bound to.
    ///
    /// # Errors
    /// [`StorageError::Unreadable`] when the content cannot be written as canonical JSON.
    pub fn content_hash(&self) -> Result<Vec<u8>, StorageError> {
        let bytes = to_canonical(&self.content).map_err(|error| unreadable(self.row.id.0, error.to_string()))?;
        Ok(Sha256::digest(bytes).to_vec())
    }
}

/// A deviation that a person reports.
#[derive(Clone, Debug)]
pub struct NewDeviation<'a> {
    pub id: DeviationId,
    pub plant_id: &'a PlantId,
    pub batch_id: Option<&'a BatchId>,
    pub phase_id: Option<PhaseId>,
    pub severity: Severity,
    pub description: &'a str,
    pub immediate_action: Option<&'a str>,
    pub person: &'a UserId,
    pub now: DateTime<Utc>,
}

/// The deviations that a reader sees.
///
/// # Errors
/// [`StorageError::CursorInvalid`], [`StorageError::Unreadable`], failures of the database.
pub async fn list(
    database: &Database,
    scope: &PlantScope,
    query: &DeviationQuery,
) -> Result<Page<DeviationSummary>, StorageError> {
    let after = After::read(query.limit, query.cursor.as_deref(), ORDER)?;
    let place: Option<DateTime<Utc>> =
        after.place.as_deref().map(str::parse).transpose().map_err(|_| StorageError::CursorInvalid)?;
    let id: Option<Uuid> = after.id.as_deref().map(str::parse).transpose().map_err(|_| StorageError::CursorInvalid)?;
    let plain = |text: &str| text.replace('\0', "");
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT d.id, d.plant_id, d.code, d.cause, d.severity, d.status, d.description, d.batch_id, d.phase_id, d.operation_id,
               d.opened_by, d.opened_at, d.immediate_action, d.investigation, d.root_cause, d.impact_assessment,
               d.affected_batches, d.disposition, d.disposition_reason, d.no_capa_reason, d.investigators,
               d.reviewed_by, d.closed_by, d.closed_at, d.capas, d.version,
               b.batch_number AS "batch_number?", p.number AS "phase_number?",
               (p.definition::json ->> 'title') AS "phase_title?", u.name AS "opened_by_name?"
           FROM deviations AS d LEFT JOIN production_batches AS b ON b.id = d.batch_id
               LEFT JOIN batch_phases AS p ON p.id = d.phase_id LEFT JOIN users AS u ON u.id = d.opened_by
           WHERE ($1::timestamptz IS NULL OR (d.opened_at, d.id) < ($1, $2::uuid))
               AND ($3::text IS NULL OR d.status = $3)
               AND ($4::text IS NULL OR d.severity = $4)
               AND ($5::text IS NULL OR d.plant_id = $5)
               AND ($6::text IS NULL OR d.batch_id = $6)
               AND ($7::text IS NULL OR strpos(lower(d.code), lower($7)) > 0
                   OR strpos(lower(d.description), lower($7)) > 0 OR strpos(lower(b.batch_number), lower($7)) > 0)
               AND (NOT $8 OR d.status NOT IN ('Closed', 'Rejected'))
           ORDER BY d.opened_at DESC, d.id DESC LIMIT $9"#,
        place,
        id,
        query.status.map(DeviationStatus::as_str),
        query.severity.map(Severity::as_str),
        query.plant_id.as_ref().map(|plant| plain(plant.as_str())),
        query.batch_id.as_ref().map(|batch| plain(batch.as_str())),
        searched(query.search.as_deref()),
        query.open.unwrap_or(false),
        after.fetch_limit(),
    )
    .fetch_all(&database.reader(scope))
    .await?;
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows {
        placed.push((row.opened_at.to_rfc3339(), row.id.to_string(), row.summary()?));
    }
    Ok(after.page(ORDER, placed))
}

/// The deviation with this id, when the reader sees it.
///
/// # Errors
/// [`StorageError::Unreadable`], failures of the database.
pub async fn find(
    database: &Database,
    scope: &PlantScope,
    id: DeviationId,
) -> Result<Option<StoredDeviation>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    find_on(&mut connection, id).await
}

/// The deviation with this id, which nobody else changes until the transaction ends.
///
/// # Errors
/// As [`find`].
pub async fn lock(unit: &mut UnitOfWork, id: DeviationId) -> Result<Option<StoredDeviation>, StorageError> {
    sqlx::query_scalar!("SELECT id FROM deviations WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(unit.connection())
        .await?;
    find_on(unit.connection(), id).await
}

async fn find_on(connection: &mut PgConnection, id: DeviationId) -> Result<Option<StoredDeviation>, StorageError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT d.id, d.plant_id, d.code, d.cause, d.severity, d.status, d.description, d.batch_id, d.phase_id, d.operation_id,
               d.opened_by, d.opened_at, d.immediate_action, d.investigation, d.root_cause, d.impact_assessment,
               d.affected_batches, d.disposition, d.disposition_reason, d.no_capa_reason, d.investigators,
               d.reviewed_by, d.closed_by, d.closed_at, d.capas, d.version,
               b.batch_number AS "batch_number?", p.number AS "phase_number?",
               (p.definition::json ->> 'title') AS "phase_title?", u.name AS "opened_by_name?"
           FROM deviations AS d LEFT JOIN production_batches AS b ON b.id = d.batch_id
               LEFT JOIN batch_phases AS p ON p.id = d.phase_id LEFT JOIN users AS u ON u.id = d.opened_by WHERE d.id = $1"#,
        id.0,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let capas = capas::of_deviation(connection, id).await?;
    let capa_codes = capas.iter().map(|capa| capa.code.clone()).collect();
    Ok(Some(row.read(capa_codes, capas.iter().map(|capa| capa.status).collect())?))
}

/// A deviation with everything that is known of it, when the reader sees it.
///
/// # Errors
/// As [`find`].
pub async fn show(database: &Database, scope: &PlantScope, id: DeviationId) -> Result<Option<Deviation>, StorageError> {
    let mut connection = database.reader(scope).acquire().await?;
    showing::show(&mut connection, id).await
}

/// As [`show`], with what the transaction has changed.
///
/// # Errors
/// As [`show`].
pub async fn show_in(unit: &mut UnitOfWork, id: DeviationId) -> Result<Option<Deviation>, StorageError> {
    showing::show(unit.connection(), id).await
}

/// The plant of a batch that the transaction sees, and whether the phase is one of its phases.
///
/// # Errors
/// Failures of the database.
pub async fn place_of(
    unit: &mut UnitOfWork,
    batch: &BatchId,
    phase: Option<PhaseId>,
) -> Result<Option<(PlantId, bool)>, StorageError> {
    let row = sqlx::query!(
        r#"SELECT plant_id, ($2::uuid IS NULL OR EXISTS (SELECT FROM batch_phases AS p WHERE p.id = $2 AND p.batch_id = b.id))
               AS "has_phase!"
           FROM production_batches AS b WHERE b.id = $1"#,
        batch.as_str(),
        phase.map(|phase| phase.0),
    )
    .fetch_optional(unit.connection())
    .await?;
    Ok(row.map(|row| (PlantId(row.plant_id), row.has_phase)))
}

/// Which of these batches are not there, or not in the plant.
///
/// # Errors
/// Failures of the database.
pub async fn unknown_batches(
    unit: &mut UnitOfWork,
    plant: &PlantId,
    batches: &[BatchId],
) -> Result<Vec<BatchId>, StorageError> {
    let wanted: Vec<String> = batches.iter().map(|batch| batch.0.replace('\0', "")).collect();
    let known = sqlx::query_scalar!(
        "SELECT id FROM production_batches WHERE plant_id = $1 AND id = ANY ($2)",
        plant.as_str(),
        &wanted,
    )
    .fetch_all(unit.connection())
    .await?;
    Ok(batches.iter().filter(|batch| !known.contains(&batch.0)).cloned().collect())
}

/// The next code of a series in the year of the plant's zone.
pub(crate) async fn next_code(
    unit: &mut UnitOfWork,
    series: &str,
    plant: &PlantId,
    now: DateTime<Utc>,
) -> Result<String, StorageError> {
    let zone = sqlx::query_scalar!("SELECT time_zone FROM plants WHERE id = $1", plant.as_str())
        .fetch_optional(unit.connection())
        .await?;
    let zone = zone.as_deref().and_then(time_zone);
    let year = zone.map_or_else(|| now.year(), |zone| now.with_timezone(&zone).year());
    counters::next_code(unit.connection(), series, year).await
}

impl Row {
    fn summary(&self) -> Result<DeviationSummary, StorageError> {
        let word = |error: UnknownWord| unreadable(self.id, error.to_string());
        let number = |error: std::num::TryFromIntError| unreadable(self.id, error.to_string());
        Ok(DeviationSummary {
            id: DeviationId(self.id),
            plant_id: PlantId(self.plant_id.clone()),
            code: self.code.clone(),
            cause: self.cause.parse().map_err(word)?,
            severity: self.severity.parse().map_err(word)?,
            status: self.status.parse().map_err(word)?,
            description: self.description.clone(),
            batch_id: self.batch_id.clone().map(BatchId),
            batch_number: self.batch_number.clone(),
            phase_id: self.phase_id.map(PhaseId),
            phase_number: self.phase_number.map(u32::try_from).transpose().map_err(number)?,
            phase_title: self.phase_title.clone(),
            disposition: self.disposition.as_deref().map(str::parse).transpose().map_err(word)?,
            capas: u32::try_from(self.capas).map_err(number)?,
            opened_by_name: self.opened_by_name.clone(),
            opened_at: self.opened_at,
            version: u32::try_from(self.version).map_err(number)?,
        })
    }

    fn read(self, capas: Vec<String>, capa_statuses: Vec<CapaStatus>) -> Result<StoredDeviation, StorageError> {
        let row = self.summary()?;
        let content = DeviationContent {
            code: self.code,
            cause: row.cause,
            severity: row.severity,
            description: self.description,
            batch_id: row.batch_id.clone(),
            phase_id: row.phase_id,
            operation_id: self.operation_id.map(OperationId),
            opened_by: self.opened_by.map(UserId),
            opened_at: self.opened_at,
            immediate_action: self.immediate_action,
            investigation: self.investigation,
            root_cause: self.root_cause,
            impact_assessment: self.impact_assessment,
            affected_batches: self.affected_batches.into_iter().map(BatchId).collect(),
            disposition: row.disposition,
            disposition_reason: self.disposition_reason,
            no_capa_reason: self.no_capa_reason,
            capas,
        };
        Ok(StoredDeviation {
            row,
            content,
            investigators: self.investigators.into_iter().map(UserId).collect(),
            reviewed_by: self.reviewed_by.map(UserId),
            closed_by: self.closed_by.map(UserId),
            closed_at: self.closed_at,
            capa_statuses,
        })
    }
}

fn unreadable(id: Uuid, cause: String) -> StorageError {
    StorageError::Unreadable { table: ENTITY, id: id.to_string(), cause }
}
