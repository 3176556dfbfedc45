//! Leases at a station: taken, lost, extended, and what is executed without the server.

use chrono::TimeDelta;
use viruj_api::{
    leases::{AskLease, TransferLease},
    station::{
        EntryInput, ReceiptState,
        batch_steps::{BatchStepName, LeasePlace},
    },
};
use viruj_client::Client;
use viruj_domain::{batch::BatchStatus, ids::StationId};
use viruj_station_core::StationCore;
use viruj_sync::conformance::world::{OTHER_STATION, batch_id, operator, plant_id};
use viruj_test_support::{Reach, TestStation, world};

use crate::support::{Floor, batch, entry, number, record, signed, step, until_it_answers};

async fn place(core: &StationCore) -> LeasePlace {
    batch(core).await.lease.unwrap().place
}

/// Another station of the plant, whose people reach the server also where this one does not.
async fn other_station(floor: &Floor) -> (Client, String) {
    let client = floor.app.client(Reach::InProcess);
    TestStation::register_as(&floor.app, &client, OTHER_STATION, plant_id().as_str()).await;
    let token = floor.app.sign_in(&client, &operator().email).await.access_token;
    (client, token)
}

async fn back(floor: &mut Floor, core: &StationCore) {
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(core).await;
    core.sync_now().await.unwrap();
}

async fn away(floor: &mut Floor, core: &StationCore) {
    floor.served.go().await;
    assert!(core.sync_now().await.is_err());
}

/// A session that was not refreshed for a day is over; what is leased to the station is not the person's.
async fn signed_in(core: &StationCore) {
    if core.current_person().await.is_none() {
        core.sign_in(&operator().email, world::PASSWORD).await.unwrap();
    }
}

