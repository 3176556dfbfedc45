//! Somebody who records entries into a store, in a process of its own.

use std::{
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use viruj_api::statement::{Action, Statement};
use viruj_domain::phase::PhaseEntry;
use viruj_station_core::{
    SecretKey,
    store::{Store, StoreFault},
};
use viruj_sync::conformance::world::{STATION, Writer, statement};

/// Enough for SQLite to carry its write-ahead log over into the files, more than once.
pub const ENTRIES: usize = 300;

pub fn key() -> SecretKey {
    SecretKey::new([0x42; 32])
}

fn remark(number: u64) -> Statement {
    let text = format!("{number}. {}", "Noise from the gear. ".repeat(120));
    Statement { action: Action::Comment { phase_id: None, text }, ..statement(number, 1, PhaseEntry::Confirmed) }
}

/// Writes entries, and after each its id, as a screen says "saved".
pub async fn write(folder: &Path, acknowledged: &Path) {
    let store = Store::open(folder, &key()).await.unwrap();
    let mut said = OpenOptions::new().create(true).append(true).open(acknowledged).unwrap();
    let mut writer = Writer::new(STATION);
    for number in 1..=ENTRIES as u64 {
        let operation = writer.unsigned(&remark(number));
        store.keep(&operation, "Anjali Rao").await.unwrap();
        said.write_all(format!("{}\n", operation.operation_id).as_bytes()).unwrap();
    }
    // As a power cut finds it: nothing is closed.
    std::process::exit(0);
}

/// Writes until the disk is full, looks at what is there, and copies the files to where there is room.
pub async fn fill(folder: &Path) {
    let disk = folder.join("disk");
    let store = Store::open(&disk, &key()).await.unwrap();
    let mut said = OpenOptions::new().create(true).append(true).open(folder.join("acknowledged")).unwrap();
    let mut writer = Writer::new(STATION);
    let mut refused = 0;
    for number in 1..100_000 {
        let before = (writer.next_seq, writer.last_hash);
        let operation = writer.unsigned(&remark(number));
        match store.keep(&operation, "Anjali Rao").await {
            Ok(_) => said.write_all(format!("{}\n", operation.operation_id).as_bytes()).unwrap(),
            // It lies in the outbox copy, and nobody was told that it is saved: it comes in at the next opening.
            Err(StoreFault::InDoubt(_)) => {
                std::fs::write(folder.join("in-doubt"), operation.operation_id.to_string()).unwrap();
                break;
            }
            Err(fault) => {
                assert!(matches!(fault, StoreFault::DiskFull { .. }), "{fault}");
                (writer.next_seq, writer.last_hash) = before;
                refused += 1;
                // It stays refused.
                if refused == 3 {
                    break;
                }
            }
        }
    }
    for name in ["station.db", "station.db-wal", "outbox-copy.db", "outbox-copy.db-wal"] {
        let from: PathBuf = disk.join(name);
        if from.exists() {
            std::fs::copy(&from, folder.join("kept").join(name)).unwrap();
        }
    }
    std::process::exit(0);
}
