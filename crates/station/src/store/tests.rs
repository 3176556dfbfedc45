use std::{
    future::{Future, poll_fn},
    path::Path,
    pin::pin,
    task::Poll,
};

use sqlx::Row;
use viruj_api::{
    batches::{BatchRow, EntryRow},
    station::BatchSort,
    sync::{FeedChange, FeedCursor, FeedEntry, FeedPage, ServerTime, Tombstone},
};
use viruj_domain::{
    batch::BatchStatus,
    ids::{BatchId, OperationId, PhaseId, UserId},
    phase::{PhaseEntry, PhaseStatus},
};
use viruj_sync::{
    conformance::{
        self, ReadBack,
        world::{self, STATION, Writer, known_station, rpm, server_key, statement},
    },
    memory::MemoryServer,
    round::{RoundError, begin_snapshot, pull_round, push_after_restore, push_round, snapshot_round},
    store::{Appended, OperationLog, Replica, StoredOperation},
};

use super::*;

fn key() -> SecretKey {
    SecretKey::new([0x5a; 32])
}

async fn open(folder: &Path) -> Store {
    Store::open(folder, &key()).await.unwrap()
}

async fn fault(folder: &Path, key: &SecretKey) -> StoreFault {
    Store::open(folder, key).await.expect_err("the store must not open")
}

impl ReadBack for Store {
    async fn batch_version(&mut self, id: &BatchId) -> Option<i64> {
        sqlx::query_scalar("SELECT version FROM copy_batches WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await
            .unwrap()
    }

    async fn phase_count(&mut self, id: &BatchId) -> usize {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM copy_phases WHERE batch_id = ?")
            .bind(id.as_str())
            .fetch_one(&self.pool)
            .await
            .unwrap();
        usize::try_from(count).unwrap()
    }

    async fn has_person(&mut self, id: &UserId) -> bool {
        self.person(id).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn sqlite_passes_the_conformance_suites() {
    let folder = tempfile::tempdir().unwrap();
    let mut number = 0;
    let mut make = async || {
        number += 1;
        let folder = folder.path().join(number.to_string());
        std::fs::create_dir(&folder).unwrap();
        open(&folder).await
    };
    conformance::operation_log(&mut make).await.unwrap();
    conformance::replica(&mut make).await.unwrap();
}

#[tokio::test]
async fn what_was_appended_is_there_after_a_restart_and_unreadable_without_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let operation = Writer::new(STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    let mut store = open(folder.path()).await;
    assert_eq!(store.append(operation.clone()).await.unwrap(), Appended::New);
    store.close().await;
    let mut store = open(folder.path()).await;
    assert_eq!(store.last(STATION).await.unwrap(), Some(operation));
    store.close().await;
    let bytes = std::fs::read(folder.path().join(STORE_FILE)).unwrap();
    assert!(!bytes.starts_with(b"SQLite format 3"));
    let other_key = fault(folder.path(), &SecretKey::new([1; 32])).await;
    assert_eq!(other_key.code(), "store_corrupted");
}

#[tokio::test]
async fn p11_10e_a_recorded_operation_is_neither_deleted_nor_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    store.append(Writer::new(STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed))).await.unwrap();
    for statement in [
        "DELETE FROM operations",
        "UPDATE operations SET envelope = ''",
        "UPDATE operations SET station_seq = 7",
        "UPDATE operations SET signature = ''",
    ] {
        assert!(sqlx::query(statement).execute(&store.pool).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn hard_case_16_a_damaged_store_is_told_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    let mut writer = Writer::new(STATION);
    for number in 1..=40 {
        store.append(writer.unsigned(&statement(number, 1, PhaseEntry::Confirmed))).await.unwrap();
    }
    store.close().await;
    let file = folder.path().join(STORE_FILE);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0);
    std::fs::write(&file, &bytes).unwrap();
    let damaged = fault(folder.path(), &key()).await;
    assert_eq!(damaged.code(), "store_corrupted", "{damaged}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes, "the file is not touched");
}

#[tokio::test]
async fn hard_case_16_a_full_disk_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    let mut writer = Writer::new(STATION);
    let first = writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    store.append(first.clone()).await.unwrap();
    store.fill_up().await;
    let mut met = None;
    for number in 2..400 {
        let operation = writer.unsigned(&statement(number, 1, PhaseEntry::Confirmed));
        if let Err(fault) = store.keep(&operation, "Anjali Rao").await {
            met = Some((fault, operation));
            break;
        }
    }
    let (full, refused) = met.expect("the disk is full at some point");
    assert_eq!(full.code(), "disk_full", "{full}");
    assert_eq!(store.operation(refused.operation_id).await.unwrap(), None);
    assert_eq!(store.operation(first.operation_id).await.unwrap(), Some(first));
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'of the future', 1, x'00', 0)",
    )
    .execute(&store.pool)
    .await
    .unwrap();
    store.close().await;
    let newer = fault(folder.path(), &key()).await;
    assert!(matches!(newer, StoreFault::Newer { version: 9999 }), "{newer}");
}

