use std::collections::BTreeMap;

use viruj_api::{
    batches::{BatchRow, DeviationRow, EntryRow, PhaseRow},
    equipment::EquipmentRow,
    leases::LeaseRow,
    lots::LotRow,
    people::Person,
    qualifications::QualificationRow,
    server::PlantSummary,
    sync::{FeedChange, FeedCursor, FeedPage, SYSTEM_FEED, Tombstone},
};
use viruj_domain::ids::{
    BatchId, DeviationId, EquipmentId, LeaseId, LotId, OperationId, PhaseId, PlantId, QualificationId, UserId,
};

use crate::{
    snapshot::SnapshotChunk,
    store::{Replica, SnapshotProgress, StoreError},
};

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
    /// New copies of feeds.
    pub snapshots: BTreeMap<String, NewCopy>,
}

/// A copy of one feed that nobody sees before it is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCopy {
    progress: SnapshotProgress,
    rows: MemoryReplica,
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
            FeedChange::Gone(row) => self.remove(row),
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

    async fn snapshot(&mut self, feed: &str) -> Result<Option<SnapshotProgress>, StoreError> {
        Ok(self.snapshots.get(feed).map(|new| new.progress.clone()))
    }

    async fn keep_chunk(&mut self, chunk: &SnapshotChunk) -> Result<(), StoreError> {
        let end = &chunk.end;
        let progress = SnapshotProgress {
            cursor: end.cursor.clone(),
            resume: end.next.clone(),
            sent: end.sent,
            expected: end.expected,
        };
        let begun = self.snapshots.remove(&end.cursor.feed);
        let mut rows = begun.map(|new| new.rows).unwrap_or_default();
        for change in chunk.changes() {
            rows.change(&change.map_err(StoreError::new)?);
        }
        self.snapshots.insert(end.cursor.feed.clone(), NewCopy { progress, rows });
        Ok(())
    }

    async fn catch_up(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        let feed = &page.cursor.feed;
        let Some(new) = self.snapshots.get_mut(feed) else { return Ok(()) };
        for entry in &page.entries {
            new.rows.change(&entry.change);
        }
        new.progress.cursor = page.cursor.clone();
        if page.cursor.seq >= page.head
            && let Some(whole) = self.snapshots.remove(feed)
        {
            self.forget(feed);
            self.take_over(whole.rows);
            self.cursors.insert(feed.clone(), page.cursor.clone());
        }
        Ok(())
    }

    async fn drop_snapshot(&mut self, feed: &str) -> Result<(), StoreError> {
        self.snapshots.remove(feed);
        Ok(())
    }
}

impl MemoryReplica {
    fn take_over(&mut self, mut new: Self) {
        self.plants.append(&mut new.plants);
        self.people.append(&mut new.people);
        self.batches.append(&mut new.batches);
        self.phases.append(&mut new.phases);
        self.entries.append(&mut new.entries);
        self.deviations.append(&mut new.deviations);
        self.lots.append(&mut new.lots);
        self.equipment.append(&mut new.equipment);
        self.qualifications.append(&mut new.qualifications);
        self.leases.append(&mut new.leases);
    }

    fn remove(&mut self, row: &Tombstone) {
        match row.kind.as_str() {
            "plant" => self.plants.retain(|id, _| id.as_str() != row.id),
            "person" => self.people.retain(|id, _| id.as_str() != row.id),
            "batch" => self.batches.retain(|id, _| id.as_str() != row.id),
            "phase" => self.phases.retain(|id, _| id.to_string() != row.id),
            "entry" => self.entries.retain(|id, _| id.to_string() != row.id),
            "deviation" => self.deviations.retain(|id, _| id.to_string() != row.id),
            "lot" => self.lots.retain(|id, _| id.to_string() != row.id),
            "equipment" => self.equipment.retain(|id, _| id.to_string() != row.id),
            "qualification" => self.qualifications.retain(|id, _| id.to_string() != row.id),
            "lease" => self.leases.retain(|id, _| id.to_string() != row.id),
            _ => {}
        }
    }

    fn forget(&mut self, feed: &str) {
        if feed == SYSTEM_FEED {
            self.people.clear();
            self.plants.clear();
            return;
        }
        self.batches.retain(|_, row| row.plant_id.as_str() != feed);
        self.phases.retain(|_, row| row.plant_id.as_str() != feed);
        self.entries.retain(|_, row| row.plant_id.as_str() != feed);
        self.deviations.retain(|_, row| row.plant_id.as_str() != feed);
        self.lots.retain(|_, row| row.plant_id.as_str() != feed);
        self.equipment.retain(|_, row| row.plant_id.as_str() != feed);
        self.qualifications.retain(|_, row| row.plant_id.as_str() != feed);
        self.leases.retain(|_, row| row.plant_id.as_str() != feed);
    }
}
