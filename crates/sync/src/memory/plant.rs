use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use viruj_api::{
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    equipment::EquipmentRow,
    leases::LeaseRow,
    lots::LotRow,
    people::Person,
    qualifications::QualificationRow,
    sync::{FeedChange, FeedEntry, OperationVerdict, SYSTEM_FEED},
};
use viruj_domain::{
    execution::{PhaseState, Registers, Wanted},
    ids::{BatchId, LeaseId, OperationId, PhaseId, StationId, UserId},
    lease::{LEASE_LIFE, OperationName},
};

use super::MemoryLog;
use crate::store::{
    Appended, Author, BatchState, Effect, OperationLog, PlantStore, SessionChange, StoreError, StoredOperation,
};

/// A server's store in memory; a clone of it is a transaction that is not committed yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryPlant {
    pub log: MemoryLog,
    pub people: BTreeMap<UserId, Person>,
    /// By the key's id: since when it is retired.
    pub retired_keys: BTreeMap<String, DateTime<Utc>>,
    /// What happened to sessions without the server.
    pub sessions: Vec<(UserId, SessionChange)>,
    pub batches: BTreeMap<BatchId, BatchRow>,
    pub phases: BTreeMap<PhaseId, PhaseRow>,
    pub entries: Vec<EntryRow>,
    pub deviations: Vec<DeviationRow>,
    pub lots: Vec<LotRow>,
    pub equipment: Vec<EquipmentRow>,
    pub qualifications: Vec<QualificationRow>,
    /// In order of their fences.
    pub leases: Vec<LeaseRow>,
    /// Entries of every feed by its name; their order is the order of commit.
    pub feeds: BTreeMap<String, Vec<FeedEntry>>,
    /// The time that is written into the feed.
    pub now: DateTime<Utc>,
}

impl MemoryPlant {
    pub fn put_person(&mut self, person: Person) {
        self.people.insert(person.id.clone(), person.clone());
        self.publish(SYSTEM_FEED, FeedChange::Person(person));
    }

    pub fn put_batch(&mut self, batch: BatchRow) {
        self.batches.insert(batch.id.clone(), batch.clone());
        self.publish(&batch.plant_id.0.clone(), FeedChange::Batch(batch));
    }

    pub fn put_phase(&mut self, phase: PhaseRow) {
        self.phases.insert(phase.id, phase.clone());
        self.publish(&phase.plant_id.0.clone(), FeedChange::Phase(phase));
    }

    /// Leases the batch, or one of its operations, to the station; whatever others hold of the same ends.
    pub fn lease(&mut self, batch: &BatchId, operation: Option<OperationName>, station: (StationId, &str)) -> LeaseRow {
        let now = self.now;
        let of_batch = self.leases.iter().filter(|row| row.batch_id == *batch);
        let fence = of_batch.map(|row| row.fence).max().unwrap_or_default() + 1;
        let is_met = |row: &&mut LeaseRow| {
            let lease = row.lease();
            row.batch_id == *batch && lease.lives_at(now) && lease.meets(operation.as_ref())
        };
        let mut changed = Vec::new();
        for row in self.leases.iter_mut().filter(is_met) {
            row.ended_at = Some(now);
            changed.push(row.clone());
        }
        let given = LeaseRow {
            id: LeaseId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0003_0000 + self.leases.len() as u128)),
            plant_id: self.batches.get(batch).map(|row| row.plant_id.clone()).unwrap_or_else(|| "".into()),
            batch_id: batch.clone(),
            operation,
            station_id: station.0,
            station_name: station.1.to_owned(),
            fence,
            issued_at: now,
            expires_at: now + LEASE_LIFE,
            ended_at: None,
        };
        self.leases.push(given.clone());
        changed.push(given.clone());
        for row in changed {
            self.publish(&row.plant_id.0.clone(), FeedChange::Lease(row));
        }
        given
    }

    pub fn publish(&mut self, feed: &str, change: FeedChange) {
        let entries = self.feeds.entry(feed.to_owned()).or_default();
        entries.push(FeedEntry { seq: entries.len() as u64 + 1, at: self.now, change });
    }

    fn phase_state(&self, phase: &PhaseRow) -> PhaseState {
        phase.state(self.entries.iter().filter(|entry| entry.phase_id == phase.id), self.deviations.iter())
    }
}

