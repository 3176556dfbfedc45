//! Phases that run at this station.

use viruj_domain::{batch::BatchStatus, ids::StationId, phase::PhaseStatus};

use super::{
    Store, StoreFault,
    beside::{ENTRY_BITS, PHASE_BITS, is_beside},
};

impl Store {
    /// Whether a phase that has begun and is not over was worked on at this station.
    pub(crate) async fn has_running_phase_of(&self, station: StationId) -> Result<bool, StoreFault> {
        let phases = is_beside("p.key", "b.key", PHASE_BITS);
        let entries = is_beside("e.key", "b.key", ENTRY_BITS);
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM copy_batches AS b \
                 JOIN copy_phases AS p ON {phases} AND p.status = ?1 \
                 JOIN copy_entries AS e ON {entries} AND e.row ->> '$.phase_id' = p.row ->> '$.id' \
                     AND e.row ->> '$.station_id' = ?2 \
             WHERE b.shown_status IN (?3, ?4))"
        );
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(PhaseStatus::InProgress.as_str())
            .bind(station.to_string())
            .bind(BatchStatus::InProgress.as_str())
            .bind(BatchStatus::Delayed.as_str())
            .fetch_one(&self.pool)
            .await
            .map_err(self.fault())
    }
}
