//! A station whose network does not come back: what is unsent is brought to the server by hand.

use viruj_api::station::{EntryInput, batch_steps::BatchStepName};
use viruj_server::exports::{ImportError, Imported};
use viruj_station_core::StationCore;
use viruj_sync::conformance::world::batch_id;
use viruj_test_support::{TestApp, world};

use crate::support::{Floor, batch, entry, number, record, signed, step, until_it_answers};

/// A station that has lost its server, and the file with its one entry.
async fn one_exported_entry() -> (Floor, StationCore, Vec<u8>) {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    let folder = tempfile::tempdir().unwrap();
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    let saved = core.export_unsent(folder.path()).await.unwrap();
    let sealed = std::fs::read(&saved.path).unwrap();
    (floor, core, sealed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unsent_is_brought_to_the_server_by_hand_and_taken_once() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    let folder = tempfile::tempdir().unwrap();
    let nothing = core.export_unsent(folder.path()).await.unwrap_err();
    assert_eq!(nothing.code(), "nothing_unsent");
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    record(&core, 2, number("110")).await.unwrap();
    let last = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    core.record_entry(last).await.unwrap();
    let saved = core.export_unsent(folder.path()).await.unwrap();
    assert_eq!(saved.entries, 3);
    let sealed = std::fs::read(&saved.path).unwrap();
    let text = String::from_utf8_lossy(&sealed);
    assert!(
        text.starts_with("age-encryption.org/v1") && !text.contains(batch_id().as_str()),
        "nobody reads it on its way"
    );
    let unwritable = core.export_unsent(&folder.path().join("missing")).await.unwrap_err();
    assert_eq!(unwritable.code(), "export_not_written");
    let imported = floor.app.application.import_unsent(&sealed).await.unwrap();
    let expected = Imported { station: "Granulation 2".to_owned(), accepted: 3, ..Imported::default() };
    assert_eq!(imported, expected);
    assert_eq!(floor.app.application.import_unsent(&sealed).await.unwrap(), expected, "brought twice nothing changes");
    assert_eq!(floor.kept().await.len(), 3);
    // The network comes back after all: the station learns what became of its entries.
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    assert_eq!((core.status().await.unsent, floor.kept().await.len()), (0, 3));
    let mut rows = floor.app.database.superuser().await;
    let told: Vec<String> = sqlx::query_scalar("SELECT new_text FROM audit_entries WHERE action = 'unsent_imported'")
        .fetch_all(&mut rows)
        .await
        .unwrap();
    assert_eq!(told, ["3 entries"; 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_the_servers_own_is_refused_and_changes_nothing() {
    let (floor, _, sealed) = one_exported_entry().await;
    for damaged in [&sealed[..sealed.len() - 1], &sealed[..40], b"", b"a shopping list"] {
        let refused = floor.app.application.import_unsent(damaged).await.unwrap_err();
        assert!(matches!(refused, ImportError::NotSealedToUs), "{refused}");
    }
    let other_secret = TestApp::start_with(|settings| {
        settings.secret_key = viruj_server::SecretKey::new("YW5vdGhlciBob3N0IGhhcyBhbm90aGVyIHNlY3JldA").unwrap();
    })
    .await;
    let refused = other_secret.application.import_unsent(&sealed).await.unwrap_err();
    assert!(matches!(refused, ImportError::NotSealedToUs), "{refused}");
    let elsewhere = TestApp::start().await;
    let refused = elsewhere.application.import_unsent(&sealed).await.unwrap_err();
    assert!(matches!(refused, ImportError::StationUnknown(_)), "{refused}");
    assert_eq!(floor.kept().await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retired_station_is_heard_once_more() {
    let (mut floor, core, sealed) = one_exported_entry().await;
    let context = viruj_storage::ChangeContext::person(viruj_domain::plant::PlantScope::All, "admin", Some("lost"));
    let mut unit = floor.app.storage().begin(context).await.unwrap();
    sqlx::query("UPDATE stations SET state = 'Retired'").execute(unit.connection()).await.unwrap();
    unit.commit().await.unwrap();
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    assert_eq!(core.sync_now().await.unwrap_err().code(), "station_not_active");
    assert_eq!(
        core.take_batch_step(&step(BatchStepName::GiveBack, "")).await.unwrap_err().code(),
        "station_not_active"
    );
    assert_eq!(floor.app.application.import_unsent(&sealed).await.unwrap().accepted, 1);
}