#[tokio::test]
async fn hard_case_09_a_copy_of_another_shape_is_fetched_again_and_the_outbox_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = server();
    let mut store = open(folder.path()).await;
    pull(&mut store, &server, "plant-a").await.unwrap();
    let operation = Writer::new(STATION).unsigned(&statement(1, 1, PhaseEntry::Confirmed));
    store.append(operation.clone()).await.unwrap();
    store.set_fact("copy_version", &"0").await.unwrap();
    store.close().await;
    let mut store = open(folder.path()).await;
    assert_eq!(store.cursor("plant-a").await.unwrap(), None);
    assert_eq!(store.batch_version(&world::batch_id()).await, None);
    assert_eq!(store.without_verdict(STATION, 10).await.unwrap(), [operation]);
    pull(&mut store, &server, "plant-a").await.unwrap();
    // What was unsent has been offered before the snapshot was read to its end, and has taken effect.
    assert_eq!(store.batch_version(&world::batch_id()).await, Some(2));
}

fn server() -> MemoryServer {
    MemoryServer::new(world::memory_plant(), known_station(STATION), server_key(), world::time(200))
}

/// Polls a future at most `polls` times and then drops it, as a program does that is killed between two awaits.
async fn cut_short<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

async fn whole_round(store: &mut Store, server: &MemoryServer) -> Result<(), RoundError> {
    push_round(store, server, STATION).await?;
    for feed in ["system", "plant-a"] {
        pull(store, server, feed).await?;
    }
    Ok(())
}

/// Pulls the feed, or makes a new copy of it, as the core does.
async fn pull(store: &mut Store, server: &MemoryServer, feed: &str) -> Result<(), RoundError> {
    if pull_round(store, server, feed).await?.needs_snapshot {
        begin_snapshot(store, server, feed).await?;
        push_after_restore(store, server, STATION).await?;
        assert!(!snapshot_round(store, server, feed, |_| {}).await?.is_stale);
    }
    Ok(())
}

fn work() -> Vec<StoredOperation> {
    let mut writer = Writer::new(STATION);
    vec![
        writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)),
        writer.unsigned(&statement(2, 2, rpm("100"))),
        writer.unsigned(&statement(3, 2, rpm("101"))),
    ]
}

