//! What holds after every run, once everybody has reached everybody.

use std::collections::{BTreeMap, BTreeSet};

use viruj_api::statement::Envelope;
use viruj_sync::{
    conformance::world::station_key,
    signing::{NO_PREVIOUS, open},
    store::StoredOperation,
};

use crate::{plant::Plant, station::Station};

pub fn check(plant: &Plant, stations: &[Station], has_clone: bool) {
    no_acknowledged_operation_is_lost(plant, stations);
    nothing_takes_effect_twice(plant);
    every_chain_is_whole(plant);
    all_converge(plant, stations);
    if !has_clone {
        nobody_is_taken_for_a_clone(plant, stations);
    }
}

fn no_acknowledged_operation_is_lost(plant: &Plant, stations: &[Station]) {
    let kept: BTreeMap<_, _> = plant.committed.log.all().map(|operation| (operation.operation_id, operation)).collect();
    for station in stations {
        let own: BTreeMap<_, _> = station.disk.log.all().map(|known| (known.operation_id, known)).collect();
        for (id, signed) in &station.acknowledged {
            let here = own.get(id).unwrap_or_else(|| panic!("the station has lost {id}"));
            assert_eq!(&here.signed, signed, "the station has changed {id}");
            // Of two stations under one key one is stopped, and keeps what it recorded for the day it is enrolled anew.
            if station.is_forked {
                continue;
            }
            let there = kept.get(id).unwrap_or_else(|| panic!("the server has lost {id}"));
            assert_eq!(&there.signed, signed, "the server has changed {id}");
            let given = there.verdict.as_ref().unwrap_or_else(|| panic!("{id} has no verdict"));
            let known = here.verdict.as_ref().unwrap_or_else(|| panic!("the station knows no verdict of {id}"));
            // A server that was restored judges anew what it has lost; the station keeps the first verdict.
            if plant.restores == 0 {
                assert_eq!(known.verdict, given.verdict, "two verdicts of {id}");
            }
        }
    }
}

fn nothing_takes_effect_twice(plant: &Plant) {
    let mut operations = BTreeSet::new();
    for entry in &plant.committed.entries {
        assert!(operations.insert(entry.operation_id), "{} has become two entries", entry.operation_id);
    }
    let mut told = BTreeSet::new();
    for deviation in plant.committed.deviations.iter().filter_map(|deviation| deviation.operation_id) {
        assert!(told.insert(deviation), "{deviation} has opened two deviations");
    }
    let effective: Vec<_> = plant.committed.entries.iter().filter(|entry| entry.is_effective).collect();
    let corrected: BTreeSet<_> = effective.iter().filter_map(|entry| entry.corrects).collect();
    let mut standing = BTreeSet::new();
    for entry in effective.iter().filter(|entry| !corrected.contains(&entry.operation_id)) {
        assert!(standing.insert(entry.phase_id), "two entries stand for the phase {}", entry.phase_id);
    }
}

fn every_chain_is_whole(plant: &Plant) {
    let mut last: Option<&StoredOperation> = None;
    for operation in plant.committed.log.all() {
        let before = last.filter(|last| last.station_id == operation.station_id);
        let key = station_key(operation.station_id).verifying_key();
        let opened = open(&operation.signed, &key).expect("what is kept was signed by its station");
        let Envelope { station_seq, prev_hash, .. } = opened.envelope;
        assert_eq!(station_seq, before.map_or(1, |before| before.station_seq + 1), "the chain has a gap");
        let expected = before.map_or(NO_PREVIOUS, |before| before.envelope_hash);
        assert_eq!(prev_hash, hex::encode(expected), "the chain is broken");
        last = Some(operation);
    }
    for (feed, entries) in &plant.committed.feeds {
        assert!(entries.iter().map(|entry| entry.seq).eq(1..=entries.len() as u64), "the feed {feed} has a gap");
    }
}

fn all_converge(plant: &Plant, stations: &[Station]) {
    let entries: BTreeMap<_, _> = plant.committed.entries.iter().map(|row| (row.operation_id, row.clone())).collect();
    let deviations: BTreeMap<_, _> = plant.committed.deviations.iter().map(|row| (row.id, row.clone())).collect();
    let leases: BTreeMap<_, _> = plant.committed.leases.iter().map(|row| (row.id, row.clone())).collect();
    for station in stations.iter().filter(|station| !station.is_forked) {
        let copy = &station.disk.copy;
        assert_eq!(copy.people, plant.committed.people, "people differ");
        assert_eq!(copy.batches, plant.committed.batches, "batches differ");
        assert_eq!(copy.phases, plant.committed.phases, "phases differ");
        assert_eq!(copy.entries, entries, "entries differ");
        assert_eq!(copy.leases, leases, "leases differ");
        assert_eq!(copy.deviations, deviations, "deviations differ");
    }
}

fn nobody_is_taken_for_a_clone(plant: &Plant, stations: &[Station]) {
    let codes = ["chain_fork", "other_bytes", "bad_signature"];
    let wrong: Vec<_> = plant.alarms.iter().filter(|(_, alarm)| codes.contains(&alarm.code)).collect();
    assert!(wrong.is_empty(), "an honest station raises an alarm: {wrong:?}");
    assert!(stations.iter().all(|station| !station.is_forked), "an honest station is stopped");
}