async fn verdicts(floor: &Floor) -> Vec<String> {
    floor.kept().await.into_iter().map(|(_, verdict)| verdict).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_entry_takes_its_operation_to_the_station() {
    let mut floor = Floor::new().await;
    let core = floor.unleased_station().await;
    assert_eq!(place(&core).await, LeasePlace::Nowhere);
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    core.sync_now().await.unwrap();
    let lease = batch(&core).await.lease.unwrap();
    assert_eq!((lease.place, lease.operation.as_deref()), (LeasePlace::Here, Some("Wet granulation")));
    assert_eq!(lease.steps, [BatchStepName::GiveBack, BatchStepName::Take], "the rest of the batch is everybody's");
    away(&mut floor, &core).await;
    assert_eq!(record(&core, 2, number("110")).await.unwrap().state, ReceiptState::Saved);
    back(&mut floor, &core).await;
    assert_eq!(verdicts(&floor).await, ["accepted"; 2]);
    let mut rows = floor.app.database.superuser().await;
    let envelopes: Vec<(Vec<u8>,)> =
        sqlx::query_as("SELECT envelope FROM operations ORDER BY station_seq").fetch_all(&mut rows).await.unwrap();
    let fences: Vec<bool> =
        envelopes.iter().map(|(bytes,)| String::from_utf8_lossy(bytes).contains(r#""fence":1,"#)).collect();
    assert_eq!(fences, [false, true], "the envelope says what it was recorded under");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_lease_nothing_is_executed_without_the_server() {
    let mut floor = Floor::new().await;
    let core = floor.unleased_station().await;
    away(&mut floor, &core).await;
    let shown = batch(&core).await;
    assert_eq!(shown.blocked_code.as_deref(), Some("lease_needed"));
    assert_eq!(record(&core, 1, EntryInput::Confirm).await.unwrap_err().code(), "lease_needed");
    assert_eq!(core.status().await.unsent, 0);
    let refused = core.take_batch_step(&step(BatchStepName::Take, "")).await.unwrap_err();
    assert_eq!(refused.code(), "server_unreachable");
    back(&mut floor, &core).await;
    assert_eq!(batch(&core).await.blocked_code, None);
    assert_eq!(record(&core, 1, EntryInput::Confirm).await.unwrap().state, ReceiptState::Accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_another_station_has_is_taken_over_before_it_is_executed_here() {
    let floor = Floor::new().await;
    let core = floor.unleased_station().await;
    let (client, token) = other_station(&floor).await;
    let request = AskLease { station_id: OTHER_STATION, operation: None };
    client.ask_lease(&token, &batch_id(), &request).await.unwrap();
    core.sync_now().await.unwrap();
    let shown = batch(&core).await;
    let lease = shown.lease.unwrap();
    assert_eq!((lease.place, lease.steps), (LeasePlace::Elsewhere, vec![BatchStepName::TakeOver]));
    assert_eq!(shown.blocked_code.as_deref(), Some("leased_elsewhere"));
    assert_eq!(record(&core, 1, EntryInput::Confirm).await.unwrap_err().code(), "leased_elsewhere");
    let taken = core.take_batch_step(&step(BatchStepName::Take, "")).await.unwrap_err();
    assert_eq!(taken.code(), "leased_elsewhere", "it is not taken without being taken over");
    let unsaid = core.take_batch_step(&step(BatchStepName::TakeOver, " ")).await.unwrap_err();
    assert_eq!(unsaid.code(), "change_reason_required");
    let shown = core.take_batch_step(&step(BatchStepName::TakeOver, "Its screen is broken")).await.unwrap();
    assert_eq!(shown.lease.unwrap().place, LeasePlace::Here);
    assert_eq!(record(&core, 1, EntryInput::Confirm).await.unwrap().state, ReceiptState::Accepted);
    let shown = core.take_batch_step(&step(BatchStepName::GiveBack, "")).await.unwrap();
    assert_eq!(shown.lease.unwrap().place, LeasePlace::Nowhere);
    client.ask_lease(&token, &batch_id(), &request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_recorded_after_the_batch_was_handed_over_is_kept_beside() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    let (client, token) = other_station(&floor).await;
    away(&mut floor, &core).await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    floor.clock.advance_seconds(60);
    let reason = "Nobody reaches the station".to_owned();
    let request = TransferLease { station_id: OTHER_STATION, operation: None, reason };
    client.transfer_lease(&token, &batch_id(), &request).await.unwrap();
    floor.clock.advance_seconds(60);
    // The station cannot know it yet: what is done on the floor is recorded.
    record(&core, 2, number("110")).await.unwrap();
    back(&mut floor, &core).await;
    assert_eq!(verdicts(&floor).await, ["accepted", "accepted_with_deviation"]);
    let shown = batch(&core).await;
    assert_eq!((shown.completed_phases, shown.lease.unwrap().place), (1, LeasePlace::Elsewhere));
    assert_eq!(record(&core, 2, number("111")).await.unwrap_err().code(), "leased_elsewhere");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_lives_on_while_its_station_is_there_and_runs_out_when_it_is_not() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    let until = batch(&core).await.lease.unwrap().until;
    floor.clock.advance(TimeDelta::hours(30));
    core.sync_now().await.unwrap();
    signed_in(&core).await;
    let longer = batch(&core).await.lease.unwrap().until;
    assert!(longer > until, "{longer:?}");
    away(&mut floor, &core).await;
    floor.clock.advance(TimeDelta::hours(47));
    assert_eq!(record(&core, 1, EntryInput::Confirm).await.unwrap().state, ReceiptState::Saved);
    floor.clock.advance(TimeDelta::hours(1));
    assert_eq!(record(&core, 2, number("110")).await.unwrap_err().code(), "lease_needed");
    back(&mut floor, &core).await;
    signed_in(&core).await;
    assert_eq!(verdicts(&floor).await, ["accepted"]);
    assert_eq!(place(&core).await, LeasePlace::Nowhere);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_16_a_batch_is_completed_in_a_day_without_the_server() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    away(&mut floor, &core).await;
    floor.clock.advance(TimeDelta::hours(8));
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    core.close().await;
    drop(core);
    floor.clock.advance(TimeDelta::hours(8));
    let core = floor.open().await;
    assert!(core.sync_now().await.is_err());
    record(&core, 2, number("112")).await.unwrap();
    floor.clock.advance(TimeDelta::hours(8));
    let last = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    let receipt = core.record_entry(last).await.unwrap();
    assert_eq!((receipt.state, receipt.batch.status), (ReceiptState::Saved, BatchStatus::QcReview));
    back(&mut floor, &core).await;
    signed_in(&core).await;
    assert_eq!(verdicts(&floor).await, ["accepted"; 3]);
    let shown = batch(&core).await;
    assert_eq!((shown.status, shown.lease), (BatchStatus::QcReview, None));
    let recorded: Vec<StationId> = {
        let mut rows = floor.app.database.superuser().await;
        let stations = "SELECT station_id FROM phase_entries WHERE is_effective";
        let found: Vec<uuid::Uuid> = sqlx::query_scalar(stations).fetch_all(&mut rows).await.unwrap();
        found.into_iter().map(StationId).collect()
    };
    assert_eq!(recorded.len(), 3);
}