#[tokio::test]
async fn hard_case_02_killed_at_each_await_of_a_synchronisation() {
    let folder = tempfile::tempdir().unwrap();
    let mut cuts = 0;
    for polls in 1.. {
        let folder = folder.path().join(polls.to_string());
        std::fs::create_dir(&folder).unwrap();
        let server = server();
        let mut store = open(&folder).await;
        for operation in work() {
            store.keep(&operation, "Anjali Rao").await.unwrap();
        }
        let whole = cut_short(whole_round(&mut store, &server), polls).await.is_some();
        store.close().await;
        let mut store = open(&folder).await;
        let kept = store.since(STATION, 1, 10).await.unwrap();
        assert_eq!(kept.len(), 3, "cut after {polls} polls");
        whole_round(&mut store, &server).await.unwrap();
        assert!(store.without_verdict(STATION, 10).await.unwrap().is_empty());
        assert_eq!(server.plant(|plant| plant.entries.len()), 3, "cut after {polls} polls: each arrives exactly once");
        assert_eq!(server.alarms(), []);
        let parts = store.batch_parts(world::batch_id().as_str()).await.unwrap().unwrap();
        assert_eq!((parts.entries.len(), parts.own.len()), (3, 0));
        server.plant(|plant| assert_eq!(parts.batch, plant.batches[&world::batch_id()]));
        store.close().await;
        if whole {
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 10, "the round was cut {cuts} times");
}

fn filter() -> BatchFilter {
    BatchFilter {
        now: world::time(0),
        plant_id: world::plant_id(),
        search: String::new(),
        statuses: Vec::new(),
        assigned_to: None,
        sort: BatchSort::Number,
        descending: false,
    }
}

#[tokio::test]
async fn hard_case_03_unsent_work_is_shown_over_what_a_pull_brings() {
    let folder = tempfile::tempdir().unwrap();
    let (server, mut store) = (server(), open(folder.path()).await);
    pull(&mut store, &server, "system").await.unwrap();
    pull(&mut store, &server, "plant-a").await.unwrap();
    let listed = store.list_batches(&filter()).await.unwrap().remove(0);
    assert_eq!((listed.shown_status, listed.completed_phases, listed.unsent), (BatchStatus::Planned, 0, 0));
    assert_eq!(listed.assigned_to_name.as_deref(), Some("Anjali Rao"));
    for operation in &work()[..2] {
        store.keep(operation, "Anjali Rao").await.unwrap();
    }
    // The same row comes again, with another remark on it: the copy is overwritten, the work here is not.
    server.plant(|plant| {
        let mut batch = plant.batches[&world::batch_id()].clone();
        batch.version += 1;
        batch.product = "Metformin hydrochloride 850 mg".to_owned();
        plant.put_batch(batch);
    });
    pull(&mut store, &server, "plant-a").await.unwrap();
    let listed = store.list_batches(&filter()).await.unwrap().remove(0);
    assert_eq!((listed.shown_status, listed.completed_phases, listed.unsent), (BatchStatus::InProgress, 2, 2));
    assert_eq!(listed.next_phase.as_deref(), Some("Close the operation"));
    assert_eq!(listed.row.product, "Metformin hydrochloride 850 mg");
    let in_progress = BatchFilter { statuses: vec![BatchStatus::InProgress], ..filter() };
    assert_eq!(store.list_batches(&in_progress).await.unwrap().len(), 1);
    assert_eq!(store.count_batches(&filter()).await.unwrap(), [(BatchStatus::InProgress, 1)]);
}

#[tokio::test]
async fn batches_are_found_and_sorted() {
    let folder = tempfile::tempdir().unwrap();
    let (server, mut store) = (server(), open(folder.path()).await);
    server.plant(|plant| {
        for (id, number, product) in [("b", "mb-2", "ÄTHER 50%"), ("c", "MB-10", "Aspirin"), ("d", "MB-1", "aspirin_x")]
        {
            let mut batch = world::batch();
            batch.id = id.into();
            batch.number = number.to_owned();
            batch.product = product.to_owned();
            batch.assigned_to = None;
            plant.put_batch(batch);
        }
    });
    pull(&mut store, &server, "plant-a").await.unwrap();
    let found = async |search: &str| {
        let filter = BatchFilter { search: search.to_owned(), ..filter() };
        let listed = store.list_batches(&filter).await.unwrap();
        listed.into_iter().map(|batch| batch.row.number).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, ["MB-1", "MB-10", "mb-2", "MB-CONF-001"]);
    assert_eq!(found("ASPIRIN mb-1").await, ["MB-1", "MB-10"]);
    assert_eq!(found("äther").await, ["mb-2"]);
    assert_eq!(found("50%").await, ["mb-2"]);
    assert_eq!(found("%").await, ["mb-2"]);
    assert_eq!(found("n_x").await, ["MB-1"]);
    assert_eq!(found("'; DROP TABLE operations; --").await, Vec::<String>::new());
    let mine = BatchFilter { assigned_to: Some(world::operator().id), ..filter() };
    assert_eq!(store.list_batches(&mine).await.unwrap().len(), 1);
    for sort in [BatchSort::Number, BatchSort::Product, BatchSort::Status, BatchSort::StartedAt, BatchSort::Progress] {
        for descending in [false, true] {
            let filter = BatchFilter { sort: sort.clone(), descending, ..filter() };
            assert_eq!(store.list_batches(&filter).await.unwrap().len(), 4, "{sort:?}");
        }
    }
}

#[tokio::test]
async fn the_disk_is_asked_to_keep_each_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for (pragma, value) in [("PRAGMA synchronous", 2), ("PRAGMA cache_size", -65536)] {
        let found: i64 = sqlx::query(pragma).fetch_one(&store.pool).await.unwrap().get(0);
        assert_eq!(found, value, "{pragma}");
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.pool).await.unwrap();
    assert_eq!(mode, "wal");
    let cipher: Option<String> = sqlx::query_scalar("PRAGMA cipher_version").fetch_one(&store.pool).await.unwrap();
    assert!(cipher.is_some(), "the store is encrypted");
}