log_is_part_of!(MemoryPlant);

impl PlantStore for MemoryPlant {
    async fn person(&mut self, id: &UserId) -> Result<Option<Person>, StoreError> {
        Ok(self.people.get(id).cloned())
    }

    async fn key_retired_at(&mut self, key_id: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.retired_keys.get(key_id).copied())
    }

    async fn batch(&mut self, id: &BatchId) -> Result<Option<BatchState>, StoreError> {
        let Some(batch) = self.batches.get(id) else { return Ok(None) };
        let own = self.phases.values().filter(|phase| phase.batch_id == *id);
        let mut phases: Vec<_> = own.map(|phase| self.phase_state(phase)).collect();
        phases.sort_by_key(|phase| phase.number);
        Ok(Some(BatchState {
            id: batch.id.clone(),
            plant_id: batch.plant_id.clone(),
            number: batch.number.clone(),
            status: batch.status,
            record_status: batch.record_status,
            master_record: batch.master_record.clone(),
            phases,
        }))
    }

    async fn leases(&mut self, batch: &BatchId, phase: PhaseId) -> Result<Vec<LeaseRow>, StoreError> {
        let Some(operation) = self.phases.get(&phase).map(PhaseRow::operation_name) else { return Ok(Vec::new()) };
        let is_for_it = |row: &&LeaseRow| row.batch_id == *batch && row.lease().covers(&operation);
        Ok(self.leases.iter().filter(is_for_it).cloned().collect())
    }

    async fn registers(&mut self, wanted: &Wanted) -> Result<Registers, StoreError> {
        let equipment = self.equipment.iter().map(EquipmentRow::equipment);
        let qualifications = self.qualifications.iter().map(QualificationRow::qualification);
        let known = Registers {
            lots: self.lots.iter().map(LotRow::lot).collect(),
            equipment: equipment.collect(),
            qualifications: qualifications.collect(),
            ..Registers::default()
        };
        Ok(known.narrowed_to(wanted))
    }

    async fn write(&mut self, author: &Author, _: Option<&str>, effect: &Effect) -> Result<(), StoreError> {
        self.sessions.extend(effect.session.clone().map(|change| (author.person_id.clone(), change)));
        if let Some(entry) = &effect.entry {
            self.entries.push(entry.clone());
            self.publish(entry.plant_id.as_str(), FeedChange::Entry(entry.clone()));
        }
        for change in &effect.phases {
            let Some(mut row) = self.phases.get(&change.id).cloned() else { continue };
            row.version += 1;
            row.status = change.status;
            self.put_phase(row);
        }
        if let Some(change) = &effect.batch
            && let Some(mut row) = self.batches.get(&change.id).cloned()
        {
            row.version += 1;
            row.status = change.status;
            row.record_status = change.record_status;
            self.put_batch(row);
        }
        if let Some(used) = &effect.equipment
            && let Some(row) = self.equipment.iter_mut().find(|row| row.code == used.code)
        {
            row.revision += 1;
            row.state = used.standing.state;
            row.cleanliness = used.standing.cleanliness;
            row.in_use_for.clone_from(&used.standing.in_use_for);
            let row = row.clone();
            self.publish(&row.plant_id.0.clone(), FeedChange::Equipment(row));
        }
        if let Some(deviation) = &effect.deviation {
            let mut row = deviation.clone();
            row.code = format!("DEV-26-{:03}", self.deviations.len() + 1);
            self.deviations.push(row.clone());
            self.publish(row.plant_id.as_str(), FeedChange::Deviation(row.clone()));
        }
        Ok(())
    }
}
