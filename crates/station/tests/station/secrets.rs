use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use viruj_api::station::EntryInput;
use viruj_station_core::{
    keychain::{Item, Keychain},
    store::{OUTBOX_COPY_FILE, STORE_FILE},
};
use viruj_test_support::world;

use crate::support::{Floor, batch, entry, number, record, signed};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_35_no_token_password_or_key_is_on_the_disk_or_in_the_log() {
    let log = Captured::default();
    let writer = log.clone();
    // Everything, of every crate: what is written at the loudest level is what could ever be written.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    record(&core, 2, number("100")).await.unwrap();
    let to_sign = entry(&batch(&core).await, 3, EntryInput::Confirm);
    core.record_entry(signed(to_sign.clone(), "a wrong password of 27 characters")).await.unwrap_err();
    core.record_entry(signed(to_sign, world::PASSWORD)).await.unwrap();
    core.sync_now().await.unwrap();
    floor.served.go().await;
    core.sync_now().await.unwrap_err();

    let keychain = Keychain::open(&floor.data_dir()).unwrap();
    let refresh_token = keychain.text(Item::RefreshToken).unwrap().unwrap();
    let (store_key, station_key) =
        (keychain.key(Item::StoreKey).unwrap().unwrap(), keychain.key(Item::StationKey).unwrap().unwrap());
    let mut secrets: Vec<(&str, Vec<u8>)> = vec![
        ("password", world::PASSWORD.into()),
        ("wrong password", "a wrong password of 27 characters".into()),
        ("refresh token", refresh_token.expose().into()),
        // How every access token begins, whatever its algorithm.
        ("access token", "eyJ0eXAi".into()),
        ("access token", "eyJhbGci".into()),
        ("authorisation", "Bearer ".into()),
    ];
    let copy_key = store_key.of_outbox_copy();
    for (name, key) in [("store key", &store_key), ("outbox copy's key", &copy_key), ("station key", &station_key)] {
        secrets.push((name, key.expose().to_vec()));
        secrets.push((name, hex(key.expose()).into_bytes()));
        secrets.push((name, hex(key.expose()).to_uppercase().into_bytes()));
    }
    let mut found = vec![("log".to_owned(), log.0.lock().unwrap().clone())];
    assert!(found[0].1.len() > 100, "the log was captured");
    // Open and with its write-ahead log, then closed.
    files(floor.folder.path(), &mut found);
    core.close().await;
    files(floor.folder.path(), &mut found);
    for name in [STORE_FILE, OUTBOX_COPY_FILE] {
        assert_eq!(found.iter().filter(|(path, _)| path.ends_with(name)).count(), 2, "{name} was searched");
    }
    for (name, bytes) in &found {
        for (secret, needle) in &secrets {
            assert!(!holds(bytes, needle), "{name} holds the {secret}");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