/// A file of a program that ciphered otherwise is ciphered anew, with everything in it.
#[tokio::test]
async fn a_store_of_another_cipher_is_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for operation in &work() {
        store.keep(operation, "Anjali Rao").await.unwrap();
    }
    let before = store.clone().since(STATION, 1, 10).await.unwrap();
    store.close().await;
    // Both files as the first programs had them.
    for (name, key) in [(STORE_FILE, key()), (OUTBOX_COPY_FILE, key().of_outbox_copy())] {
        let file = folder.path().join(name);
        ciphers::cipher_as_before(&file, &key).await;
        assert!(matches!(super::open_pool(&file, &key, 1).await, Err(StoreFault::Corrupted { .. })));
    }
    let mut store = open(folder.path()).await;
    assert_eq!(store.since(STATION, 1, 10).await.unwrap(), before);
    let size: String = sqlx::query_scalar("PRAGMA cipher_page_size").fetch_one(&store.pool).await.unwrap();
    assert_eq!(size, "8192");
    let vacuum: i64 = sqlx::query_scalar("PRAGMA auto_vacuum").fetch_one(&store.pool).await.unwrap();
    assert_eq!(vacuum, 2, "free pages are given back");
    store.close().await;
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.iter().all(|name| !name.contains("anew") && !name.contains("set-aside")), "{names:?}");
}

/// The next page of a plant's feed.
async fn apply(store: &mut Store, seq: &mut u64, changes: Vec<FeedChange>) {
    let entries: Vec<_> =
        (*seq + 1..).zip(changes).map(|(seq, change)| FeedEntry { seq, at: world::time(1), change }).collect();
    *seq += entries.len() as u64;
    let cursor = FeedCursor { feed_epoch: uuid::Uuid::from_u128(5), feed: "plant-a".to_owned(), seq: *seq };
    let server_time = ServerTime { time: world::time(1), token: String::new() };
    store.apply(&FeedPage { entries, cursor, head: *seq, server_time }).await.unwrap();
}

/// Phases of a page whose batch stands later in it are kept, those of a batch that is not here are not shown, and no batch is
/// shown another one's.
#[tokio::test]
async fn the_phases_of_a_batch_are_its_own_in_whatever_order_they_come() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    let phases_of = |batch: &str, first: u128| -> Vec<FeedChange> {
        let phases = world::phases().into_iter().zip(first..first + 3).map(|(mut phase, id)| {
            phase.id = PhaseId(uuid::Uuid::from_u128(id));
            phase.batch_id = BatchId(batch.to_owned());
            FeedChange::Phase(phase)
        });
        let mut phases: Vec<_> = phases.collect();
        phases.reverse();
        phases
    };
    let batch_of = |id: &str| FeedChange::Batch(BatchRow { id: BatchId(id.to_owned()), ..world::batch() });
    let pages = [
        [phases_of("one", 100), phases_of("nowhere", 200), vec![batch_of("one")]].concat(),
        [vec![batch_of("two")], phases_of("two", 300)].concat(),
        phases_of("one", 100),
    ];
    let mut seq = 0;
    for changes in pages {
        apply(&mut store, &mut seq, changes).await;
    }
    for (batch, first) in [("one", 100), ("two", 300)] {
        let parts = store.batch_parts(batch).await.unwrap().unwrap();
        let phases: Vec<_> = parts.phases.iter().map(|phase| (phase.number, phase.id.0.as_u128())).collect();
        assert_eq!(phases, [(1, first), (2, first + 1), (3, first + 2)]);
        assert!(parts.phases.iter().all(|phase| phase.batch_id.as_str() == batch));
    }
    let counts: Vec<_> = store.list_batches(&filter()).await.unwrap().iter().map(|listed| listed.phase_count).collect();
    assert_eq!(counts, [3, 3]);
    // With a batch go its parts, and no other batch has its key.
    let gone = FeedChange::Gone(Tombstone { kind: "batch".to_owned(), id: "two".to_owned() });
    apply(&mut store, &mut seq, vec![gone]).await;
    apply(&mut store, &mut seq, vec![batch_of("three")]).await;
    let keys: Vec<i64> =
        sqlx::query_scalar("SELECT key FROM copy_batches ORDER BY key").fetch_all(&store.pool).await.unwrap();
    assert_eq!(keys, [1, 3]);
    let parts: i64 = sqlx::query_scalar("SELECT count(*) FROM copy_phases").fetch_one(&store.pool).await.unwrap();
    assert_eq!(parts, 3);
    assert!(store.batch_parts("three").await.unwrap().unwrap().phases.is_empty());
}

