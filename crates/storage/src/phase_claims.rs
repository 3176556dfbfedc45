//! Who is signing for a phase just now.

use chrono::{DateTime, Utc};
use viruj_domain::ids::{OperationId, PhaseId, PlantId, StationId};

use crate::{StorageError, UnitOfWork};

/// A claim on the next signature of a phase.
#[derive(Clone, Debug)]
pub struct PhaseClaim<'a> {
    pub phase: PhaseId,
    pub plant_id: &'a PlantId,
    /// The entry that the signature will stand in.
    pub operation: OperationId,
    pub station: StationId,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Claims the phase, waiting for whoever claims it at this moment; false when another station holds it.
///
/// A station that asks again takes its own claim over: it records one entry at a time, and an answer may have been lost.
///
/// # Errors
/// [`StorageError::Conflict`] for a phase that is not there, failures of the database.
pub async fn claim(unit: &mut UnitOfWork, claim: &PhaseClaim<'_>) -> Result<bool, StorageError> {
    let claimed = sqlx::query!(
        "INSERT INTO phase_claims AS held (phase_id, plant_id, operation_id, station_id, expires_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (phase_id) DO UPDATE
             SET operation_id = excluded.operation_id, station_id = excluded.station_id, expires_at = excluded.expires_at
             WHERE held.expires_at <= $6 OR held.station_id = excluded.station_id
                 OR EXISTS (SELECT FROM operations AS o WHERE o.operation_id = held.operation_id)",
        claim.phase.0,
        claim.plant_id.as_str(),
        claim.operation.0,
        claim.station.0,
        claim.expires_at,
        claim.now,
    )
    .execute(unit.connection())
    .await?;
    Ok(claimed.rows_affected() == 1)
}
