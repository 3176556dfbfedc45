//! Store and outbox copy: what was acknowledged is in both, and either is made anew from the other.

use viruj_api::sync::{OperationVerdict, Verdict};

use super::*;
use crate::store::facts::{IDENTITY, REMEMBERED, STATION_ID};

/// Not what the files say of themselves, but what is in them.
async fn in_copy(store: &Store) -> Vec<(u64, bool)> {
    let rows = sqlx::query("SELECT station_seq, verdict IS NULL FROM operations ORDER BY station_seq");
    let rows = rows.fetch_all(&store.copy.pool).await.unwrap();
    rows.iter().map(|row| (row.get::<i64, _>(0).unsigned_abs(), row.get(1))).collect()
}

async fn in_store(store: &mut Store) -> Vec<u64> {
    store.since(STATION, 1, 100_000).await.unwrap().iter().map(|operation| operation.station_seq).collect()
}

fn accepted(operation: &StoredOperation) -> OperationVerdict {
    let (operation_id, station_seq) = (operation.operation_id, operation.station_seq);
    OperationVerdict { operation_id, station_seq, verdict: Verdict::Accepted, received_at: world::time(90) }
}

fn damage(folder: &Path, name: &str) -> Vec<u8> {
    let file = folder.join(name);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0);
    std::fs::write(&file, &bytes).unwrap();
    bytes
}

/// The folders of what was put aside, with the names of the files in them.
fn aside(folder: &Path) -> Vec<(PathBuf, Vec<String>)> {
    let named = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let inside = |path: &Path| {
        let mut names: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| named(&entry.unwrap().path())).collect();
        names.sort();
        names
    };
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    folders.filter(|path| named(path).starts_with("set-aside-")).map(|path| (path.clone(), inside(&path))).collect()
}

#[tokio::test]
async fn the_copy_is_encrypted_under_a_key_of_its_own_and_synced_at_each_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&store.copy.pool).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.copy.pool).await.unwrap();
    assert_eq!((synchronous, mode.as_str()), (2, "wal"));
    store.close().await;
    let bytes = std::fs::read(folder.path().join(OUTBOX_COPY_FILE)).unwrap();
    assert!(!bytes.starts_with(b"SQLite format 3"));
    assert_ne!(key(), key().of_outbox_copy());
    // Under the store's own key the copy is unreadable.
    let other = open_file(&folder.path().join(OUTBOX_COPY_FILE), &key(), 1, &MIGRATIONS).await.unwrap_err();
    assert_eq!(other.code(), "store_corrupted");
}

