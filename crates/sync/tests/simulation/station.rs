//! A station: its disk outlives its program, which may die at every call of its store.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use uuid::Uuid;
use viruj_api::{
    statement::{Action, Envelope, FORMAT_VERSION, PersonSlot, SignedEnvelope, Statement},
    sync::{SYSTEM_FEED, Verdict},
};
use viruj_domain::{
    ids::{BatchId, OperationId, StationId, UserId},
    lease::LeaseClaim,
    phase::PhaseEntry,
    signature::{SessionEvent, SignatureMeaning},
};
use viruj_sync::{
    conformance::dice::Dice,
    conformance::world::{self, server_key, station_key},
    memory::MemoryStation,
    round::{begin_snapshot, pull_round, push_after_restore, push_round, snapshot_round},
    signing::{self, NO_PREVIOUS, seal, sign_statement, statement_bytes, to_base64},
    store::{Appended, OperationLog, StoreError, StoredOperation},
};

use crate::{
    disk::{Death, Mortal},
    plant::{Plant, Way, Weather, batch_id, phase_id, shifted},
};

pub struct Station {
    pub id: StationId,
    pub disk: MemoryStation,
    /// Told to a person as saved, with its exact bytes.
    pub acknowledged: BTreeMap<OperationId, SignedEnvelope>,
    /// The first verdict that was seen of each operation.
    pub first_verdicts: BTreeMap<OperationId, Verdict>,
    /// The server has found two stations under one key: nobody goes on before it is enrolled anew.
    pub is_forked: bool,
    clock_is_off_by: i64,
    is_full: bool,
}

impl Station {
    pub fn new(id: StationId) -> Self {
        Self {
            id,
            disk: MemoryStation::default(),
            acknowledged: BTreeMap::new(),
            first_verdicts: BTreeMap::new(),
            is_forked: false,
            clock_is_off_by: 0,
            is_full: false,
        }
    }

    /// The disk put into another machine.
    pub fn clone_of(other: &Self) -> Self {
        Self { disk: other.disk.clone(), ..Self::new(other.id) }
    }

    pub fn live_on(&mut self, dice: &mut Dice) {
        match dice.below(20) {
            0 => self.clock_is_off_by = i64::try_from(dice.below(7200)).unwrap_or_default() - 3600,
            1 => self.is_full = !self.is_full,
            _ => {}
        }
    }

    fn run<T>(&mut self, dice: &mut Dice, may_die: bool, work: impl FnOnce(&mut Mortal<MemoryStation>) -> T) -> T {
        let after = (may_die && dice.percent(25)).then(|| dice.below(12));
        let death = Death { after, keeps_the_last: dice.percent(50) };
        let mut store = Mortal::new(std::mem::take(&mut self.disk), death);
        store.is_full = may_die && self.is_full;
        let done = work(&mut store);
        self.disk = store.store;
        done
    }

    /// Somebody does something; whoever is told that it is saved can rely on it.
    pub fn record(&mut self, plant: &Plant, dice: &mut Dice, operation: u64) {
        let (id, known_at) = (self.id, shifted(plant.now(), self.clock_is_off_by));
        let said = say(dice, operation, &self.disk, known_at, id);
        let appended = self.run(dice, true, |store| {
            let last = store.last(id).now_or_never().expect("memory answers at once")?;
            let operation = sealed((id, said.lease), last.as_ref(), known_at, &said);
            let appended = store.append(operation.clone()).now_or_never().expect("memory answers at once")?;
            Ok::<_, StoreError>((appended, operation))
        });
        if let Ok((appended, operation)) = appended {
            assert_eq!(appended, Appended::New, "a station's own chain has no room for its next operation");
            self.acknowledged.insert(operation.operation_id, operation.signed);
        }
    }

    /// One round as the station's core makes it.
    pub fn synchronise(&mut self, plant: &mut Plant, dice: &mut Dice, weather: Weather, may_die: bool) {
        let id = self.id;
        let mut chance = Dice::of(dice.roll());
        let stopped = self.run(dice, may_die, |store| {
            let way = Way::new(plant, &mut chance, id, weather);
            let now = |round: viruj_sync::round::PushRound| round.stopped.map(|stopped| stopped.code);
            let pushed = push_round(store, &way, id).now_or_never().expect("memory answers at once");
            let Ok(pushed) = pushed else { return None };
            if let Some(code) = now(pushed) {
                return Some(code);
            }
            for feed in [SYSTEM_FEED, world::plant_id().as_str()] {
                for _ in 0..3 {
                    let pulled = pull_round(store, &way, feed).now_or_never().expect("memory answers at once");
                    if !pulled.ok()?.needs_snapshot {
                        break;
                    }
                    begin_snapshot(store, &way, feed).now_or_never().expect("memory answers at once").ok()?;
                    let again = push_after_restore(store, &way, id).now_or_never().expect("memory answers at once");
                    if let Some(code) = now(again.ok()?) {
                        return Some(code);
                    }
                    let copied = snapshot_round(store, &way, feed, |_| {});
                    if !copied.now_or_never().expect("memory answers at once").ok()?.is_stale {
                        break;
                    }
                }
            }
            None
        });
        self.is_forked |= stopped.is_some_and(|code| ["chain_fork", "other_bytes"].contains(&code.as_str()));
        for operation in self.disk.log.all() {
            let Some(given) = &operation.verdict else { continue };
            let first = self.first_verdicts.entry(operation.operation_id).or_insert_with(|| given.verdict.clone());
            assert_eq!(*first, given.verdict, "a verdict has changed");
        }
    }
}

