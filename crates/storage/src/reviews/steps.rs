//! What quality assurance says about something out of the ordinary.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_domain::{
    ids::{BatchId, PlantId, UserId},
    review::ExceptionKind,
};

use crate::{StorageError, UnitOfWork};

/// A decision that is to be kept.
#[derive(Clone, Debug)]
pub struct NewDecision<'a> {
    pub id: Uuid,
    pub plant_id: &'a PlantId,
    pub batch_id: &'a BatchId,
    pub kind: ExceptionKind,
    pub subject: Uuid,
    pub evidence: i64,
    pub comment: &'a str,
    pub person_id: &'a UserId,
    pub person_name: &'a str,
    pub now: DateTime<Utc>,
}

/// Keeps the decision for ever; says whether it is the first one for what was shown.
///
/// # Errors
/// Failures of the database.
pub async fn accept(unit: &mut UnitOfWork, new: &NewDecision<'_>) -> Result<bool, StorageError> {
    let done = sqlx::query!(
        "INSERT INTO exception_decisions (id, plant_id, batch_id, kind, subject, evidence, comment, person_id,
             person_name, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (batch_id, kind, subject, evidence) DO NOTHING",
        new.id,
        new.plant_id.as_str(),
        new.batch_id.as_str(),
        new.kind.as_str(),
        new.subject,
        new.evidence,
        new.comment,
        new.person_id.as_str(),
        new.person_name,
        new.now,
    )
    .execute(unit.connection())
    .await?;
    Ok(done.rows_affected() == 1)
}
