//! Real processes that are killed at any moment: three stations under load, their server and its PostgreSQL.
//!
//! One minute, ten with `VIRUJ_LONG`; `VIRUJ_KILLS_SEED` gives the order of the kills. Afterwards everything that a station
//! acknowledged is at the server, nothing took effect twice, and every chain is whole.
//! Run inside `tests/support/with-keyring.sh`: without Secret Service these tests fail.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "whoever looks at a run needs its seed and what was met"
)]

mod checks;
mod plant;
mod processes;
mod station;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use viruj_sync::conformance::dice::Dice;

use crate::processes::{Floor, Victim};

/// What a process that is to be killed is: a station, or the server.
const ROLE: &str = "VIRUJ_KILLS_ROLE";
const FOLDER: &str = "VIRUJ_KILLS_FOLDER";
const STATIONS: usize = 3;

#[test]
fn killed_processes_lose_nothing_and_double_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match std::env::var(ROLE).as_deref() {
        Err(_) => runtime.block_on(kill_again_and_again()),
        Ok("server") => runtime.block_on(processes::serve()),
        Ok(number) => runtime.block_on(station::work(number.parse().unwrap())),
    }
}

fn folder_of_the_floor() -> PathBuf {
    PathBuf::from(std::env::var_os(FOLDER).unwrap())
}

async fn kill_again_and_again() {
    let seed = std::env::var("VIRUJ_KILLS_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64
    });
    println!("seed {seed}");
    let lasts = Duration::from_secs(if std::env::var_os("VIRUJ_LONG").is_some() { 600 } else { 60 });
    let mut dice = Dice::of(seed);
    let mut floor = Floor::open().await;
    floor.wait_until_all_work().await;
    let (begun, mut kills) = (Instant::now(), [0_u32; 3]);
    while begun.elapsed() < lasts {
        tokio::time::sleep(Duration::from_millis(200 + dice.roll() % 1800)).await;
        let victim = match dice.below(6) {
            0..3 => Victim::Station(dice.below(STATIONS)),
            3..5 => Victim::Server,
            _ => Victim::Postgres,
        };
        kills[victim.kind()] += 1;
        floor.kill(victim).await;
        tokio::time::sleep(Duration::from_millis(dice.roll() % 600)).await;
        floor.start_again(victim).await;
    }
    floor.let_the_stations_finish().await;
    let found = checks::everything_holds(&mut floor).await;
    let [stations, servers, databases] = kills;
    println!("killed: {stations} stations, {servers} servers, {databases} databases; {found}");
}
