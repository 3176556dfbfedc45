//! What the protocol asks of a store.

use std::future::Future;

use chrono::{DateTime, Utc};
use viruj_api::{
    batches::{DeviationRow, EntryRow},
    leases::LeaseRow,
    people::Person,
    statement::{MasterReference, SignedEnvelope},
    stations::StationState,
    sync::{FeedCursor, FeedPage, OperationVerdict, PushRequest, PushResponse, SYSTEM_FEED},
};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus},
    equipment::EquipmentStanding,
    execution::{PhaseState, Registers, Wanted},
    ids::{BatchId, OperationId, PhaseId, PlantId, StationId, UserId},
    phase::PhaseStatus,
    signature::SessionEvent,
};

use crate::snapshot::SnapshotChunk;

/// An operation as it is kept: the exact bytes that the station signed, never re-serialised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOperation {
    pub operation_id: OperationId,
    pub station_id: StationId,
    /// Dense from 1 within the station.
    pub station_seq: u64,
    /// SHA-256 of the envelope's bytes.
    pub envelope_hash: [u8; 32],
    pub signed: SignedEnvelope,
    pub verdict: Option<OperationVerdict>,
}

/// What appending an operation met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    New,
    /// The same bytes are already there.
    AlreadyThere,
    /// The same `operation_id` is there with other bytes: a security alarm.
    OtherBytes,
    /// Another operation holds this `station_seq`.
    SequenceTaken,
}

/// A store failed; the protocol stops and tries again later, nothing is half done.
#[derive(Debug, thiserror::Error)]
#[error("the store failed: {0}")]
pub struct StoreError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

/// The log of operations: the outbox of a station, and what a server has received.
///
/// One conformance suite holds for the SQLite, the PostgreSQL and the in-memory store.
pub trait OperationLog: Send {
    /// Appends without a verdict. Durable when the future is ready and the store's transaction, if it has one, commits.
    fn append(&mut self, operation: StoredOperation) -> impl Future<Output = Result<Appended, StoreError>> + Send;
    fn operation(
        &mut self,
        id: OperationId,
    ) -> impl Future<Output = Result<Option<StoredOperation>, StoreError>> + Send;
    /// The newest operation of the station.
    fn last(&mut self, station: StationId) -> impl Future<Output = Result<Option<StoredOperation>, StoreError>> + Send;
    /// Operations without a verdict, in order of `station_seq`.
    fn without_verdict(
        &mut self,
        station: StationId,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredOperation>, StoreError>> + Send;
    /// Operations from `first_seq` on, with or without a verdict: a server that was restored asks for them again.
    fn since(
        &mut self,
        station: StationId,
        first_seq: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredOperation>, StoreError>> + Send;
    /// Sets the verdict of an operation that has none; a verdict that is set never changes.
    fn set_verdict(&mut self, verdict: OperationVerdict) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The copy of the plant's rows that a station keeps, and the new one that is made beside it.
///
/// Whoever reads sees the copy that is whole; a new one takes its place in one transaction, once it has caught up.
pub trait Replica: Send {
    /// `None` before the first copy is whole.
    fn cursor(&mut self, feed: &str) -> impl Future<Output = Result<Option<FeedCursor>, StoreError>> + Send;
    /// Rows and cursor land in one transaction.
    fn apply(&mut self, page: &FeedPage) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// How far a new copy has come; `None` while none is made.
    fn snapshot(&mut self, feed: &str) -> impl Future<Output = Result<Option<SnapshotProgress>, StoreError>> + Send;
    /// Rows of the new copy, with its progress in one transaction; the first chunk begins it.
    fn keep_chunk(&mut self, chunk: &SnapshotChunk) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Changes since the snapshot was begun. The page that reaches the feed's head puts the new copy, with its cursor, in
    /// the place of the old one, in one transaction.
    fn catch_up(&mut self, page: &FeedPage) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Forgets the new copy; the old one and recorded operations stay.
    fn drop_snapshot(&mut self, feed: &str) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// How far a new copy of a feed has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotProgress {
    /// Where the feed stood when the snapshot was begun; later, how far its changes since have been applied.
    pub cursor: FeedCursor,
    /// What asks for the next chunk; `None` once all rows are there and only changes are missing.
    pub resume: Option<String>,
    /// Rows that are there, of those that are expected.
    pub sent: u64,
    pub expected: u64,
}

/// A station as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownStation {
    pub id: StationId,
    pub plant_id: PlantId,
    /// Ed25519.
    pub public_key: [u8; 32],
    pub state: StationState,
}

impl KnownStation {
    /// A station reads the feed of its plant and the system's, and no other.
    #[must_use]
    pub fn reads(&self, feed: &str) -> bool {
        feed == SYSTEM_FEED || feed == self.plant_id.as_str()
    }
}

/// A batch as it stands, locked until the transaction ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchState {
    pub id: BatchId,
    pub plant_id: PlantId,
    pub number: String,
    pub status: BatchStatus,
    pub record_status: RecordStatus,
    pub master_record: Option<MasterReference>,
    /// In order of their numbers.
    pub phases: Vec<PhaseState>,
}

/// What a judged operation changes, written with the verdict in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Always kept, whatever the verdict.
    pub entry: Option<EntryRow>,
    /// The phase of the entry, and others whose status follows from it.
    pub phases: Vec<PhaseChange>,
    pub batch: Option<BatchChange>,
    /// The code is given by the store from its counter; the one in here is empty.
    pub deviation: Option<DeviationRow>,
    /// The piece of equipment that the entry took into use; its log tells it too.
    pub equipment: Option<EquipmentUse>,
    /// What happened to a session without the server: an event of the trail.
    pub session: Option<SessionChange>,
}