#[tokio::test]
async fn what_was_appended_is_in_both_files_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for operation in work() {
        store.keep(&operation, "Anjali Rao").await.unwrap();
        let mut connection = store.copy.pool.acquire().await.unwrap();
        let copied = store.copy.read(&mut connection, operation.operation_id.0).await.unwrap().unwrap();
        assert_eq!((copied.operation, copied.person_name.as_deref()), (operation, Some("Anjali Rao")));
    }
    for statement in ["DELETE FROM operations", "UPDATE operations SET envelope = ''"] {
        assert!(sqlx::query(statement).execute(&store.copy.pool).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn hard_case_02_killed_at_each_await_of_an_append() {
    let folder = tempfile::tempdir().unwrap();
    let mut cuts = 0;
    // How many polls an append takes depends on how fast the disk is: each number is tried, the large ones end whole.
    for (polls, restarts) in (1..=20).flat_map(|polls| [(polls, false), (polls, true)]) {
        let folder = folder.path().join(format!("{polls}-{restarts}"));
        std::fs::create_dir(&folder).unwrap();
        let mut store = open(&folder).await;
        let [first, second, third] = <[StoredOperation; 3]>::try_from(work()).unwrap();
        store.keep(&first, "Anjali Rao").await.unwrap();
        let answered = cut_short(store.keep(&second, "Anjali Rao"), polls).await;
        cuts += usize::from(answered.is_none());
        // Once the program starts anew, once it goes on.
        if restarts {
            store.close().await;
            store = open(&folder).await;
        } else {
            store.settle().await.unwrap();
        }
        let kept = in_store(&mut store).await;
        assert!(kept == [1, 2] || (answered.is_none() && kept == [1]), "cut after {polls} polls: {kept:?}");
        // The person enters it again where it is not there; the same bytes are never there twice.
        let again = store.keep(&second, "Anjali Rao").await.unwrap();
        assert_eq!(again, if kept.len() == 2 { Appended::AlreadyThere } else { Appended::New });
        assert_eq!(store.keep(&third, "Anjali Rao").await.unwrap(), Appended::New);
        assert_eq!(in_store(&mut store).await, [1, 2, 3]);
        assert_eq!(in_copy(&store).await, [(1, true), (2, true), (3, true)]);
        let server = server();
        whole_round(&mut store, &server).await.unwrap();
        assert_eq!(server.plant(|plant| plant.entries.len()), 3, "cut after {polls} polls: each arrives once");
        assert_eq!(server.alarms(), []);
        store.close().await;
    }
    assert!(cuts >= 4, "the append was cut {cuts} times");
}

#[tokio::test]
async fn killed_between_the_two_files_the_store_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    for restarts in [false, true] {
        let folder = folder.path().join(restarts.to_string());
        std::fs::create_dir(&folder).unwrap();
        let mut store = open(&folder).await;
        let [first, second, third] = <[StoredOperation; 3]>::try_from(work()).unwrap();
        store.keep(&first, "Anjali Rao").await.unwrap();
        // What an append leaves that ends after the copy's commit.
        *store.in_doubt.lock().await = true;
        store.copy.append(&second, Some("Anjali Rao")).await.unwrap();
        assert_eq!(in_store(&mut store).await, [1]);
        if restarts {
            store.close().await;
            store = open(&folder).await;
            assert_eq!(store.last(STATION).await.unwrap(), Some(second));
        }
        assert_eq!(store.keep(&third, "Anjali Rao").await.unwrap(), Appended::New);
        assert_eq!(in_store(&mut store).await, [1, 2, 3]);
        assert_eq!(in_copy(&store).await, [(1, true), (2, true), (3, true)]);
        store.close().await;
    }
}

#[tokio::test]
async fn a_store_of_before_gives_the_copy_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    for operation in work() {
        store.append(operation).await.unwrap();
    }
    store.set_fact(STATION_ID, &7).await.unwrap();
    store.close().await;
    for ending in ["", "-wal", "-shm"] {
        _ = std::fs::remove_file(folder.path().join(format!("{OUTBOX_COPY_FILE}{ending}")));
    }
    let store = open(folder.path()).await;
    assert_eq!(in_copy(&store).await, [(1, true), (2, true), (3, true)]);
    assert_eq!(aside(folder.path()), []);
    let fact: String = sqlx::query_scalar("SELECT value FROM facts").fetch_one(&store.copy.pool).await.unwrap();
    assert_eq!(fact, "7");
}

#[tokio::test]
async fn a_commit_that_fails_after_the_copy_leaves_an_entry_in_doubt_that_comes_in_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    let [first, second, third] = <[StoredOperation; 3]>::try_from(work()).unwrap();
    store.keep(&first, "Anjali Rao").await.unwrap();
    // The store takes the row and refuses the commit.
    sqlx::raw_sql(
        "CREATE TABLE ends (id INTEGER PRIMARY KEY);
         CREATE TABLE refuses (id INTEGER REFERENCES ends (id) DEFERRABLE INITIALLY DEFERRED);
         CREATE TRIGGER refuse AFTER INSERT ON operations BEGIN INSERT INTO refuses VALUES (1); END;",
    )
    .execute(&store.pool)
    .await
    .unwrap();
    let doubt = store.keep(&second, "Anjali Rao").await.unwrap_err();
    assert!(matches!(doubt, StoreFault::InDoubt(_)), "{doubt}");
    assert_eq!((doubt.code(), in_store(&mut store).await), ("entry_in_doubt", vec![1]));
    // No later entry goes past it.
    assert!(store.keep(&third, "Anjali Rao").await.is_err());
    assert!(store.settle().await.is_err());
    sqlx::raw_sql("DROP TRIGGER refuse").execute(&store.pool).await.unwrap();
    store.settle().await.unwrap();
    assert_eq!(in_store(&mut store).await, [1, 2]);
    assert_eq!(store.keep(&third, "Anjali Rao").await.unwrap(), Appended::New);
    assert_eq!(in_copy(&store).await, [(1, true), (2, true), (3, true)]);
}

