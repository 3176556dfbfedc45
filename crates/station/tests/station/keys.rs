//! A server whose signing key is rotated.

use std::sync::Arc;

use viruj_api::station::{EntryInput, ReceiptState};
use viruj_server::{Application, application};
use viruj_station_core::{StationCore, StationError};
use viruj_test_support::world;

use crate::support::{Floor, batch, entry, number, record, signed, until_it_answers};

/// As an administrator does it: the command, then a new start of the server, which the station notices.
async fn rotate(floor: &mut Floor, core: &StationCore) -> Application {
    floor.app.application.rotate_signing_key(&floor.app.settings).await.unwrap();
    floor.served.go().await;
    core.sync_now().await.unwrap_err();
    application(&floor.app.settings, Arc::new(floor.clock.clone())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_follows_a_key_that_the_pinned_one_vouches_for() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    record(&core, 2, number("100")).await.unwrap();
    let rotated = rotate(&mut floor, &core).await;
    floor.served.come_back(&rotated).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    // The signature is attested with the new key, and the station believes it.
    let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    assert_eq!(core.record_entry(to_sign).await.unwrap().state, ReceiptState::Accepted);
    let again = rotate(&mut floor, &core).await;
    floor.served.come_back(&again).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    assert_eq!(floor.kept().await.len(), 3, "what the first key has signed stays verifiable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_that_missed_two_rotations_knows_no_key_and_says_so() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    rotate(&mut floor, &core).await;
    let twice = rotate(&mut floor, &core).await;
    floor.served.come_back(&twice).await;
    until_it_answers(&core).await;
    let refused = core.sync_now().await.unwrap_err();
    assert_eq!(refused.code(), StationError::ServerChanged.code());
}
