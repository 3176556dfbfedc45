//! Stores in memory whose calls fail where the run says so: the program dies there, or the disk is full.

use chrono::{DateTime, Utc};
use viruj_api::{
    leases::LeaseRow,
    people::Person,
    sync::{FeedCursor, FeedPage, OperationVerdict},
};
use viruj_domain::{
    execution::{Registers, Wanted},
    ids::{BatchId, OperationId, PhaseId, StationId, UserId},
};
use viruj_sync::{
    snapshot::SnapshotChunk,
    store::{
        Appended, Author, BatchState, Effect, OperationLog, PlantStore, Replica, SnapshotProgress, StoreError,
        StoredOperation,
    },
};

/// Where a program dies, counted in calls of its store.
#[derive(Clone, Copy, Debug, Default)]
pub struct Death {
    /// Calls that still succeed; `None` lives on.
    pub after: Option<usize>,
    /// The last call has taken effect, and nobody was told.
    pub keeps_the_last: bool,
}

/// A store that dies.
pub struct Mortal<S> {
    pub store: S,
    death: Death,
    /// Writing fails and changes nothing.
    pub is_full: bool,
    pub is_dead: bool,
}

impl<S> Mortal<S> {
    pub fn new(store: S, death: Death) -> Self {
        Self { store, death, is_full: false, is_dead: false }
    }

    /// Whether the call is made, and whether its answer comes back.
    fn call(&mut self) -> (bool, bool) {
        if self.is_dead {
            return (false, false);
        }
        match &mut self.death.after {
            Some(0) => {
                self.is_dead = true;
                (self.death.keeps_the_last, false)
            }
            Some(left) => {
                *left -= 1;
                (true, true)
            }
            None => (true, true),
        }
    }
}

fn died() -> StoreError {
    StoreError::new("the program died")
}

macro_rules! mortal {
    ($self:ident, writes $call:expr) => {{
        if $self.is_full && !$self.is_dead {
            return Err(StoreError::new("the disk is full"));
        }
        mortal!($self, $call)
    }};
    ($self:ident, $call:expr) => {{
        let (is_made, is_answered) = $self.call();
        let answer = if is_made { $call.await } else { Err(died()) };
        if is_answered { answer } else { Err(died()) }
    }};
}

impl<S: OperationLog> OperationLog for Mortal<S> {
    async fn append(&mut self, operation: StoredOperation) -> Result<Appended, StoreError> {
        mortal!(self, writes self.store.append(operation))
    }

    async fn operation(&mut self, id: OperationId) -> Result<Option<StoredOperation>, StoreError> {
        mortal!(self, self.store.operation(id))
    }

    async fn last(&mut self, station: StationId) -> Result<Option<StoredOperation>, StoreError> {
        mortal!(self, self.store.last(station))
    }

    async fn without_verdict(&mut self, station: StationId, limit: usize) -> Result<Vec<StoredOperation>, StoreError> {
        mortal!(self, self.store.without_verdict(station, limit))
    }

    async fn since(
        &mut self,
        station: StationId,
        first_seq: u64,
        limit: usize,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        mortal!(self, self.store.since(station, first_seq, limit))
    }

    async fn set_verdict(&mut self, verdict: OperationVerdict) -> Result<(), StoreError> {
        mortal!(self, writes self.store.set_verdict(verdict))
    }
}

impl<S: Replica> Replica for Mortal<S> {
    async fn cursor(&mut self, feed: &str) -> Result<Option<FeedCursor>, StoreError> {
        mortal!(self, self.store.cursor(feed))
    }

    async fn apply(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        mortal!(self, writes self.store.apply(page))
    }

    async fn snapshot(&mut self, feed: &str) -> Result<Option<SnapshotProgress>, StoreError> {
        mortal!(self, self.store.snapshot(feed))
    }

    async fn keep_chunk(&mut self, chunk: &SnapshotChunk) -> Result<(), StoreError> {
        mortal!(self, writes self.store.keep_chunk(chunk))
    }

    async fn catch_up(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        mortal!(self, writes self.store.catch_up(page))
    }

    async fn drop_snapshot(&mut self, feed: &str) -> Result<(), StoreError> {
        mortal!(self, writes self.store.drop_snapshot(feed))
    }
}

impl<S: PlantStore> PlantStore for Mortal<S> {
    async fn person(&mut self, id: &UserId) -> Result<Option<Person>, StoreError> {
        mortal!(self, self.store.person(id))
    }

    async fn key_retired_at(&mut self, key_id: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        mortal!(self, self.store.key_retired_at(key_id))
    }

    async fn batch(&mut self, id: &BatchId) -> Result<Option<BatchState>, StoreError> {
        mortal!(self, self.store.batch(id))
    }

    async fn leases(&mut self, batch: &BatchId, phase: PhaseId) -> Result<Vec<LeaseRow>, StoreError> {
        mortal!(self, self.store.leases(batch, phase))
    }

    async fn registers(&mut self, wanted: &Wanted) -> Result<Registers, StoreError> {
        mortal!(self, self.store.registers(wanted))
    }

    async fn write(&mut self, author: &Author, reason: Option<&str>, effect: &Effect) -> Result<(), StoreError> {
        mortal!(self, writes self.store.write(author, reason, effect))
    }
}
