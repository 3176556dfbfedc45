use std::collections::BTreeMap;

use viruj_api::{
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    equipment::EquipmentRow,
    leases::LeaseRow,
    lots::LotRow,
    people::Person,
    qualifications::QualificationRow,
    server::PlantSummary,
    sync::{FeedChange, FeedCursor, FeedPage, SYSTEM_FEED},
};
use viruj_domain::ids::{
    BatchId, DeviationId, EquipmentId, LeaseId, LotId, OperationId, PhaseId, PlantId, QualificationId, UserId,
};

use crate::store::{Replica, StoreError};

/// A station's copy in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryReplica {
    pub cursors: BTreeMap<String, FeedCursor>,
    pub plants: BTreeMap<PlantId, PlantSummary>,
    pub people: BTreeMap<UserId, Person>,
    pub batches: BTreeMap<BatchId, BatchRow>,
    pub phases: BTreeMap<PhaseId, PhaseRow>,
    pub entries: BTreeMap<OperationId, EntryRow>,
    pub deviations: BTreeMap<DeviationId, DeviationRow>,
    pub lots: BTreeMap<LotId, LotRow>,
    pub equipment: BTreeMap<EquipmentId, EquipmentRow>,
    pub qualifications: BTreeMap<QualificationId, QualificationRow>,
    pub leases: BTreeMap<LeaseId, LeaseRow>,
}

impl MemoryReplica {
    fn change(&mut self, change: &FeedChange) {
        match change {
            FeedChange::Plant(row) => _ = self.plants.insert(row.id.clone(), row.clone()),
            FeedChange::Person(row) => _ = self.people.insert(row.id.clone(), row.clone()),
            FeedChange::Batch(row) if self.batches.get(&row.id).is_none_or(|held| held.version <= row.version) => {
                self.batches.insert(row.id.clone(), row.clone());
            }
            FeedChange::Phase(row) if self.phases.get(&row.id).is_none_or(|held| held.version <= row.version) => {
                self.phases.insert(row.id, row.clone());
            }
            FeedChange::Entry(row) => _ = self.entries.insert(row.operation_id, row.clone()),
            FeedChange::Deviation(row) => _ = self.deviations.insert(row.id, row.clone()),
            FeedChange::Lease(row) => _ = self.leases.insert(row.id, row.clone()),
            FeedChange::Lot(row) if self.lots.get(&row.id).is_none_or(|held| held.revision <= row.revision) => {
                self.lots.insert(row.id, row.clone());
            }
            FeedChange::Equipment(row)
                if self.equipment.get(&row.id).is_none_or(|held| held.revision <= row.revision) =>
            {
                self.equipment.insert(row.id, row.clone());
            }
            FeedChange::Qualification(row)
                if self.qualifications.get(&row.id).is_none_or(|held| held.revision <= row.revision) =>
            {
                self.qualifications.insert(row.id, row.clone());
            }
            // An older version of a row that is held is not news.
            FeedChange::Batch(_)
            | FeedChange::Phase(_)
            | FeedChange::Lot(_)
            | FeedChange::Equipment(_)
            | FeedChange::Qualification(_)
            // What a station does with a key lies beside its copy.
            | FeedChange::PersonKey(_)
            | FeedChange::Other => {}
        }
    }
}

impl Replica for MemoryReplica {
    async fn cursor(&mut self, feed: &str) -> Result<Option<FeedCursor>, StoreError> {
        Ok(self.cursors.get(feed).cloned())
    }

    async fn apply(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        for entry in &page.entries {
            self.change(&entry.change);
        }
        self.cursors.insert(page.cursor.feed.clone(), page.cursor.clone());
        Ok(())
    }

    async fn reset(&mut self, feed: &str) -> Result<(), StoreError> {
        self.cursors.remove(feed);
        if feed == SYSTEM_FEED {
            self.people.clear();
            self.plants.clear();
        } else {
            self.batches.retain(|_, row| row.plant_id.as_str() != feed);
            self.phases.retain(|_, row| row.plant_id.as_str() != feed);
            self.entries.retain(|_, row| row.plant_id.as_str() != feed);
            self.deviations.retain(|_, row| row.plant_id.as_str() != feed);
            self.lots.retain(|_, row| row.plant_id.as_str() != feed);
            self.equipment.retain(|_, row| row.plant_id.as_str() != feed);
            self.qualifications.retain(|_, row| row.plant_id.as_str() != feed);
            self.leases.retain(|_, row| row.plant_id.as_str() != feed);
        }
        Ok(())
    }
}
