//! A deterministic simulation of the protocol: stations, servers, network, disks and clocks from one seed.
//!
//! Every run ends in fine weather; then the invariants of the protocol hold, whatever happened before.
//! The seed of a failing run is printed, and `VIRUJ_SIMULATION_SEED` runs it alone.

#![expect(clippy::expect_used, reason = "a simulation that cannot go on fails where it stands")]
#![expect(clippy::print_stderr, reason = "whoever looks at a failed run needs its seed")]

mod disk;
mod invariants;
mod plant;
mod station;

use std::panic::{AssertUnwindSafe, catch_unwind};

use viruj_sync::{
    conformance::dice::Dice,
    planted::{self, Bug},
};

use crate::{
    plant::{Plant, Weather, world_of_three_batches},
    station::{Station, station_id},
};

/// One run. Panics where an invariant does not hold.
fn run(seed: u64) {
    let mut dice = Dice::of(seed);
    let mut plant = Plant::new(world_of_three_batches());
    let mut stations: Vec<Station> = (0..1 + dice.below(3)).map(|number| Station::new(station_id(number))).collect();
    let has_clone = dice.percent(10);
    if std::env::var_os("VIRUJ_SIMULATION_SEED").is_some() {
        eprintln!("{} stations, a cloned disk: {has_clone}", stations.len());
    }
    let steps = 20 + dice.below(40);
    for step in 0..steps {
        plant.live_on(&mut dice);
        if has_clone && step == steps / 2 {
            let cloned = Station::clone_of(dice.one(&stations));
            stations.push(cloned);
        }
        let chosen = dice.below(stations.len());
        let station = &mut stations[chosen];
        station.live_on(&mut dice);
        match dice.below(10) {
            0..5 => station.record(&plant, &mut dice, step as u64 + 1),
            // Nothing comes through.
            5 => {}
            6..9 => station.synchronise(&mut plant, &mut dice, Weather::FOUL, true),
            _ => station.synchronise(&mut plant, &mut dice, Weather::FINE, true),
        }
    }
    // Twice: what the first round of one station brings about is news to the others.
    for _ in 0..2 {
        for station in &mut stations {
            station.synchronise(&mut plant, &mut dice, Weather::FINE, false);
        }
    }
    invariants::check(&plant, &stations, has_clone);
}

fn is_found(seed: u64) -> bool {
    catch_unwind(AssertUnwindSafe(|| run(seed))).is_err()
}

#[test]
fn invariants_hold_for_every_seed() {
    if let Ok(seed) = std::env::var("VIRUJ_SIMULATION_SEED") {
        return run(seed.parse().expect("a seed is a number"));
    }
    let seeds = if std::env::var("VIRUJ_LONG").is_ok() { 10_000 } else { 1_000 };
    for seed in 0..seeds {
        if let Err(cause) = catch_unwind(AssertUnwindSafe(|| run(seed))) {
            eprintln!("the run of seed {seed} failed; VIRUJ_SIMULATION_SEED={seed} runs it again");
            std::panic::resume_unwind(cause);
        }
    }
    println!("{seeds} seeds");
}

/// A check that finds nothing has not been shown to look: each bug is found, and its seed finds it again.
#[test]
fn planted_bugs_are_found_and_their_seeds_replay() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let bugs = [
        Bug::CursorAhead,
        Bug::JudgedAgain,
        Bug::RestoreForgotten,
        Bug::AuthorityUnasked,
        Bug::LeaseUnasked,
        Bug::HeadNotedLate,
    ];
    let found: Vec<_> = bugs
        .into_iter()
        .map(|bug| {
            planted::plant(Some(bug));
            let seed = (0..1_000).find(|seed| is_found(*seed));
            let replays = seed.is_some_and(is_found);
            planted::plant(None);
            let is_sound = seed.is_some_and(|seed| !is_found(seed));
            (bug, seed, replays, is_sound)
        })
        .collect();
    std::panic::set_hook(hook);
    for (bug, seed, replays, is_sound) in found {
        let seed = seed.unwrap_or_else(|| panic!("{bug:?} is not found"));
        assert!(replays, "seed {seed} does not find {bug:?} again");
        assert!(is_sound, "seed {seed} fails without {bug:?}, too");
        println!("{bug:?} is found by seed {seed}");
    }
}