/// What somebody says, as bytes, with how they stand for it.
struct Said {
    operation_id: OperationId,
    bytes: Vec<u8>,
    person: PersonSlot,
    /// What the station believes to have, as far as its feed has told it.
    lease: Option<LeaseClaim>,
}

/// The newest lease of the batch that the station knows to be its own.
fn known_lease(disk: &MemoryStation, batch: &BatchId, station: StationId, dice: &mut Dice) -> Option<LeaseClaim> {
    let own = disk.copy.leases.values().filter(|row| row.batch_id == *batch && row.station_id == station);
    let own = own.filter(|row| row.ended_at.is_none()).max_by_key(|row| row.fence)?;
    // A station that invents a fence gains nothing by it.
    let fence = if dice.percent(5) { own.fence + 1 } else { own.fence };
    Some(LeaseClaim { id: own.id, fence })
}

fn say(dice: &mut Dice, operation: u64, disk: &MemoryStation, at: DateTime<Utc>, station: StationId) -> Said {
    let (batch, phase) = (dice.below(3), 1 + u32::try_from(dice.below(3)).unwrap_or_default());
    let lease = known_lease(disk, &batch_id(batch), station, dice);
    let right = if phase == 2 { world::rpm(["100", "112", "141"][dice.below(3)]) } else { PhaseEntry::Confirmed };
    let entry = if dice.percent(5) { world::rpm("1.5") } else { right };
    let people: [UserId; 3] = [world::operator().id, "helper".into(), "visitor".into()];
    let person = if dice.percent(70) { people[0].clone() } else { dice.one(&people).clone() };
    let mut statement = Statement {
        person_id: person,
        batch_id: Some(batch_id(batch)),
        reason: dice.percent(60).then(|| "Display was stuck".to_owned()),
        stated_at: at,
        action: Action::PhaseEntry { phase_id: phase_id(batch, phase), base_version: 1, entry: entry.clone() },
        ..world::statement(operation, phase, entry.clone())
    };
    match dice.below(20) {
        0 => statement.action = Action::Comment { phase_id: None, text: "Noise from the gear.".to_owned() },
        1 => {
            statement.batch_id = None;
            statement.action = Action::Session { event: *dice.one(SessionEvent::ALL) };
        }
        2 | 3 => {
            let own: Vec<_> = disk.log.all().map(|known| known.operation_id).collect();
            if !own.is_empty() {
                let (phase_id, corrects) = (phase_id(batch, phase), *dice.one(&own));
                statement.action = Action::PhaseCorrection { phase_id, base_version: 1, corrects, entry };
            }
        }
        4 => {
            // Bytes that nobody can read.
            let bytes = format!(r#"{{"operation_id":"{}","said":{operation}}}"#, statement.operation_id).into_bytes();
            return Said { operation_id: statement.operation_id, bytes, person: PersonSlot::None, lease };
        }
        _ => {}
    }
    if phase == 3 && dice.percent(85) {
        statement.meaning = Some(SignatureMeaning::Performed);
    }
    let bytes = statement_bytes(&statement).expect("text and integers have canonical bytes");
    let person = match (statement.meaning, dice.below(10)) {
        (None, _) | (_, 0) => PersonSlot::None,
        (_, 1..5) => {
            let attestation = world::attestation(&statement, station);
            signing::attest(&attestation, &server_key()).expect("canonical bytes")
        }
        _ => {
            let certificate = world::certificate(station);
            let certificate = signing::certify(&certificate, &server_key()).expect("canonical bytes");
            sign_statement(&bytes, &world::person_key(), certificate)
        }
    };
    Said { operation_id: statement.operation_id, bytes, person, lease }
}

fn sealed(
    (station, lease): (StationId, Option<LeaseClaim>),
    last: Option<&StoredOperation>,
    at: DateTime<Utc>,
    said: &Said,
) -> StoredOperation {
    let envelope = Envelope {
        format: FORMAT_VERSION,
        station_id: station,
        station_seq: last.map_or(1, |last| last.station_seq + 1),
        prev_hash: hex::encode(last.map_or(NO_PREVIOUS, |last| last.envelope_hash)),
        recorded_at: at,
        monotonic_ms: 1,
        boot_id: "simulated".to_owned(),
        server_time_token: None,
        estimated_skew_ms: None,
        lease: lease.map(|claim| claim.id),
        fence: lease.map(|claim| claim.fence),
        statement: to_base64(&said.bytes),
        person: said.person.clone(),
    };
    let sealed = seal(&envelope, &station_key(station)).expect("text and integers have canonical bytes");
    StoredOperation {
        operation_id: said.operation_id,
        station_id: station,
        station_seq: envelope.station_seq,
        envelope_hash: sealed.hash,
        signed: sealed.signed,
        verdict: None,
    }
}

pub fn station_id(number: usize) -> StationId {
    match number {
        0 => world::STATION,
        1 => world::OTHER_STATION,
        more => StationId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001 + more as u128)),
    }
}
