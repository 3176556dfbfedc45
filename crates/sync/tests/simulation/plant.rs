//! A plant: one database, several servers in front of it, and a network that loses, repeats and delays.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use uuid::Uuid;
use viruj_api::sync::{FeedCursor, FeedPage, PushRequest, PushResponse};
use viruj_domain::{batch::BatchStatus, ids::StationId, role::Role};
use viruj_sync::{
    conformance::dice::Dice,
    conformance::world::{self, known_station, server_key},
    memory::MemoryPlant,
    receive::{Alarm, Receiver, receive},
    signing::server_time,
    snapshot::SnapshotChunk,
    store::{Exchange, ExchangeError},
};

use crate::{
    disk::{Death, Mortal},
    station::station_id,
};

/// Requests that the network still holds and may deliver again.
const GHOSTS: usize = 30;

pub struct Plant {
    /// What is committed; servers hold nothing.
    pub committed: MemoryPlant,
    pub epoch: u128,
    pub seconds: u32,
    pub alarms: Vec<(StationId, Alarm)>,
    pub restores: u32,
    backup: Option<MemoryPlant>,
    ghosts: Vec<(StationId, PushRequest)>,
    /// The first place that a feed still tells from.
    kept_from: BTreeMap<String, u64>,
}

impl Plant {
    pub fn new(committed: MemoryPlant) -> Self {
        Self {
            committed,
            epoch: 1,
            seconds: 100,
            alarms: Vec::new(),
            restores: 0,
            backup: None,
            ghosts: Vec::new(),
            kept_from: BTreeMap::new(),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        world::time(self.seconds)
    }

    /// One push as one transaction. `None` when the server died before it committed.
    fn take(&mut self, station: StationId, request: &PushRequest, death: Death) -> Option<PushResponse> {
        self.committed.now = self.now();
        let mut store = Mortal::new(self.committed.clone(), death);
        let (known, keys) = (known_station(station), [server_key().verifying_key()]);
        let server_time = server_time(self.now(), &server_key());
        let receiver = Receiver { station: &known, server_keys: &keys, server_time };
        let received = receive(&mut store, &receiver, request).now_or_never().expect("memory answers at once").ok()?;
        self.check_authority(&store.store);
        self.check_leases(&store.store);
        self.committed = store.store;
        self.alarms.extend(received.alarms.into_iter().map(|alarm| (station, alarm)));
        Some(received.response)
    }

    /// What takes effect was done by somebody who may, and signed where it must be.
    fn check_authority(&self, after: &MemoryPlant) {
        for entry in after.entries.iter().skip(self.committed.entries.len()).filter(|entry| entry.is_effective) {
            let person = &after.people[&entry.person_id];
            assert!(person.is_active, "an entry of somebody who is not active takes effect: {entry:?}");
            assert_eq!(person.role, Role::ProductionOperator, "an entry of a wrong role takes effect: {entry:?}");
            let wanted = after.phases[&entry.phase_id].definition.signature;
            assert_eq!(
                entry.signature.as_ref().map(|signature| signature.meaning),
                wanted,
                "an entry takes effect that is not signed as it must be: {entry:?}"
            );
        }
    }

    /// Nothing takes effect that was done while another station had the phase: whoever has it goes on in good faith.
    fn check_leases(&self, after: &MemoryPlant) {
        for entry in after.entries.iter().skip(self.committed.entries.len()).filter(|entry| entry.is_effective) {
            let operation = after.phases[&entry.phase_id].operation_name();
            let leases = || {
                let of_batch = after.leases.iter().filter(|row| row.batch_id == entry.batch_id);
                of_batch.map(|row| row.lease()).filter(|lease| lease.covers(&operation))
            };
            let own = leases().filter(|lease| lease.station_id == entry.station_id).map(|lease| lease.fence).max();
            let at = entry.recorded_at.min(entry.received_at);
            let newer = leases()
                .filter(|lease| lease.station_id != entry.station_id && lease.lives_at(at))
                .find(|lease| own.is_none_or(|own| lease.fence > own));
            assert!(newer.is_none(), "an entry takes effect that was made under {newer:?}: {entry:?}");
        }
    }

    fn page(&self, dice: &mut Dice, feed: &str, after: Option<&FeedCursor>) -> Result<FeedPage, ExchangeError> {
        let all = self.committed.feeds.get(feed).map(Vec::as_slice).unwrap_or_default();
        let start = after.map_or(0, |cursor| cursor.seq);
        let is_gone = after.is_some_and(|cursor| cursor.feed_epoch != Uuid::from_u128(self.epoch));
        if is_gone || start > all.len() as u64 || start < self.kept_from(feed) {
            return Err(ExchangeError::CursorGone);
        }
        let entries: Vec<_> = all.iter().filter(|entry| entry.seq > start).take(1 + dice.below(6)).cloned().collect();
        let seq = entries.last().map_or(start, |entry| entry.seq);
        Ok(FeedPage {
            entries,
            cursor: FeedCursor { feed_epoch: Uuid::from_u128(self.epoch), feed: feed.to_owned(), seq },
            head: all.len() as u64,
            server_time: server_time(self.now(), &server_key()),
        })
    }

    fn kept_from(&self, feed: &str) -> u64 {
        self.kept_from.get(feed).copied().unwrap_or_default()
    }

    /// What the plant's people and administrators do meanwhile.
    pub fn live_on(&mut self, dice: &mut Dice) {
        self.seconds += 1 + u32::try_from(dice.below(30)).unwrap_or_default();
        self.committed.now = self.now();
        match dice.below(15) {
            14 => {
                // What the feeds have told so far was long ago: whoever has not read it makes a new copy.
                let heads = self.committed.feeds.iter().map(|(feed, told)| (feed.clone(), told.len() as u64));
                self.kept_from = heads.collect();
            }
            12 | 13 => {
                let batch = batch_id(dice.below(3));
                let station = station_id(dice.below(3));
                let is_of_all = dice.percent(70);
                let operation = (!is_of_all).then(|| world::phases()[0].operation_name());
                self.committed.lease(&batch, operation, (station, "a station"));
            }
            0 => self.backup = Some(self.committed.clone()),
            1 if self.restores == 0 => {
                if let Some(backup) = self.backup.take() {
                    self.committed = backup;
                    self.epoch += 1;
                    self.restores += 1;
                    self.kept_from.clear();
                }
            }
            2 => {
                let people: Vec<_> = self.committed.people.values().cloned().collect();
                let mut person = dice.one(&people).clone();
                person.is_active = !person.is_active;
                self.committed.put_person(person);
            }
            3 | 4 => {
                let batches: Vec<_> = self.committed.batches.values().cloned().collect();
                let mut batch = dice.one(&batches).clone();
                batch.version += 1;
                batch.status = match batch.status {
                    BatchStatus::OnHold => BatchStatus::InProgress,
                    BatchStatus::Planned | BatchStatus::InProgress => BatchStatus::OnHold,
                    other => other,
                };
                self.committed.put_batch(batch);
            }
            5 => {
                let key = world::certificate(world::STATION).key_id;
                let now = self.now();
                if dice.percent(20) {
                    self.committed.retired_keys.entry(key).or_insert(now);
                }
            }
            6 | 7 if !self.ghosts.is_empty() => {
                // A request that everybody had given up arrives after all, and its answer reaches nobody.
                let ghost = dice.below(self.ghosts.len());
                let (station, request) = self.ghosts[ghost].clone();
                self.take(station, &request, Death::default());
            }
            _ => {}
        }
    }

    fn remember(&mut self, station: StationId, request: &PushRequest) {
        if self.ghosts.len() == GHOSTS {
            self.ghosts.remove(0);
        }
        self.ghosts.push((station, request.clone()));
    }
}

/// How often something goes wrong on one request, out of a hundred.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub lost: usize,
    pub answer_lost: usize,
    pub repeated: usize,
    pub server_dies: usize,
}

