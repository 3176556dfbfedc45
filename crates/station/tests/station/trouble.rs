use std::{sync::Arc, time::Duration};

use chrono::DateTime;
use futures_util::FutureExt;
use viruj_api::station::{
    CommandError, EntryInput, ReceiptState, Stage, StationRegistration,
    batch_steps::{BatchStepName, TakeBatchStep},
};
use viruj_domain::plant::PlantScope;
use viruj_server::settings::BackupSettings;
use viruj_station_core::{
    StationCore,
    keychain::{Item, Keychain},
    recovery_file::{RECOVERY_FILE, RecoverError, recover},
    store::STORE_FILE,
};
use viruj_storage::ChangeContext;
use viruj_sync::conformance::world::{operator, plant_id};
use viruj_test_support::{TestApp, world};

use crate::support::{Floor, HeldLine, batch, entry, number, record, signed, step, until_it_answers};

async fn code(floor: &Floor) -> String {
    StationCore::open(floor.options()).await.map_or_else(|error| error.code().to_owned(), |_| "ok".to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_16_a_store_without_its_key_is_left_alone_until_the_key_is_back() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    core.close().await;
    let keychain = Keychain::open(&floor.data_dir()).unwrap();
    let key = keychain.read(Item::StoreKey).unwrap().unwrap();
    keychain.remove(Item::StoreKey).unwrap();
    assert_eq!(code(&floor).await, "store_key_missing");
    keychain.write(Item::StoreKey, &key).unwrap();
    let core = floor.open().await;
    assert_eq!(core.status().await.unsent, 1);
    core.close().await;

    let key = keychain.read(Item::StationKey).unwrap().unwrap();
    keychain.remove(Item::StationKey).unwrap();
    assert_eq!(code(&floor).await, "station_key_missing");
    keychain.write(Item::StationKey, &key).unwrap();
    assert_eq!(code(&floor).await, "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_16_a_damaged_store_is_told() {
    let floor = Floor::new().await;
    let core = floor.station().await;
    core.close().await;
    let file = floor.data_dir().join(STORE_FILE);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[..512].fill(7);
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(code(&floor).await, "store_corrupted");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_is_registered_by_an_administrator_and_once() {
    let floor = Floor::new().await;
    let core = floor.open().await;
    assert_eq!(core.status().await.stage, Stage::NotRegistered);
    let registration = StationRegistration { station_name: "S".to_owned(), plant_id: "plant-a".to_owned() };
    assert_eq!(core.register_station(&registration).await.unwrap_err().code(), "not_signed_in");
    core.sign_in(&world::email("qa-manager"), world::PASSWORD).await.unwrap();
    assert!(core.register_station(&registration).await.is_err());
    assert_eq!(core.status().await.stage, Stage::NotRegistered);
    core.sign_in(&world::email("admin"), world::PASSWORD).await.unwrap();
    assert_eq!(core.registration_plants().await.unwrap().len(), 2);
    core.register_station(&registration).await.unwrap();
    assert_eq!(core.status().await.stage, Stage::Ready);
    assert_eq!(core.register_station(&registration).await.unwrap_err().code(), "station_already_registered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_signs_nobody_in() {
    let floor = Floor::new().await;
    let core = floor.open().await;
    let refused = core.sign_in(&world::email("admin"), "not the password").await.unwrap_err();
    assert_ne!(refused.code(), "server_unreachable");
    assert_eq!(core.current_person().await, None);
    let keychain = Keychain::open(&floor.data_dir()).unwrap();
    assert!(keychain.text(Item::RefreshToken).unwrap().is_none());
}

/// A second batch with the first one's phases.
async fn add_batch(floor: &Floor) {
    let context = ChangeContext::system(PlantScope::All, "test", Some("a second batch"));
    let mut unit = floor.app.storage().begin(context).await.unwrap();
    for statement in [
        "INSERT INTO production_batches (id, product_name, batch_number, status, start_date, quantity, unit, assigned_to,
             plant_id, master_record_id, master_version)
         SELECT 'second-batch', product_name, 'MB-CONF-002', status, start_date, quantity, unit, assigned_to, plant_id,
             master_record_id, master_version FROM production_batches",
        "INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status)
         SELECT gen_random_uuid(), plant_id, 'second-batch', number, unit_procedure, operation, definition, status
         FROM batch_phases",
    ] {
        sqlx::query(statement).execute(unit.connection()).await.unwrap();
    }
    unit.commit().await.unwrap();
}

/// Wherever in the store the byte is: the page's HMAC no longer fits, and the station names the file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p11_10a_one_changed_byte_in_a_stations_store_is_named() {
    let floor = Floor::new().await;
    let core = floor.station().await;
    core.close().await;
    let file = floor.data_dir().join(STORE_FILE);
    let whole = std::fs::read(&file).unwrap();
    for place in [20, whole.len() / 2, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        std::fs::write(&file, &damaged).unwrap();
        let error = StationCore::open(floor.options()).await.map(drop).unwrap_err();
        assert_eq!(error.code(), "store_corrupted", "byte {place}");
        let said = CommandError::from(error);
        assert!(said.values.iter().any(|value| value.name == "file" && value.value.ends_with(STORE_FILE)), "{said:?}");
    }
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(floor.open().await.status().await.stage, Stage::Ready);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_16_three_unsent_entries_of_a_damaged_store_arrive_once() {
    let mut floor = Floor::new().await;
    add_batch(&floor).await;
    let core = floor.station().await;
    let take = TakeBatchStep { batch_id: "second-batch".to_owned(), ..step(BatchStepName::Take, "") };
    core.take_batch_step(&take).await.unwrap();
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    record(&core, 2, number("100")).await.unwrap();
    let second = core.open_batch("second-batch").await.unwrap();
    let receipt = core.record_entry(entry(&second, 1, EntryInput::Confirm)).await.unwrap();
    assert_eq!((receipt.state, receipt.unsent), (ReceiptState::Saved, 3));
    let name = core.status().await.station_name;
    core.close().await;
    let file = floor.data_dir().join(STORE_FILE);
    let mut damaged = std::fs::read(&file).unwrap();
    damaged[..512].fill(7);
    std::fs::write(&file, &damaged).unwrap();
    assert_eq!(code(&floor).await, "store_corrupted");

    // The program is told to go on, still without the server: it is the same station, with the same person.
    StationCore::set_store_aside(&floor.data_dir(), DateTime::UNIX_EPOCH).await.unwrap();
    let core = floor.open().await;
    let status = core.status().await;
    assert_eq!((status.stage, status.station_name, status.unsent), (Stage::Ready, name, 3));
    assert_eq!(core.restore().await.unwrap().unwrap().email, operator().email);
    let aside = floor.data_dir().join("set-aside-19700101T000000Z").join(STORE_FILE);
    assert_eq!(std::fs::read(aside).unwrap(), damaged, "the damaged file is kept as it is");

    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    assert_eq!((core.status().await.unsent, batch(&core).await.completed_phases), (0, 2));
    assert_eq!(core.open_batch("second-batch").await.unwrap().completed_phases, 1);
    // The chain goes on where it stood.
    let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    assert_eq!(core.record_entry(to_sign).await.unwrap().state, ReceiptState::Accepted);
    assert_eq!(floor.kept().await, (1..=4).map(|seq| (seq, "accepted".to_owned())).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_16_a_store_that_vanished_comes_back_from_the_copy_and_needs_its_key() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    core.close().await;
    std::fs::remove_file(floor.data_dir().join(STORE_FILE)).unwrap();
    let keychain = Keychain::open(&floor.data_dir()).unwrap();
    let key = keychain.read(Item::StoreKey).unwrap().unwrap();
    keychain.remove(Item::StoreKey).unwrap();
    assert_eq!(code(&floor).await, "store_key_missing");
    keychain.write(Item::StoreKey, &key).unwrap();
    let status = floor.open().await.status().await;
    assert_eq!((status.stage, status.unsent), (Stage::Ready, 1));
}

/// A station that an administrator suspends keeps its copy and what is unsent, and goes on where it was when it is let in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_07_a_station_that_is_kept_out_loses_nothing_and_goes_on_when_it_is_let_in() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    set_state(&floor, "Suspended").await;
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    assert_eq!(core.sync_now().await.unwrap_err().code(), "station_not_active");
    assert_eq!(
        (core.status().await.unsent, batch(&core).await.completed_phases),
        (1, 1),
        "the copy and the outbox stay"
    );
    assert_eq!(floor.kept().await, []);
    set_state(&floor, "Active").await;
    core.sync_now().await.unwrap();
    assert_eq!((core.status().await.unsent, floor.kept().await), (0, vec![(1, "accepted".to_owned())]));
}

async fn set_state(floor: &Floor, state: &str) {
    let context = ChangeContext::person(PlantScope::All, "admin", Some("looked into"));
    let mut unit = floor.app.storage().begin(context).await.unwrap();
    sqlx::query("UPDATE stations SET state = $1").bind(state).execute(unit.connection()).await.unwrap();
    unit.commit().await.unwrap();
}

/// The feed begins anew while something is unsent: the copy is fetched again, the outbox goes out once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_11_a_cursor_that_is_gone_brings_a_new_copy_and_keeps_the_outbox() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    let context = ChangeContext::system(PlantScope::All, "test", Some("restored"));
    let mut unit = floor.app.storage().begin(context).await.unwrap();
    sqlx::query("INSERT INTO feed_epochs (epoch, cause) VALUES ($1, 'restore')")
        .bind(uuid::Uuid::now_v7())
        .execute(unit.connection())
        .await
        .unwrap();
    unit.commit().await.unwrap();
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    assert_eq!((core.status().await.unsent, floor.kept().await), (0, vec![(1, "accepted".to_owned())]));
    let shown = batch(&core).await;
    assert_eq!((shown.completed_phases, shown.phases.len()), (1, 3), "the copy is whole again");
    record(&core, 2, number("110")).await.unwrap();
}

/// Whoever closes the station while its first copy is made waits for the round, and the round for nobody.
#[tokio::test]
async fn a_station_is_closed_while_a_copy_is_made() {
    let floor = Floor::new().await;
    let line = HeldLine::to(floor.served.address, "/snapshot").await;
    let core = Arc::new(StationCore::open(floor.options_at(line.address)).await.unwrap());
    core.sign_in(&world::email("admin"), world::PASSWORD).await.unwrap();
    let registration = StationRegistration { station_name: "Granulation 2".to_owned(), plant_id: plant_id().0 };
    core.register_station(&registration).await.unwrap();
    let round = tokio::spawn({
        let core = Arc::clone(&core);
        async move { core.sync_now().await }
    });
    line.until_held().await;
    let mut closing = Box::pin(core.close());
    assert!(closing.as_mut().now_or_never().is_none(), "the round is not over");
    line.release();
    let whole = async {
        closing.await;
        round.await.unwrap()
    };
    _ = tokio::time::timeout(Duration::from_secs(30), whole).await.expect("neither waits for the other for ever");
}

/// The keychain is lost with an entry unsent: whoever opens the site's backups puts the keys back, and nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_16_a_lost_keychain_loses_no_record() {
    let identity = viruj_server::backup::new_identity();
    let recipients = viruj_server::backup::Identities::read(identity.expose()).unwrap().recipients();
    let backups = tempfile::tempdir().unwrap();
    let app = TestApp::start_with(|settings| {
        settings.backup =
            Some(BackupSettings { folder: backups.path().to_owned(), recipients, at: BackupSettings::usual_time() });
    })
    .await;
    let mut floor = Floor::with(app).await;
    let core = floor.station().await;
    let sealed = std::fs::read(floor.data_dir().join(RECOVERY_FILE)).unwrap();
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    core.close().await;
    let keychain = Keychain::open(&floor.data_dir()).unwrap();
    let keys = [Item::StoreKey, Item::StationKey].map(|item| keychain.key(item).unwrap().unwrap());
    let text = String::from_utf8_lossy(&sealed).into_owned();
    assert!(keys.iter().all(|key| !text.contains(&hex::encode(key.expose()))), "the file is sealed");
    for item in [Item::StoreKey, Item::StationKey] {
        keychain.remove(item).unwrap();
    }
    assert_eq!(StationCore::open(floor.options()).await.map(drop).unwrap_err().code(), "store_key_missing");

    let write = |name: &str, text: &str| {
        let path = backups.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let other = write("other.txt", viruj_server::backup::new_identity().expose());
    assert!(matches!(recover(&floor.data_dir(), &other), Err(RecoverError::OtherIdentity(_))));
    assert!(matches!(recover(&floor.data_dir(), &write("none.txt", "hello")), Err(RecoverError::NoIdentity)));
    let right = write("right.txt", &format!("# a remark\n{}\n", identity.expose()));
    let recovered = recover(&floor.data_dir(), &right).unwrap();
    assert_eq!(recovered.station_name, "Granulation 2");
    // Done twice it changes nothing; other keys are never written over.
    assert_eq!(recover(&floor.data_dir(), &right).unwrap(), recovered);
    keychain.write(Item::StationKey, &[7; 32]).unwrap();
    assert!(matches!(recover(&floor.data_dir(), &right), Err(RecoverError::OtherKeys)));
    keychain.write(Item::StationKey, keys[1].expose()).unwrap();

    floor.served.come_back(&floor.app.application).await;
    let core = floor.open().await;
    assert_eq!(core.status().await.unsent, 1);
    core.sync_now().await.unwrap();
    assert_eq!(core.status().await.unsent, 0);
    core.close().await;
    // A file that is gone is made anew.
    std::fs::remove_file(floor.data_dir().join(RECOVERY_FILE)).unwrap();
    let core = floor.open().await;
    core.sync_now().await.unwrap();
    assert!(floor.data_dir().join(RECOVERY_FILE).exists());
}