/// Somebody signed in without the server, tried to, or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionChange {
    pub event: SessionEvent,
    /// The station's time.
    pub at: DateTime<Utc>,
}

/// A piece of equipment that was taken into use for a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquipmentUse {
    pub code: String,
    /// As it stands from then on.
    pub standing: EquipmentStanding,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseChange {
    pub id: PhaseId,
    pub status: PhaseStatus,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchChange {
    pub id: BatchId,
    pub status: BatchStatus,
    pub record_status: RecordStatus,
}

/// The server's store, inside the one transaction of a push.
pub trait PlantStore: OperationLog {
    fn person(&mut self, id: &UserId) -> impl Future<Output = Result<Option<Person>, StoreError>> + Send;
    /// Since when the person's key is retired; a key that is unknown here is not: it may have been certified after the
    /// backup that this server was restored from.
    fn key_retired_at(
        &mut self,
        key_id: &str,
    ) -> impl Future<Output = Result<Option<DateTime<Utc>>, StoreError>> + Send;
    /// Loads and locks; a batch of another plant than the station's is `None`.
    fn batch(&mut self, id: &BatchId) -> impl Future<Output = Result<Option<BatchState>, StoreError>> + Send;
    /// All leases that ever were for this phase, of its batch or of its operation, in order of their fences.
    fn leases(
        &mut self,
        batch: &BatchId,
        phase: PhaseId,
    ) -> impl Future<Output = Result<Vec<LeaseRow>, StoreError>> + Send;
    /// What the registers of the station's plant hold of what is wanted, and the plant's zone.
    fn registers(&mut self, wanted: &Wanted) -> impl Future<Output = Result<Registers, StoreError>> + Send;
    fn write(
        &mut self,
        author: &Author,
        reason: Option<&str>,
        effect: &Effect,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Who an operation is written for in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    pub person_id: UserId,
    pub station_id: StationId,
    pub operation_id: OperationId,
}

/// The way to the server, as the station's half sees it.
pub trait Exchange: Send + Sync {
    fn push(&self, request: &PushRequest) -> impl Future<Output = Result<PushResponse, ExchangeError>> + Send;
    /// `None` asks from the beginning of the feed.
    fn pull(
        &self,
        feed: &str,
        after: Option<&FeedCursor>,
    ) -> impl Future<Output = Result<FeedPage, ExchangeError>> + Send;
    /// `None` begins a snapshot.
    fn snapshot(
        &self,
        feed: &str,
        resume: Option<&str>,
    ) -> impl Future<Output = Result<SnapshotChunk, ExchangeError>> + Send;
}

/// Why an exchange with the server did not come about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// No answer: the operations stay in the outbox.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The server answered with an error; unknown codes mean "try again later".
    #[error("the server refused: {code}")]
    Refused { code: String, status: u16 },
    /// The cursor's epoch or place is gone (410): the copy is fetched again, the outbox kept.
    #[error("the feed must be read from its beginning")]
    CursorGone,
}

/// When something was received, as the server's clock says.
pub type ReceivedAt = DateTime<Utc>;