#[tokio::test]
async fn hard_case_16_a_full_disk_under_the_copy_refuses_the_entry() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    sqlx::query("PRAGMA max_page_count = 1").execute(&store.copy.pool).await.unwrap();
    let mut writer = Writer::new(STATION);
    let mut kept = 0;
    let (fault, refused) = loop {
        let operation = writer.unsigned(&statement(kept + 1, 1, PhaseEntry::Confirmed));
        match store.keep(&operation, "Anjali Rao").await {
            Ok(_) => kept += 1,
            Err(fault) => break (fault, operation),
        }
    };
    assert_eq!(fault.code(), "disk_full", "{fault}");
    assert_eq!((in_store(&mut store).await.len(), in_copy(&store).await.len()), (kept as usize, kept as usize));
    assert_eq!(store.unsent_count().await.unwrap().0 as u64, kept);
    store.close().await;
    let mut store = open(folder.path()).await;
    assert_eq!(in_store(&mut store).await.len(), kept as usize);
    assert_eq!(store.keep(&refused, "Anjali Rao").await.unwrap(), Appended::New);
    assert_eq!(in_copy(&store).await.len(), kept as usize + 1);
}

#[tokio::test]
async fn hard_case_16_a_damaged_store_is_put_aside_and_made_anew_from_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let server = server();
    let mut store = open(folder.path()).await;
    let mut writer = Writer::new(STATION);
    store.keep(&writer.unsigned(&statement(1, 1, PhaseEntry::Confirmed)), "Anjali Rao").await.unwrap();
    whole_round(&mut store, &server).await.unwrap();
    store.copy_verdicts().await.unwrap();
    for (number, entry) in [(2, rpm("100")), (3, rpm("101")), (4, rpm("102"))] {
        store.keep(&writer.unsigned(&statement(number, 2, entry)), "Anjali Rao").await.unwrap();
    }
    for name in [IDENTITY, STATION_ID, REMEMBERED] {
        store.set_fact(name, &name).await.unwrap();
    }
    store.forget_fact(REMEMBERED).await.unwrap();
    let batch = store.batch_parts(world::batch_id().as_str()).await.unwrap().unwrap();
    store.close().await;
    let bytes = damage(folder.path(), STORE_FILE);
    assert_eq!(fault(folder.path(), &key()).await.code(), "store_corrupted");

    let put = set_store_aside(folder.path(), &key(), world::time(0)).await.unwrap().unwrap();
    assert_eq!(std::fs::read(put.join(STORE_FILE)).unwrap(), bytes, "the damaged file is kept as it is");
    let mut store = open(folder.path()).await;
    assert_eq!(in_store(&mut store).await, [1, 2, 3, 4]);
    assert_eq!(store.unsent_count().await.unwrap().0, 3);
    assert_eq!(store.last(STATION).await.unwrap().unwrap().envelope_hash, writer.last_hash, "the chain goes on there");
    assert_eq!(store.fact::<String>(IDENTITY).await.unwrap().as_deref(), Some(IDENTITY));
    assert_eq!(store.fact::<String>(STATION_ID).await.unwrap().as_deref(), Some(STATION_ID));
    assert_eq!(store.fact::<String>(REMEMBERED).await.unwrap(), None);
    whole_round(&mut store, &server).await.unwrap();
    assert_eq!(store.unsent_count().await.unwrap().0, 0);
    assert_eq!(store.keep(&writer.unsigned(&statement(5, 2, rpm("103"))), "Anjali Rao").await.unwrap(), Appended::New);
    whole_round(&mut store, &server).await.unwrap();
    assert_eq!((server.plant(|plant| plant.entries.len()), server.alarms().len()), (5, 0), "each arrives once");
    assert_eq!(store.batch_parts(world::batch_id().as_str()).await.unwrap().unwrap().phases.len(), batch.phases.len());
    store.close().await;
    // A store that is sound stays where it is.
    assert_eq!(set_store_aside(folder.path(), &key(), world::time(0)).await.unwrap(), None);
    assert_eq!(aside(folder.path()).len(), 1);
}

#[tokio::test]
async fn hard_case_16_a_store_is_not_put_aside_without_a_sound_copy() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    for operation in work() {
        store.append(operation).await.unwrap();
    }
    store.close().await;
    let both = [damage(folder.path(), STORE_FILE), damage(folder.path(), OUTBOX_COPY_FILE)];
    for _ in 0..2 {
        let refused = set_store_aside(folder.path(), &key(), world::time(0)).await.unwrap_err();
        assert_eq!(refused.code(), "outbox_copy_unusable", "{refused}");
        assert_eq!(fault(folder.path(), &key()).await.code(), "store_corrupted");
    }
    let now = [STORE_FILE, OUTBOX_COPY_FILE].map(|name| std::fs::read(folder.path().join(name)).unwrap());
    assert_eq!((both, aside(folder.path())), (now, Vec::new()), "neither file is touched");
    std::fs::remove_file(folder.path().join(OUTBOX_COPY_FILE)).unwrap();
    let refused = set_store_aside(folder.path(), &key(), world::time(0)).await.unwrap_err();
    assert_eq!(refused.code(), "outbox_copy_unusable");
}

