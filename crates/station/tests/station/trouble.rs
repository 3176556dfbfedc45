use viruj_api::station::{EntryInput, Stage, StationRegistration};
use viruj_station_core::{
    StationCore,
    keychain::{Item, Keychain},
    store::STORE_FILE,
};
use viruj_test_support::world;

use crate::support::{Floor, record};

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