/// The program is not replaced while a phase runs here; one that runs at another station is no reason.
#[tokio::test]
async fn a_phase_that_runs_here_is_found_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    let mut seq = 0;
    let [mut phase, ..] = <[_; 3]>::try_from(world::phases()).unwrap();
    let batch = |status| FeedChange::Batch(BatchRow { status, ..world::batch() });
    let entry = |number: u128, station_id| {
        FeedChange::Entry(EntryRow {
            operation_id: OperationId(uuid::Uuid::from_u128(number)),
            plant_id: world::plant_id(),
            batch_id: world::batch_id(),
            phase_id: world::phase_id(1),
            entry: rpm("110"),
            corrects: None,
            person_id: world::operator().id,
            person_name: "Operator".to_owned(),
            station_id,
            recorded_at: world::time(1),
            received_at: world::time(1),
            reason: None,
            signature: None,
            deviation: None,
            verdict: "accepted".to_owned(),
            verdict_code: None,
            is_effective: true,
        })
    };
    phase.status = PhaseStatus::InProgress;
    let begun = vec![batch(BatchStatus::InProgress), FeedChange::Phase(phase.clone())];
    apply(&mut store, &mut seq, begun).await;
    assert!(!store.has_running_phase_of(STATION).await.unwrap(), "nobody has worked on it");
    apply(&mut store, &mut seq, vec![entry(1, world::OTHER_STATION)]).await;
    assert!(!store.has_running_phase_of(STATION).await.unwrap(), "it runs elsewhere");
    assert!(store.has_running_phase_of(world::OTHER_STATION).await.unwrap());
    apply(&mut store, &mut seq, vec![entry(2, STATION)]).await;
    assert!(store.has_running_phase_of(STATION).await.unwrap());
    phase.status = PhaseStatus::Completed;
    phase.version += 1;
    apply(&mut store, &mut seq, vec![FeedChange::Phase(phase)]).await;
    assert!(!store.has_running_phase_of(STATION).await.unwrap(), "it is over");
}

/// The old copy goes in pieces, and the file becomes as small as it can be.
#[tokio::test]
async fn what_an_old_copy_has_taken_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let (server, mut store) = (server(), open(folder.path()).await);
    server.plant(|plant| {
        for number in 0..3_000 {
            let mut row = world::batch();
            row.id = viruj_domain::ids::BatchId(format!("many-{number}"));
            row.number = format!("MANY-{number}");
            plant.put_batch(row);
        }
    });
    pull(&mut store, &server, "plant-a").await.unwrap();
    while store.take_away_old_copy().await.unwrap() {}
    let pages = async |store: &Store| -> (i64, i64) {
        let count = "SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count";
        sqlx::query_as(count).fetch_one(&store.pool).await.unwrap()
    };
    let (first, free) = pages(&store).await;
    assert_eq!(free, 0);
    server.set_epoch(uuid::Uuid::from_u128(7));
    pull(&mut store, &server, "plant-a").await.unwrap();
    let (doubled, _) = pages(&store).await;
    assert!(doubled > first * 3 / 2, "{doubled} pages after {first}");
    // A program that is killed meanwhile goes on with it later.
    assert!(store.take_away_old_copy().await.unwrap());
    store.close().await;
    let store = open(folder.path()).await;
    while store.take_away_old_copy().await.unwrap() {}
    let (last, free) = pages(&store).await;
    assert!(free == 0 && last < first * 11 / 10, "{last} pages after {first}");
    assert_eq!(store.list_batches(&filter()).await.unwrap().len(), 3_001);
}

mod outbox_copy;
mod registers;
