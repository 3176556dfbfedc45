//! Values from a balance: over TCP and over a serial line, from a simulator that speaks MT-SICS.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    sync::{Arc, Mutex},
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt},
    net::TcpListener,
};
use viruj_api::station::{
    EntryInput, PhaseTask, ReceiptState,
    devices::{DeviceValue, ReadDevice, StationDevice},
};
use viruj_domain::{device::DeviceClass, phase::PhaseStatus};
use viruj_station_core::{StationCore, StationError};
use viruj_sync::conformance::world::phase_id;
use viruj_test_support::world;

use crate::support::{Floor, batch, entry, number, record, signed};

const SERIAL_NUMBER: &str = "B021002593";
const WEIGH: &str = r#"{"key":"p1","title":"Weigh the granules","instruction":"Weigh.","kind":{"type":"value",
    "unit":"kg","places":2,"low":"9.90","high":"10.10","device":"balance"}}"#;

/// A balance on a port of its own; what lies on it is what its next answer says.
#[derive(Clone)]
struct Balance {
    address: String,
    shown: Arc<Mutex<String>>,
}

impl Balance {
    async fn start(shown: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        let balance = Self { address, shown: Arc::new(Mutex::new(shown.to_owned())) };
        let told = balance.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (reader, mut writer) = stream.into_split();
                let mut lines = tokio::io::BufReader::new(reader).lines();
                while let Ok(Some(command)) = lines.next_line().await {
                    let answer = answer(command.trim(), &told.shows());
                    if answer.is_empty() || writer.write_all(answer.as_bytes()).await.is_err() {
                        break;
                    }
                }
            }
        });
        balance
    }

    fn shows(&self) -> String {
        self.shown.lock().unwrap().clone()
    }

    fn show(&self, answer: &str) {
        *self.shown.lock().unwrap() = answer.to_owned();
    }
}

/// Nothing to `S` while nothing is shown: the line is closed then.
fn answer(command: &str, shown: &str) -> String {
    match command {
        "I4" => format!("I4 A \"{SERIAL_NUMBER}\"\r\n"),
        "S" if shown.is_empty() => String::new(),
        "S" => format!("{shown}\r\n"),
        _ => "ES\r\n".to_owned(),
    }
}

fn device(code: &str, address: &str) -> StationDevice {
    StationDevice { code: code.into(), class: DeviceClass::Balance, address: address.into() }
}

/// The batch's first step is weighed.
async fn floor() -> Floor {
    let floor = Floor::new().await;
    world::redefine_phase(&floor.app.database, phase_id(1), WEIGH).await;
    floor
}

async fn read(core: &StationCore, code: &str) -> Result<DeviceValue, StationError> {
    let shown = batch(core).await;
    let phase_id = shown.phases[0].id;
    core.read_device(&ReadDevice { batch_id: shown.id, phase_id, device: code.into() }).await
}

