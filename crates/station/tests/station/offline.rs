use std::sync::{Arc, atomic::Ordering};

use viruj_api::station::{BatchView, Connection, EntryInput, QueryKey, ReceiptState, Stage};
use viruj_domain::{
    batch::{BatchStatus, RecordStatus},
    deviation::{DeviationCause, Disposition},
};
use viruj_sync::conformance::world::operator;
use viruj_test_support::{close_deviations, world};

use crate::support::{Floor, all_batches, batch, entry, is_online, number, record, signed, until_it_answers};

/// What the third phase waits for, and the code of the deviation that holds it.
fn waits(batch: &BatchView) -> (String, String) {
    let waiting = batch.phases[2].waits_for.clone().unwrap();
    let deviation = waiting.values.iter().find(|value| value.name == "deviation");
    (waiting.code, deviation.map(|named| named.value.clone()).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_goes_out_at_once_and_comes_back_judged() {
    let floor = Floor::new().await;
    let core = floor.station().await;
    assert!(is_online(&core).await);
    let status = core.status().await;
    assert_eq!((status.plant_name.as_deref(), status.time_zone.as_str()), (Some("Hyderabad Plant"), "Asia/Kolkata"));
    let list = core.list_batches(&all_batches()).await.unwrap();
    assert_eq!((list.items.len(), list.is_loading, list.items[0].is_mine), (1, false, true));

    let receipt = record(&core, 1, EntryInput::Confirm).await.unwrap();
    assert_eq!((receipt.state, receipt.unsent, receipt.verdict_code), (ReceiptState::Accepted, 0, None));
    assert_eq!((receipt.batch.status, receipt.batch.completed_phases), (BatchStatus::InProgress, 1));

    let refused = record(&core, 2, number("141")).await.unwrap_err();
    assert_eq!(refused.code(), "reason_required");
    let mut outside = entry(&batch(&core).await, 2, number("141"));
    outside.reason = Some("Display was stuck".to_owned());
    let receipt = core.record_entry(outside).await.unwrap();
    assert_eq!(receipt.state, ReceiptState::AcceptedWithDeviation);
    assert_eq!(receipt.deviation, Some(DeviationCause::OutOfLimits));

    // What comes next waits until quality assurance has decided, and says for what.
    core.sync_now().await.unwrap();
    let held = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    assert_eq!(core.record_entry(held).await.unwrap_err().code(), "awaits_disposition");
    assert_eq!(waits(&batch(&core).await), ("awaits_disposition".to_owned(), "DEV-26-001".to_owned()));
    assert_eq!(core.list_batches(&all_batches()).await.unwrap().items[0].open_deviations, 1);
    close_deviations(&floor.app, Disposition::AcceptAsIs).await;
    core.sync_now().await.unwrap();

    let unsigned = record(&core, 3, EntryInput::Confirm).await.unwrap_err();
    assert_eq!(unsigned.code(), "signature_required");
    let entry = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    let receipt = core.record_entry(entry).await.unwrap();
    assert_eq!(receipt.state, ReceiptState::Accepted);
    let signature = receipt.signature.unwrap();
    assert_eq!((signature.person_name.as_str(), signature.time_zone.as_str()), ("Anjali Rao", "Asia/Kolkata"));
    assert_eq!(receipt.batch.record_status, RecordStatus::Complete);

    core.sync_now().await.unwrap();
    let shown = batch(&core).await;
    assert_eq!(shown.status, BatchStatus::QcReview);
    assert!(shown.phases.iter().all(|phase| phase.entries.len() == 1 && !phase.entries[0].is_unsent));
    assert_eq!(core.list_batches(&all_batches()).await.unwrap().items[0].open_deviations, 0);
    let verdicts = ["accepted", "accepted_with_deviation", "accepted"];
    assert_eq!(floor.kept().await, (1..).zip(verdicts.map(str::to_owned)).collect::<Vec<_>>());
    let events = floor.events.lock().unwrap().clone();
    assert!(events.iter().any(|event| format!("{event:?}").contains(&format!("{:?}", QueryKey::Unsent))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_recorded_offline_survives_a_restart_and_arrives_once() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;

    let receipt = record(&core, 1, EntryInput::Confirm).await.unwrap();
    assert_eq!((receipt.state, receipt.unsent), (ReceiptState::Saved, 1));
    assert!(matches!(core.status().await.connection, Connection::Offline { code, .. } if code == "server_unreachable"));
    let mut outside = entry(&batch(&core).await, 2, number("141"));
    outside.reason = Some("Display was stuck".to_owned());
    let receipt = core.record_entry(outside).await.unwrap();
    assert_eq!((receipt.state, receipt.unsent), (ReceiptState::Saved, 2));
    assert_eq!(receipt.deviation, Some(DeviationCause::OutOfLimits));
    let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    // The station holds it by itself: nobody has given the deviation a code yet.
    assert_eq!(core.record_entry(to_sign).await.unwrap_err().code(), "awaits_disposition");
    assert_eq!(waits(&batch(&core).await), ("awaits_disposition".to_owned(), String::new()));
    core.close().await;
    drop(core);

    // The program starts anew, still without the server: the remembered person goes on.
    let core = floor.open().await;
    let person = core.restore().await.unwrap().unwrap();
    assert_eq!((person.email, person.is_offline, person.can_execute), (operator().email, true, true));
    assert!(core.sync_now().await.is_err());
    let status = core.status().await;
    assert_eq!((status.stage, status.unsent), (Stage::Ready, 2));
    let shown = batch(&core).await;
    assert_eq!((shown.status, shown.completed_phases), (BatchStatus::InProgress, 2));
    assert!(shown.phases[1].entries[0].is_unsent);
    let unsent = core.list_unsent().await.unwrap();
    assert_eq!(unsent.iter().map(|entry| entry.phase_number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((unsent[0].last_problem.as_deref(), unsent[0].attempts > 0), (Some("server_unreachable"), true));
    assert_eq!(floor.kept().await, []);

    floor.served.come_back(&floor.app.application).await;
    let core = Arc::new(core);
    let running = tokio::spawn(Arc::clone(&core).run());
    while core.status().await.unsent > 0 || !is_online(&core).await {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(!core.current_person().await.unwrap().is_offline, "the server has confirmed the person");
    close_deviations(&floor.app, Disposition::AcceptAsIs).await;
    core.sync_now().await.unwrap();
    let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    assert_eq!(core.record_entry(to_sign).await.unwrap().state, ReceiptState::Accepted);
    core.sync_now().await.unwrap();
    core.close().await;
    running.await.unwrap();
    let verdicts = ["accepted", "accepted_with_deviation", "accepted"];
    assert_eq!(floor.kept().await, (1..).zip(verdicts.map(str::to_owned)).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unsent_goes_out_after_its_person_signed_out() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    core.sign_out().await.unwrap();
    assert_eq!(core.current_person().await, None);
    assert_eq!(record_without_person(&core).await, "not_signed_in");
    core.close().await;

    let core = floor.open().await;
    assert_eq!(core.restore().await.unwrap(), None);
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    assert_eq!(core.status().await.unsent, 0);
    assert_eq!(floor.kept().await, [(1, "accepted".to_owned())]);
    // The session that ended without the server is revoked there now: nothing of the operator is open any more.
    let mut connection = floor.app.database.superuser().await;
    let open: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE user_id = $1 AND revoked_at IS NULL")
        .bind(operator().id.0)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(open, 0);
}

async fn record_without_person(core: &viruj_station_core::StationCore) -> String {
    core.open_batch("any").await.unwrap_err().code().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_02_a_station_that_is_killed_again_and_again_sends_each_entry_once() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    record(&core, 2, number("100")).await.unwrap();
    core.close().await;
    floor.served.come_back(&floor.app.application).await;
    for milliseconds in [0, 1, 2, 5, 8, 13, 21, 34, 55, 89] {
        let core = floor.open().await;
        drop(tokio::time::timeout(std::time::Duration::from_millis(milliseconds), core.sync_now()).await);
        core.close().await;
    }
    let core = floor.open().await;
    core.sync_now().await.unwrap();
    assert_eq!(core.status().await.unsent, 0);
    assert_eq!(floor.kept().await, [(1, "accepted".to_owned()), (2, "accepted".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_almost_full_refuses_a_step_before_it_starts() {
    let floor = Floor::new().await;
    let core = floor.station().await;
    floor.machine.free_mb.store(10, Ordering::Relaxed);
    let refused = record(&core, 1, EntryInput::Confirm).await.unwrap_err();
    assert_eq!(refused.code(), "disk_full");
    assert_eq!((core.status().await.unsent, floor.kept().await.len()), (0, 0));
    floor.machine.free_mb.store(1000, Ordering::Relaxed);
    record(&core, 1, EntryInput::Confirm).await.unwrap();
}
