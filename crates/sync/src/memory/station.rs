use viruj_api::sync::{FeedCursor, FeedPage, OperationVerdict};
use viruj_domain::ids::{OperationId, StationId};

use super::{MemoryLog, MemoryReplica};
use crate::{
    snapshot::SnapshotChunk,
    store::{Appended, OperationLog, Replica, SnapshotProgress, StoreError, StoredOperation},
};

/// What lies on a station's disk: its log and its copy of the plant's rows.
#[derive(Clone, Debug, Default)]
pub struct MemoryStation {
    pub log: MemoryLog,
    pub copy: MemoryReplica,
}

log_is_part_of!(MemoryStation);

impl Replica for MemoryStation {
    async fn cursor(&mut self, feed: &str) -> Result<Option<FeedCursor>, StoreError> {
        self.copy.cursor(feed).await
    }

    async fn apply(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        self.copy.apply(page).await
    }

    async fn snapshot(&mut self, feed: &str) -> Result<Option<SnapshotProgress>, StoreError> {
        self.copy.snapshot(feed).await
    }

    async fn keep_chunk(&mut self, chunk: &SnapshotChunk) -> Result<(), StoreError> {
        self.copy.keep_chunk(chunk).await
    }

    async fn catch_up(&mut self, page: &FeedPage) -> Result<(), StoreError> {
        self.copy.catch_up(page).await
    }

    async fn drop_snapshot(&mut self, feed: &str) -> Result<(), StoreError> {
        self.copy.drop_snapshot(feed).await
    }
}
