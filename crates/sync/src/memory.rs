//! Stores in memory, the models that the real ones are compared with.

use std::collections::BTreeMap;

use viruj_api::sync::OperationVerdict;
use viruj_domain::ids::{OperationId, StationId};

use crate::store::{Appended, OperationLog, StoreError, StoredOperation};

/// A store whose log is one of its parts.
macro_rules! log_is_part_of {
    ($store:ty) => {
        impl OperationLog for $store {
            async fn append(&mut self, operation: StoredOperation) -> Result<Appended, StoreError> {
                self.log.append(operation).await
            }

            async fn operation(&mut self, id: OperationId) -> Result<Option<StoredOperation>, StoreError> {
                self.log.operation(id).await
            }

            async fn last(&mut self, station: StationId) -> Result<Option<StoredOperation>, StoreError> {
                self.log.last(station).await
            }

            async fn without_verdict(
                &mut self,
                station: StationId,
                limit: usize,
            ) -> Result<Vec<StoredOperation>, StoreError> {
                self.log.without_verdict(station, limit).await
            }

            async fn since(
                &mut self,
                station: StationId,
                first_seq: u64,
                limit: usize,
            ) -> Result<Vec<StoredOperation>, StoreError> {
                self.log.since(station, first_seq, limit).await
            }

            async fn set_verdict(&mut self, verdict: OperationVerdict) -> Result<(), StoreError> {
                self.log.set_verdict(verdict).await
            }
        }
    };
}

mod plant;
mod replica;
mod server;
mod snapshots;
mod station;

pub use plant::MemoryPlant;
pub use replica::MemoryReplica;
pub use server::{MemoryServer, ServerFault};
pub use station::MemoryStation;

/// An operation log in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryLog {
    operations: BTreeMap<OperationId, StoredOperation>,
    places: BTreeMap<(StationId, u64), OperationId>,
}

impl MemoryLog {
    /// All operations of all stations, in order of station and sequence.
    pub fn all(&self) -> impl Iterator<Item = &StoredOperation> {
        self.places.values().filter_map(|id| self.operations.get(id))
    }

    /// Forgets the newest operations of a station, as a database does that was restored from a backup.
    pub fn lose_from(&mut self, station: StationId, first_seq: u64) {
        let lost: Vec<_> = self.places.range((station, first_seq)..=(station, u64::MAX)).map(|(key, _)| *key).collect();
        for key in lost {
            if let Some(id) = self.places.remove(&key) {
                self.operations.remove(&id);
            }
        }
    }
}

impl OperationLog for MemoryLog {
    async fn append(&mut self, operation: StoredOperation) -> Result<Appended, StoreError> {
        if let Some(known) = self.operations.get(&operation.operation_id) {
            let same = known.envelope_hash == operation.envelope_hash && known.station_id == operation.station_id;
            return Ok(if same { Appended::AlreadyThere } else { Appended::OtherBytes });
        }
        let place = (operation.station_id, operation.station_seq);
        if self.places.contains_key(&place) {
            return Ok(Appended::SequenceTaken);
        }
        self.places.insert(place, operation.operation_id);
        self.operations.insert(operation.operation_id, operation);
        Ok(Appended::New)
    }

    async fn operation(&mut self, id: OperationId) -> Result<Option<StoredOperation>, StoreError> {
        Ok(self.operations.get(&id).cloned())
    }

    async fn last(&mut self, station: StationId) -> Result<Option<StoredOperation>, StoreError> {
        let last = self.places.range((station, 0)..=(station, u64::MAX)).next_back();
        Ok(last.and_then(|(_, id)| self.operations.get(id)).cloned())
    }

    async fn without_verdict(&mut self, station: StationId, limit: usize) -> Result<Vec<StoredOperation>, StoreError> {
        let own = self.all().filter(|operation| operation.station_id == station);
        Ok(own.filter(|operation| operation.verdict.is_none()).take(limit).cloned().collect())
    }

    async fn since(
        &mut self,
        station: StationId,
        first_seq: u64,
        limit: usize,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        let own = self.all().filter(|operation| operation.station_id == station);
        Ok(own.filter(|operation| operation.station_seq >= first_seq).take(limit).cloned().collect())
    }

    async fn set_verdict(&mut self, verdict: OperationVerdict) -> Result<(), StoreError> {
        if let Some(operation) = self.operations.get_mut(&verdict.operation_id) {
            operation.verdict.get_or_insert(verdict);
        }
        Ok(())
    }
}