impl Weather {
    pub const FINE: Self = Self { lost: 0, answer_lost: 0, repeated: 0, server_dies: 0 };
    pub const FOUL: Self = Self { lost: 12, answer_lost: 12, repeated: 12, server_dies: 12 };
}

/// A station's way to whichever server answers.
pub struct Way<'a> {
    inner: Mutex<(&'a mut Plant, &'a mut Dice)>,
    station: StationId,
    weather: Weather,
}

impl<'a> Way<'a> {
    pub fn new(plant: &'a mut Plant, dice: &'a mut Dice, station: StationId, weather: Weather) -> Self {
        Self { inner: Mutex::new((plant, dice)), station, weather }
    }

    fn inner(&self) -> MutexGuard<'_, (&'a mut Plant, &'a mut Dice)> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_answer() -> ExchangeError {
    ExchangeError::Unreachable("no answer".to_owned())
}

impl Exchange for Way<'_> {
    async fn push(&self, request: &PushRequest) -> Result<PushResponse, ExchangeError> {
        let mut inner = self.inner();
        let (plant, dice) = &mut *inner;
        plant.remember(self.station, request);
        plant.seconds += 1;
        if dice.percent(self.weather.lost) {
            return Err(no_answer());
        }
        if dice.percent(self.weather.server_dies) {
            // Anywhere in the transaction, its commit included.
            let death = Death { after: Some(dice.below(40)), keeps_the_last: false };
            plant.take(self.station, request, death);
            return Err(no_answer());
        }
        if dice.percent(self.weather.repeated) {
            plant.take(self.station, request, Death::default());
        }
        let answer = plant.take(self.station, request, Death::default()).ok_or_else(no_answer)?;
        if dice.percent(self.weather.answer_lost) { Err(no_answer()) } else { Ok(answer) }
    }

    async fn pull(&self, feed: &str, after: Option<&FeedCursor>) -> Result<FeedPage, ExchangeError> {
        let mut inner = self.inner();
        let (plant, dice) = &mut *inner;
        if dice.percent(self.weather.lost + self.weather.answer_lost) {
            return Err(no_answer());
        }
        plant.page(dice, feed, after)
    }

    async fn snapshot(&self, feed: &str, resume: Option<&str>) -> Result<SnapshotChunk, ExchangeError> {
        let mut inner = self.inner();
        let (plant, dice) = &mut *inner;
        if dice.percent(self.weather.lost + self.weather.answer_lost) {
            return Err(no_answer());
        }
        // Others go on while a station reads.
        if self.weather.lost > 0 && dice.percent(30) {
            plant.live_on(dice);
        }
        let (epoch, time) = (Uuid::from_u128(plant.epoch), server_time(plant.now(), &server_key()));
        plant.committed.snapshot_chunk(feed, epoch, resume, 1 + dice.below(6), time)
    }
}

