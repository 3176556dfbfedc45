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

use uuid::Uuid;
use viruj_api::{
    statement::Action,
    sync::{FeedChange, FeedCursor, FeedEntry, FeedPage, ServerTime},
};
use viruj_domain::{
    execution::{Attempt, decide},
    ids::{BatchId, PhaseId, UserId},
    person::Acting,
    phase::PhaseEntry,
    role::Role,
};
use viruj_station_core::{SecretKey, overlay::overlay, store::Store};
use viruj_sync::{
    conformance::world::{self, STATION, Writer, rpm, statement},
    store::Replica,
};

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

/// What recording does between the tap and the answer, without the server: the batch is read and laid out, the rules
/// decide, the statement gets its bytes, the envelope its signature, SQLCipher commits with `synchronous = FULL`.
async fn durable_entries(folder: &Path) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    let mut store = Store::open(folder, &SecretKey::new([0x42; 32])).await?;
    fill(&mut store).await?;
    let mut writer = Writer::new(STATION);
    let mut times = Vec::new();
    for number in 0..ENTRIES {
        let (batch, phase) = (number / 2, 1 + u32::from(number % 2 == 1));
        let entry = if phase == 1 { PhaseEntry::Confirmed } else { rpm("110") };
        let begun = Instant::now();
        let shown = overlay(store.batch_parts(&batch_name(batch)).await?.ok_or("the batch is there")?);
        let attempt =
            Attempt { phase: phase_of(batch, phase), entry: &entry, corrects: None, reason: None, is_signed: false };
        let operator = UserId::from("operator");
        let executor = Acting { id: &operator, role: Role::ProductionOperator, is_active: true };
        decide(shown.status, &shown.states(), attempt, executor)?;
        let mut said = statement(number + 1, phase, entry.clone());
        said.batch_id = Some(BatchId(batch_name(batch)));
        said.action = Action::PhaseEntry { phase_id: phase_of(batch, phase), base_version: 1, entry };
        let operation = writer.unsigned(&said);
        store.keep(&operation, "Anjali Rao").await?;
        times.push(begun.elapsed());
    }
    store.close().await;
    Ok(times)
}

fn batch_name(batch: u64) -> String {
    format!("batch-{batch}")
}

fn phase_of(batch: u64, number: u32) -> PhaseId {
    PhaseId(Uuid::from_u128(u128::from(batch) << 32 | u128::from(number)))
}

/// As many batches as it takes, each with the phases of the conformance suite's batch.
async fn fill(store: &mut Store) -> Result<(), Box<dyn std::error::Error>> {
    let mut changes = Vec::new();
    for batch in 0..ENTRIES / 2 {
        let mut row = world::batch();
        row.id = BatchId(batch_name(batch));
        changes.push(FeedChange::Batch(row));
        for mut phase in world::phases() {
            phase.id = phase_of(batch, phase.number);
            phase.batch_id = BatchId(batch_name(batch));
            changes.push(FeedChange::Phase(phase));
        }
    }
    let entries: Vec<_> =
        (1..).zip(changes).map(|(seq, change)| FeedEntry { seq, at: world::time(0), change }).collect();
    let head = entries.len() as u64;
    let cursor = FeedCursor { feed_epoch: Uuid::from_u128(1), feed: world::plant_id().0, seq: head };
    let server_time = ServerTime { time: world::time(0), token: String::new() };
    store.apply(&FeedPage { entries, cursor, head, server_time }).await?;
    Ok(())
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
