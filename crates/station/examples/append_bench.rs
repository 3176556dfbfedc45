//! Time from tap to durable entry, beside a bare write with fsync on the same disk.
//!
//! Prints `figure NAME VALUE UNIT [goal]` lines; takes the folder to measure in, a temporary one otherwise.
#![expect(clippy::print_stdout, reason = "the figures are the program's result")]

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use viruj_domain::phase::PhaseEntry;
use viruj_station_core::{SecretKey, store::Store};
use viruj_sync::conformance::world::{STATION, Writer, rpm, statement};

const ENTRIES: u64 = 1000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("viruj-append-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure(&folder).await;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn measure(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut entries = durable_entries(folder).await?;
    let mut bare = bare_writes(folder)?;
    print("station.durable_entry_p50", percentile(&mut entries, 50), Some(20));
    print("station.durable_entry_p99", percentile(&mut entries, 99), Some(60));
    print("station.bare_fsync_p50", percentile(&mut bare, 50), None);
    print("station.bare_fsync_p99", percentile(&mut bare, 99), None);
    Ok(())
}

/// From the statement to the commit: canonical bytes, signature, SQLCipher, `synchronous = FULL`.
async fn durable_entries(folder: &Path) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    let store = Store::open(folder, &SecretKey::new([0x42; 32])).await?;
    let mut writer = Writer::new(STATION);
    let mut times = Vec::new();
    for number in 1..=ENTRIES {
        let (phase, entry) = if number == 1 { (1, PhaseEntry::Confirmed) } else { (2, rpm("110")) };
        let begun = Instant::now();
        let operation = writer.unsigned(&statement(number, phase, entry));
        store.keep(&operation, "Anjali Rao").await?;
        times.push(begun.elapsed());
    }
    store.close().await;
    Ok(times)
}

fn bare_writes(folder: &Path) -> std::io::Result<Vec<Duration>> {
    let mut file = File::create(folder.join("bare"))?;
    let page = [0x5a; 4096];
    let mut times = Vec::new();
    for _ in 0..ENTRIES {
        let begun = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100]
}

fn print(name: &str, time: Duration, goal: Option<u32>) {
    let milliseconds = time.as_secs_f64() * 1000.0;
    let goal = goal.map_or_else(String::new, |goal| format!(" goal <= {goal}"));
    println!("figure {name} {milliseconds:.2} ms{goal}");
}