fn take(value: &DeviceValue) -> EntryInput {
    EntryInput::TakeReading { reading: value.id, lot: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_weight_comes_from_the_balance_and_says_so_for_ever() {
    let floor = floor().await;
    let core = floor.station().await;
    let balance = Balance::start("S S     10004.6 g").await;
    core.set_devices(vec![device("BAL-02", &balance.address)]);
    let shown = batch(&core).await;
    let PhaseTask::Value { number } = &shown.phases[0].task else { panic!("a value is asked for") };
    assert_eq!(number.device, Some(DeviceClass::Balance));

    let value = read(&core, "BAL-02").await.unwrap();
    assert_eq!((value.serial_number.as_str(), value.told.as_str()), (SERIAL_NUMBER, "10004.6 g"));
    assert_eq!(value.check.value.as_deref(), Some("10.00"), "in the unit and with the places of the step");
    assert!(floor.kept().await.is_empty(), "a reading is no entry");
    // What lies on the balance afterwards changes nothing of what was read.
    balance.show("S S       0.0 g");
    let receipt = record(&core, 1, take(&value)).await.unwrap();
    assert_eq!((receipt.state, receipt.batch.completed_phases), (ReceiptState::Accepted, 1));
    let entry = &receipt.batch.phases[0].entries[0];
    let source = entry.source.as_ref().unwrap();
    assert_eq!((source.device.as_str(), source.told.as_str(), entry.is_manual), ("BAL-02", "10004.6 g", false));

    let mut rows = floor.app.database.superuser().await;
    let (kept, is_manual): (String, bool) =
        sqlx::query_as("SELECT entry, is_manual FROM phase_entries").fetch_one(&mut rows).await.unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["reading"]["line"], "S S     10004.6 g", "as the balance sent it");
    assert!(!is_manual);
    let again = record(&core, 1, take(&value)).await.unwrap_err();
    assert_eq!(again.code(), "reading_gone", "a reading is recorded once");
}

/// [A11-6] At the station, at the server and in the review: typed although a balance is asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_6_a_typed_weight_needs_a_reason_and_waits_for_a_second_person() {
    let floor = floor().await;
    let core = floor.station().await;
    let refused = record(&core, 1, number("10.00")).await.unwrap_err();
    assert_eq!(refused.code(), "reason_required");
    let mut typed = entry(&batch(&core).await, 1, number("10.00"));
    typed.reason = Some("The balance is being moved.".into());
    let receipt = core.record_entry(typed).await.unwrap();
    let phase = &receipt.batch.phases[0];
    assert_eq!((receipt.state, phase.status), (ReceiptState::Accepted, PhaseStatus::RequiresApproval));
    assert!(phase.entries[0].is_manual && phase.entries[0].source.is_none() && phase.is_verified);
    let mut own = signed(entry(&receipt.batch, 1, EntryInput::Check), world::PASSWORD);
    assert_eq!(core.record_entry(own.clone()).await.unwrap_err().code(), "same_person");
    let mut rows = floor.app.database.superuser().await;
    let found: Vec<String> =
        sqlx::query_scalar("SELECT kind FROM batch_exceptions").fetch_all(&mut rows).await.unwrap();
    assert_eq!(found, ["manual"], "quality assurance sees it in the review");

    core.sign_out().await.unwrap();
    core.sign_in(&world::email("qa-manager"), world::PASSWORD).await.unwrap();
    own = entry(&batch(&core).await, 1, EntryInput::Check);
    own.signature = signed(own.clone(), world::PASSWORD).signature;
    own.signature.as_mut().unwrap().email = Some(world::email("qa-manager"));
    let receipt = core.record_entry(own).await.unwrap();
    assert_eq!((receipt.state, receipt.batch.phases[0].status), (ReceiptState::Accepted, PhaseStatus::Completed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_balance_that_gives_no_weight_says_why_and_nothing_is_recorded() {
    let floor = floor().await;
    let core = floor.station().await;
    let balance = Balance::start("S I").await;
    core.set_devices(vec![device("BAL-02", &balance.address), device("BAL-09", "tcp://127.0.0.1:1")]);
    for (answer, code) in [
        ("S I", "device_unstable"),
        ("S +", "device_overloaded"),
        ("S -", "device_underloaded"),
        ("S S      22.05 lb", "device_unit_unknown"),
        ("S S      10,00 kg", "device_unreadable"),
        ("", "device_silent"),
    ] {
        balance.show(answer);
        assert_eq!(read(&core, "BAL-02").await.unwrap_err().code(), code, "{answer:?}");
    }
    assert_eq!(read(&core, "BAL-09").await.unwrap_err().code(), "device_unreachable");
    assert_eq!(read(&core, "BAL-77").await.unwrap_err().code(), "device_unknown");
    // The way is free as soon as it gives one; one that lay for long is read again.
    balance.show("S S      10.00 kg");
    let value = read(&core, "BAL-02").await.unwrap();
    floor.clock.advance_seconds(601);
    assert_eq!(record(&core, 1, take(&value)).await.unwrap_err().code(), "reading_gone");
    assert!(batch(&core).await.phases[0].entries.is_empty());
    let elsewhere = record(&core, 2, take(&read(&core, "BAL-02").await.unwrap())).await.unwrap_err();
    assert_eq!(elsewhere.code(), "reading_gone", "it was read for another step");
}

/// What the plant's register says of a balance is asked before anything is weighed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s88_3_a_balance_whose_calibration_is_overdue_gives_no_value() {
    let floor = floor().await;
    let mut unit = floor.app.application.state().begin_for_system("test", "a balance").await.unwrap();
    sqlx::query(
        "INSERT INTO equipment
             (id, plant_id, code, kind, name, state, cleanliness, calibration_due, created_at)
         VALUES (gen_random_uuid(), 'plant-a', 'BAL-02', 'Balance', 'Balance 2', 'Idle', 'Dirty', '2026-11-01',
             '2026-01-01T00:00:00Z')",
    )
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
    let core = floor.station().await;
    let balance = Balance::start("S S      10.00 kg").await;
    core.set_devices(vec![device("BAL-02", &balance.address)]);
    assert_eq!(read(&core, "BAL-02").await.unwrap_err().code(), "calibration_overdue");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_serial_line_gives_the_same_weight() {
    let floor = floor().await;
    let core = floor.station().await;
    let balance = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&balance).unwrap();
    unlockpt(&balance).unwrap();
    let path = ptsname(&balance, Vec::new()).unwrap().into_string().unwrap();
    let speaking = std::thread::spawn(move || {
        let line = File::from(balance);
        let mut writer = line.try_clone().unwrap();
        // It ends when the station has closed the line.
        for command in BufReader::new(line).lines().map_while(Result::ok) {
            writer.write_all(answer(command.trim(), "S S      10.02 kg").as_bytes()).unwrap();
        }
    });
    core.set_devices(vec![device("BAL-03", &format!("serial:{path}?baud=19200"))]);
    let value = read(&core, "BAL-03").await.unwrap();
    assert_eq!((value.serial_number.as_str(), value.told.as_str()), (SERIAL_NUMBER, "10.02 kg"));
    speaking.join().unwrap();
    assert_eq!(read(&core, "BAL-03").await.unwrap_err().code(), "device_unreachable", "the cable was pulled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_are_changed_by_who_sets_up_stations_and_a_faulty_one_changes_nothing() {
    let floor = floor().await;
    let core = floor.station().await;
    let own = |code: &str, address: &str| vec![device(code, address)];
    let good = own(" BAL-02 ", " tcp://10.0.4.17:8001 ");
    assert!(!core.devices().unwrap().can_change);
    assert_eq!(core.checked_devices(good.clone()).unwrap_err().code(), "not_allowed");
    core.sign_out().await.unwrap();
    assert_eq!(core.devices().unwrap_err().code(), "not_signed_in");
    core.sign_in(&world::email("admin"), world::PASSWORD).await.unwrap();
    assert_eq!(core.checked_devices(good).unwrap(), own("BAL-02", "tcp://10.0.4.17:8001"));
    for (devices, code) in [
        (own(" ", "tcp://10.0.4.17:8001"), "device_code_invalid"),
        (own(&"B".repeat(61), "tcp://10.0.4.17:8001"), "device_code_invalid"),
        (own("BAL-02", "10.0.4.17"), "device_address_invalid"),
        ([own("BAL-02", "tcp://a:1"), own("BAL-02", "tcp://b:1")].concat(), "device_code_taken"),
    ] {
        assert_eq!(core.checked_devices(devices).unwrap_err().code(), code);
    }
    let balance = Balance::start("S S       0.00 kg").await;
    let trial = core.try_device(device("BAL-02", &balance.address)).await.unwrap();
    assert_eq!((trial.serial_number.as_str(), trial.told.as_str()), (SERIAL_NUMBER, "0.00 kg"));
}
