//! The server's store of the sync protocol, inside the one transaction of a push.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};
use viruj_api::{leases::LeaseRow, people::Person, sync::OperationVerdict};
use viruj_domain::{
    execution::{Registers, Wanted},
    ids::{BatchId, OperationId, PhaseId, PlantId, StationId, UserId},
};
use viruj_sync::store::{Appended, Author, BatchState, Effect, OperationLog, PlantStore, StoreError, StoredOperation};

use crate::{StorageError, UnitOfWork, leases, people, person_keys, registers};

pub(crate) mod effects;
mod log;
mod state;

/// Implements the traits of the protocol over an open transaction; the caller commits what [`Self::into_unit`] gives.
pub struct PgPlantStore {
    unit: UnitOfWork,
    /// The station's plant; batches of another one are not there.
    plant_id: PlantId,
    received_at: DateTime<Utc>,
    keeping: Keeping,
    /// The operation that waits for its verdict, under [`Keeping::WithVerdict`].
    waiting: Option<StoredOperation>,
    /// People are judged as they were when the push first named them.
    people: HashMap<UserId, Option<Person>>,
}

/// When an operation is written down; either way the transaction ends with it and its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// Together with its verdict, as one row of one change: half the work. Fails with [`StorageError::OperationTaken`] where
    /// another plant has the id, which only the writing tells.
    WithVerdict,
    /// Before it is judged.
    AtOnce,
}

impl PgPlantStore {
    /// `unit` must be open on the plant's rows.
    #[must_use]
    pub fn new(unit: UnitOfWork, plant_id: PlantId, received_at: DateTime<Utc>, keeping: Keeping) -> Self {
        Self { unit, plant_id, received_at, keeping, waiting: None, people: HashMap::new() }
    }

    /// Waits until no other push of this station is under way.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn lock_station(&mut self, station: StationId) -> Result<(), StorageError> {
        sqlx::query!("SELECT id FROM stations WHERE id = $1 FOR UPDATE", station.0)
            .fetch_optional(self.unit.connection())
            .await?;
        Ok(())
    }

    /// The transaction, to be committed.
    #[must_use]
    pub fn into_unit(self) -> UnitOfWork {
        self.unit
    }

    /// The year in the plant's zone, for codes.
    async fn year(&mut self) -> Result<i32, StorageError> {
        let zone = sqlx::query_scalar!("SELECT time_zone FROM plants WHERE id = $1", self.plant_id.as_str())
            .fetch_optional(self.unit.connection())
            .await?;
        let zone = zone.as_deref().and_then(viruj_domain::plant::time_zone);
        Ok(zone.map_or_else(|| self.received_at.year(), |zone| self.received_at.with_timezone(&zone).year()))
    }
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        Self(Box::new(error))
    }
}

impl OperationLog for PgPlantStore {
    async fn append(&mut self, operation: StoredOperation) -> Result<Appended, StoreError> {
        Ok(log::append(self, &operation).await?)
    }

    async fn operation(&mut self, id: OperationId) -> Result<Option<StoredOperation>, StoreError> {
        Ok(log::operation(self.unit.connection(), id).await?)
    }

    async fn last(&mut self, station: StationId) -> Result<Option<StoredOperation>, StoreError> {
        Ok(log::last(self.unit.connection(), station).await?)
    }

    async fn without_verdict(&mut self, station: StationId, limit: usize) -> Result<Vec<StoredOperation>, StoreError> {
        Ok(log::without_verdict(self.unit.connection(), station, limit).await?)
    }

    async fn since(
        &mut self,
        station: StationId,
        first_seq: u64,
        limit: usize,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        Ok(log::from_sequence(self.unit.connection(), station, first_seq, limit).await?)
    }

    async fn set_verdict(&mut self, verdict: OperationVerdict) -> Result<(), StoreError> {
        Ok(log::set_verdict(self, &verdict).await?)
    }
}

impl PlantStore for PgPlantStore {
    async fn person(&mut self, id: &UserId) -> Result<Option<Person>, StoreError> {
        if let Some(known) = self.people.get(id) {
            return Ok(known.clone());
        }
        let person = people::person(self.unit.connection(), id).await?;
        self.people.insert(id.clone(), person.clone());
        Ok(person)
    }

    async fn key_retired_at(&mut self, key_id: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(person_keys::retired_at(self.unit.connection(), key_id).await?)
    }

    async fn batch(&mut self, id: &BatchId) -> Result<Option<BatchState>, StoreError> {
        Ok(state::lock_batch(self.unit.connection(), &self.plant_id, id).await?)
    }

    async fn leases(&mut self, batch: &BatchId, phase: PhaseId) -> Result<Vec<LeaseRow>, StoreError> {
        Ok(leases::of_phase(self.unit.connection(), batch, phase).await?)
    }

    async fn registers(&mut self, wanted: &Wanted) -> Result<Registers, StoreError> {
        Ok(registers::locked_registers(self.unit.connection(), &self.plant_id, wanted).await?)
    }

    async fn write(&mut self, author: &Author, reason: Option<&str>, effect: &Effect) -> Result<(), StoreError> {
        Ok(effects::write(self, author, reason, effect).await?)
    }
}

pub use log::is_known;
pub(crate) use state::lock_batch;
pub use state::read_batch;
pub(crate) use state::{after, master_reference};