/// Three batches of three phases, two operators and somebody who may not execute.
pub fn world_of_three_batches() -> MemoryPlant {
    let mut plant = MemoryPlant { now: world::time(0), ..MemoryPlant::default() };
    for (id, role) in [
        (world::operator().id, Role::ProductionOperator),
        ("helper".into(), Role::ProductionOperator),
        ("visitor".into(), Role::SalesPerson),
    ] {
        plant.put_person(viruj_api::people::Person { id, role, ..world::operator() });
    }
    for number in 0..3 {
        let id = batch_id(number);
        plant.put_batch(viruj_api::batches::BatchRow {
            id: id.clone(),
            number: format!("SIM-{number}"),
            ..world::batch()
        });
        for phase in world::phases() {
            let own = phase_id(number, phase.number);
            let operation = if phase.number < 3 { phase.operation.clone() } else { "Closing".to_owned() };
            plant.put_phase(viruj_api::batches::PhaseRow { id: own, batch_id: id.clone(), operation, ..phase });
        }
    }
    plant
}

pub fn batch_id(number: usize) -> viruj_domain::ids::BatchId {
    viruj_domain::ids::BatchId(format!("batch-{number}"))
}

pub fn phase_id(batch: usize, phase: u32) -> viruj_domain::ids::PhaseId {
    world::phase_id(u32::try_from(batch).unwrap_or_default() * 10 + phase)
}

/// A clock of a station that jumps.
pub fn shifted(now: DateTime<Utc>, by_seconds: i64) -> DateTime<Utc> {
    now + TimeDelta::seconds(by_seconds)
}
