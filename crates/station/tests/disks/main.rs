//! What a station's files hold when the power goes, and when the disk has no room left.
//!
//! The writer is a process of its own: `strace` tells what it wrote and what the disk had confirmed when it said that an
//! entry was saved; whatever was not confirmed is dropped, and the files are opened as they would be found. The disk
//! without room is a tmpfs of one megabyte in a mount namespace of its own.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod trace;
mod writer;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use uuid::Uuid;
use viruj_station_core::store::Store;
use viruj_sync::{
    conformance::{dice::Dice, world::STATION},
    store::OperationLog,
};

use crate::trace::{Event, Keeping};

const ROLE: &str = "VIRUJ_DISKS_ROLE";
const FOLDER: &str = "VIRUJ_DISKS_FOLDER";

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os(FOLDER).unwrap())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// This program once more, as the writer of the test.
fn again(command: &mut Command, test: &str, role: &str, folder: &Path) {
    let status = command
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ROLE, role)
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .status()
        .unwrap_or_else(|error| panic!("{:?} cannot be started: {error}", command.get_program()));
    assert!(status.success(), "the writer ended with {status}");
}

/// The operations that a store in the folder holds.
async fn held(folder: &Path) -> BTreeSet<Uuid> {
    let mut store = Store::open(folder, &writer::key()).await.unwrap();
    let kept = store.since(STATION, 1, usize::MAX >> 1).await.unwrap();
    store.close().await;
    kept.into_iter().map(|operation| operation.operation_id.0).collect()
}

/// Contemporaneous (ALCOA+): what the screen has called saved is on the disk, whenever the power goes.
#[test]
fn alcoa_c_what_was_acknowledged_outlives_the_power() {
    if std::env::var(ROLE).is_ok() {
        return runtime().block_on(writer::write(&folder(), &folder().join("acknowledged")));
    }
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args([
        "-f",
        "-y",
        "-xx",
        "-s",
        "200000",
        "-e",
        "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename",
    ]);
    strace.arg("-o").arg(&told).arg("--");
    again(&mut strace, "alcoa_c_what_was_acknowledged_outlives_the_power", "writer", folder.path());
    let events = trace::read(&told, folder.path());
    let acknowledged = events.iter().filter(|event| matches!(event, Event::Acknowledged(_))).count();
    assert_eq!(acknowledged, writer::ENTRIES);

    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    println!("seed {seed}");
    let mut dice = Dice::of(seed);
    let cuts = if std::env::var_os("VIRUJ_LONG").is_some() { 200 } else { 25 };
    let runtime = runtime();
    for cut in 0..cuts {
        let at = dice.below(events.len());
        let (before, _) = events.split_at(at);
        let saved: BTreeSet<Uuid> = before.iter().filter_map(Event::acknowledged).collect();
        for keeping in [Keeping::ConfirmedAlone, Keeping::SomeMore] {
            let image = folder.path().join(format!("image-{cut}-{keeping:?}"));
            trace::write_image(before, keeping, &mut dice, &image);
            if saved.is_empty() && !image.join("station.db").exists() {
                continue;
            }
            let found = runtime.block_on(held(&image));
            let lost: Vec<_> = saved.difference(&found).collect();
            assert!(
                lost.is_empty(),
                "cut at {at} of {}, {keeping:?}: {lost:?} of {} are lost",
                events.len(),
                saved.len()
            );
            std::fs::remove_dir_all(&image).unwrap();
        }
    }
    // A check that finds nothing has not been shown to look: of a disk that confirms and keeps nothing, it tells.
    let image = folder.path().join("lying");
    trace::write_image(&events, Keeping::NothingAfter(events.len() / 2), &mut dice, &image);
    let all: BTreeSet<Uuid> = events.iter().filter_map(Event::acknowledged).collect();
    assert!(runtime.block_on(held(&image)).len() < all.len(), "a disk that lies is not noticed");
}

/// The disk has one megabyte: entries are refused before one could be lost, and every one that was not is there.
#[test]
fn hard_case_16_a_disk_of_one_megabyte_refuses_and_loses_nothing() {
    if std::env::var(ROLE).is_ok() {
        return runtime().block_on(writer::fill(&folder()));
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("disk")).unwrap();
    std::fs::create_dir(folder.path().join("kept")).unwrap();
    let mut unshare = Command::new("unshare");
    if !rustix::process::getuid().is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    unshare.args([
        "--mount",
        "sh",
        "-c",
        r#"mount -t tmpfs -o size=1m tmpfs "$VIRUJ_DISKS_FOLDER/disk" && exec "$@""#,
        "sh",
    ]);
    again(&mut unshare, "hard_case_16_a_disk_of_one_megabyte_refuses_and_loses_nothing", "filler", folder.path());
    let saved = std::fs::read_to_string(folder.path().join("acknowledged")).unwrap();
    let saved: BTreeSet<Uuid> = saved.lines().map(|line| line.parse().unwrap()).collect();
    assert!(!saved.is_empty(), "some entries have room");
    // As the files lay on the full disk, copied to one that has room.
    let found = runtime().block_on(held(&folder.path().join("kept")));
    let in_doubt: Option<Uuid> =
        std::fs::read_to_string(folder.path().join("in-doubt")).ok().map(|id| id.parse().unwrap());
    assert!(saved.is_subset(&found), "{:?} are lost", saved.difference(&found));
    let more: Vec<&Uuid> = found.difference(&saved).collect();
    assert!(more.is_empty() || more == in_doubt.iter().collect::<Vec<_>>(), "{more:?} were refused and are there");
}
