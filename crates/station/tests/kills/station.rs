//! A station in a process of its own, at which somebody works without a pause.

use std::{
    fs::OpenOptions,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use uuid::Uuid;
use viruj_api::station::{
    DataSource, EntryInput, RecordEntry, SignatureInput, StationRegistration,
    batch_steps::{BatchStepName, LeasePlace, TakeBatchStep},
};
use viruj_client::{Client, HttpOptions, Transport};
use viruj_domain::ids::BatchId;
use viruj_station_core::{StationCore, StationError, StationOptions};
use viruj_sync::conformance::world::{operator, plant_id};
use viruj_test_support::world;

use crate::{
    folder_of_the_floor,
    plant::{BATCHES, batch_id},
    processes::server_url,
};

/// Before something that did not work is tried again.
const PAUSE: Duration = Duration::from_millis(40);

fn acknowledgements(folder: &Path, station: usize) -> PathBuf {
    folder.join(format!("acknowledged-{station}"))
}

/// The operations that the station has told its person as saved.
pub fn acknowledged(folder: &Path, station: usize) -> Vec<Uuid> {
    let text = std::fs::read_to_string(acknowledgements(folder, station)).unwrap_or_default();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

/// Works until its standard input ends, then lets everything go out and ends.
pub async fn work(number: usize) {
    let folder = folder_of_the_floor();
    let transport = Transport::http(&server_url(&folder), &HttpOptions::default()).unwrap();
    let data = folder.join(format!("station-{number}"));
    let options = StationOptions::new(data, Client::new(transport), DataSource::Server);
    let core = Arc::new(StationCore::open(options).await.unwrap());
    enrol(&core, number).await;
    let running = tokio::spawn(Arc::clone(&core).run());
    let is_over = told_by_the_end_of_input();
    'batches: for one in 0..BATCHES {
        loop {
            if is_over.load(Ordering::Relaxed) {
                break 'batches;
            }
            match next_step(&core, &batch_id(number, one)).await {
                Ok(Some(operation)) => acknowledge(&folder, number, operation),
                Ok(None) => break,
                Err(error) => {
                    eprintln!("{}: {error}", error.code());
                    sign_in_again(&core, &error).await;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
    while core.status().await.unsent > 0 || !is_over.load(Ordering::Relaxed) {
        tokio::time::sleep(PAUSE).await;
    }
    core.close().await;
    running.await.unwrap();
}

fn told_by_the_end_of_input() -> Arc<AtomicBool> {
    let is_over = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&is_over);
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        told.store(true, Ordering::Relaxed);
    });
    is_over
}

/// Registers the station the first time, and lets the operator sign in.
async fn enrol(core: &StationCore, number: usize) {
    let registration = StationRegistration { station_name: format!("Station {number}"), plant_id: plant_id().0 };
    loop {
        let enrolled = async {
            if core.status().await.station_name.is_none() {
                core.sign_in(&world::email("admin"), world::PASSWORD).await?;
                core.register_station(&registration).await?;
            }
            if core.restore().await?.is_none_or(|person| person.email != operator().email) {
                core.sign_in(&operator().email, world::PASSWORD).await?;
            }
            Ok::<_, StationError>(())
        };
        match enrolled.await {
            Ok(()) => return,
            Err(error) => eprintln!("enrolling: {}: {error}", error.code()),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A session whose refresh was cut off is over; its person signs in anew.
async fn sign_in_again(core: &StationCore, error: &StationError) {
    if matches!(error, StationError::NotSignedIn | StationError::SignInAgain | StationError::SignInAtServer)
        && let Err(error) = core.sign_in(&operator().email, world::PASSWORD).await
    {
        eprintln!("signing in: {}: {error}", error.code());
    }
}

/// Records the next step of the batch; `None` when there is none.
async fn next_step(core: &StationCore, batch: &BatchId) -> Result<Option<Uuid>, StationError> {
    let shown = core.open_batch(batch.as_str()).await?;
    let Some(phase) = shown.phases.iter().find(|phase| Some(phase.id) == shown.next_phase_id) else {
        return Ok(None);
    };
    if shown.lease.as_ref().is_some_and(|lease| lease.place != LeasePlace::Here) {
        let step = BatchStepName::Take;
        let take = TakeBatchStep { batch_id: shown.id, version: shown.version, step, reason: String::new() };
        core.take_batch_step(&take).await?;
    }
    let signature =
        phase.signature.map(|_| SignatureInput { email: Some(operator().email), password: world::PASSWORD.to_owned() });
    let entry = RecordEntry {
        batch_id: batch.0.clone(),
        phase_id: phase.id,
        version: phase.version.clone(),
        corrects: None,
        entry: EntryInput::Confirm,
        reason: None,
        signature,
        shown_text: "I performed this step as instructed.".to_owned(),
        language: "en".to_owned(),
    };
    Ok(Some(core.record_entry(entry).await?.operation_id))
}

/// One line with one write: a process that is killed has written all of it or nothing.
fn acknowledge(folder: &Path, station: usize, operation: Uuid) {
    let file = OpenOptions::new().append(true).create(true).open(acknowledgements(folder, station));
    file.unwrap().write_all(format!("{operation}\n").as_bytes()).unwrap();
}