#[tokio::test]
async fn hard_case_16_a_damaged_copy_is_put_aside_and_made_anew_from_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    for operation in work() {
        store.append(operation).await.unwrap();
    }
    store.set_fact(IDENTITY, &"who").await.unwrap();
    store.close().await;
    let bytes = damage(folder.path(), OUTBOX_COPY_FILE);
    let mut store = open(folder.path()).await;
    assert_eq!(in_store(&mut store).await, [1, 2, 3]);
    assert_eq!(in_copy(&store).await, [(1, true), (2, true), (3, true)]);
    store.close().await;
    open(folder.path()).await.close().await;
    let kept = aside(folder.path());
    assert_eq!(kept.len(), 1, "once: {kept:?}");
    assert_eq!(std::fs::read(kept[0].0.join(OUTBOX_COPY_FILE)).unwrap(), bytes);
    // Both moved in one second lie in folders of their own.
    damage(folder.path(), OUTBOX_COPY_FILE);
    let (first, second) = (
        recovery::set_aside(folder.path(), OUTBOX_COPY_FILE, world::time(0)).unwrap(),
        recovery::set_aside(folder.path(), STORE_FILE, world::time(0)).unwrap(),
    );
    assert_ne!(first, second);
}

#[tokio::test]
async fn what_the_files_contradict_each_other_about_is_an_error() {
    let entries = |number: u64| statement(number, 1, PhaseEntry::Confirmed);
    let first = Writer::new(STATION).unsigned(&entries(1));
    let after = |operation: &StoredOperation, number: u64, seq: u64| {
        let mut writer = Writer { next_seq: seq, last_hash: operation.envelope_hash, ..Writer::new(STATION) };
        writer.unsigned(&entries(number))
    };
    let other_first = Writer::new(STATION).unsigned(&entries(9));
    for (name, in_copy) in [
        ("another operation at the same place", other_first.clone()),
        ("the same operation with other bytes", Writer::new(STATION).unsigned(&statement(1, 2, PhaseEntry::Confirmed))),
        ("it follows another operation", after(&other_first, 2, 2)),
        ("the one before it is missing", after(&first, 3, 3)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        let mut writing = store.write().await.unwrap();
        outbox::append(&mut writing, &first, None).await.unwrap();
        writing.commit().await.unwrap();
        store.copy.append(&in_copy, None).await.unwrap();
        store.close().await;
        let differs = fault(folder.path(), &key()).await;
        assert_eq!(differs.code(), "outbox_copy_differs", "{name}: {differs}");
        assert_eq!(aside(folder.path()), [], "{name}: nothing is moved");
    }
}

#[tokio::test]
async fn only_what_was_judged_long_ago_leaves_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    let mut writer = Writer::new(STATION);
    let operations: Vec<_> =
        (1..=8).map(|number| writer.unsigned(&statement(number, 1, PhaseEntry::Confirmed))).collect();
    for operation in &operations {
        store.append(operation.clone()).await.unwrap();
    }
    for index in [0, 1, 3, 4, 5, 7] {
        store.set_verdict(accepted(&operations[index])).await.unwrap();
    }
    assert_eq!(store.copy.prune(2).await.unwrap(), 0, "without its verdict nothing leaves");
    store.copy_verdicts().await.unwrap();
    // The third has no verdict: it holds back everything after it, so that the copy has no gap.
    assert_eq!(store.copy.prune(2).await.unwrap(), 2);
    let left = [(3, true), (4, false), (5, false), (6, false), (7, true), (8, false)];
    assert_eq!(in_copy(&store).await, left);
    store.set_verdict(accepted(&operations[2])).await.unwrap();
    store.copy_verdicts().await.unwrap();
    assert_eq!(store.copy.prune(2).await.unwrap(), 4);
    assert_eq!(in_copy(&store).await, [(7, true), (8, false)]);
    store.close().await;

    // A store that is made anew begins where the copy does, and goes on.
    damage(folder.path(), STORE_FILE);
    set_store_aside(folder.path(), &key(), world::time(0)).await.unwrap().unwrap();
    let mut store = open(folder.path()).await;
    assert_eq!(in_store(&mut store).await, [7, 8]);
    assert_eq!(store.unsent_count().await.unwrap().0, 1);
    let next = writer.unsigned(&statement(9, 1, PhaseEntry::Confirmed));
    assert_eq!(store.keep(&next, "Anjali Rao").await.unwrap(), Appended::New);
}
