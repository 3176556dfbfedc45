use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use uuid::Uuid;
use viruj_api::sync::{FeedCursor, FeedPage, PushRequest, PushResponse};

use super::MemoryPlant;
use crate::{
    receive::{Alarm, Receiver, receive},
    signing::server_time,
    snapshot::SnapshotChunk,
    store::{Exchange, ExchangeError, KnownStation},
};

/// What goes wrong on the way to a [`MemoryServer`]; a fault lasts until another is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServerFault {
    #[default]
    None,
    /// Nothing arrives.
    Unreachable,
    /// A push is committed and its answer is lost.
    AnswerLost,
}

/// A plant server in memory, reached as one station.
#[derive(Debug)]
pub struct MemoryServer {
    station: KnownStation,
    key: SigningKey,
    page: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    plant: MemoryPlant,
    epoch: Uuid,
    now: DateTime<Utc>,
    fault: ServerFault,
    alarms: Vec<Alarm>,
    pushes: u64,
    /// A feed tells nothing before this place any more.
    kept_from: u64,
}

impl MemoryServer {
    #[must_use]
    pub fn new(plant: MemoryPlant, station: KnownStation, key: SigningKey, now: DateTime<Utc>) -> Self {
        let inner = Inner {
            plant,
            epoch: Uuid::from_u128(1),
            now,
            fault: ServerFault::None,
            alarms: Vec::new(),
            pushes: 0,
            kept_from: 0,
        };
        Self { station, key, page: 3, inner: Mutex::new(inner) }
    }

    /// Looks at the committed state, or changes it as another client of the server would.
    pub fn plant<T>(&self, look: impl FnOnce(&mut MemoryPlant) -> T) -> T {
        look(&mut self.inner().plant)
    }

    pub fn set_fault(&self, fault: ServerFault) {
        self.inner().fault = fault;
    }

    /// Begins a new epoch, as after a restore.
    pub fn set_epoch(&self, epoch: Uuid) {
        self.inner().epoch = epoch;
    }

    /// Lets the feeds tell nothing of what was changed before the place.
    pub fn keep_from(&self, seq: u64) {
        self.inner().kept_from = seq;
    }

    #[must_use]
    pub fn alarms(&self) -> Vec<Alarm> {
        self.inner().alarms.clone()
    }

    /// How many pushes arrived.
    #[must_use]
    pub fn pushes(&self) -> u64 {
        self.inner().pushes
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arrive(&self) -> Result<(), ExchangeError> {
        match self.inner().fault {
            ServerFault::Unreachable => Err(ExchangeError::Unreachable("a fault was asked for".to_owned())),
            ServerFault::None | ServerFault::AnswerLost => Ok(()),
        }
    }
}

impl Exchange for MemoryServer {
    async fn push(&self, request: &PushRequest) -> Result<PushResponse, ExchangeError> {
        self.arrive()?;
        let (mut plant, now) = {
            let mut inner = self.inner();
            inner.pushes += 1;
            inner.plant.now = inner.now;
            (inner.plant.clone(), inner.now)
        };
        let keys = [self.key.verifying_key()];
        let time = server_time(now, &self.key);
        let receiver = Receiver { station: &self.station, server_keys: &keys, server_time: time };
        let received = receive(&mut plant, &receiver, request)
            .await
            .map_err(|error| ExchangeError::Refused { code: error.to_string(), status: 500 })?;
        let mut inner = self.inner();
        inner.plant = plant;
        inner.alarms.extend(received.alarms);
        match inner.fault {
            ServerFault::AnswerLost => Err(ExchangeError::Unreachable("the answer was lost".to_owned())),
            _ => Ok(received.response),
        }
    }

    async fn pull(&self, feed: &str, after: Option<&FeedCursor>) -> Result<FeedPage, ExchangeError> {
        self.arrive()?;
        let inner = self.inner();
        if after.is_some_and(|cursor| cursor.feed_epoch != inner.epoch) {
            return Err(ExchangeError::CursorGone);
        }
        let start = after.map_or(0, |cursor| cursor.seq);
        if start < inner.kept_from {
            return Err(ExchangeError::CursorGone);
        }
        let all = inner.plant.feeds.get(feed).cloned().unwrap_or_default();
        let entries: Vec<_> = all.iter().filter(|entry| entry.seq > start).take(self.page).cloned().collect();
        let seq = entries.last().map_or(start, |entry| entry.seq);
        Ok(FeedPage {
            entries,
            cursor: FeedCursor { feed_epoch: inner.epoch, feed: feed.to_owned(), seq },
            head: all.len() as u64,
            server_time: server_time(inner.now, &self.key),
        })
    }

    async fn snapshot(&self, feed: &str, resume: Option<&str>) -> Result<SnapshotChunk, ExchangeError> {
        self.arrive()?;
        let inner = self.inner();
        inner.plant.snapshot_chunk(feed, inner.epoch, resume, self.page, server_time(inner.now, &self.key))
    }
}
