use viruj_api::station::{EntryInput, ReceiptState};
use viruj_test_support::{TestApp, world};

use crate::support::{Floor, batch, entry, number, record, signed, until_it_answers};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_signs_nothing_and_records_nothing() {
    let floor = Floor::new().await;
    let core = floor.station().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    record(&core, 2, number("100")).await.unwrap();
    let to_sign = entry(&batch(&core).await, 3, EntryInput::Confirm);
    let refused = core.record_entry(signed(to_sign.clone(), "not the password")).await.unwrap_err();
    assert_eq!(refused.code(), "wrong_password");
    let mut other = signed(to_sign.clone(), world::PASSWORD);
    other.signature.as_mut().unwrap().email = Some(world::email("qa-manager"));
    assert_eq!(core.record_entry(other).await.unwrap_err().code(), "other_signer");
    assert_eq!((core.status().await.unsent, floor.kept().await.len()), (0, 2));
    let receipt = core.record_entry(signed(to_sign, world::PASSWORD)).await.unwrap();
    assert_eq!(receipt.state, ReceiptState::Accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_recorded_offline_is_pushed_before_a_signature_is_asked_for() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    floor.served.go().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    record(&core, 2, number("100")).await.unwrap();
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    core.record_entry(to_sign).await.unwrap();
    core.sync_now().await.unwrap();
    assert_eq!(floor.kept().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_in_the_place_of_the_pinned_one_is_refused() {
    let mut floor = Floor::new().await;
    let core = floor.station().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    let impostor = TestApp::start().await;
    floor.served.go().await;
    floor.served.come_back(&impostor.application).await;
    until_it_answers(&core).await;
    record(&core, 2, number("100")).await.unwrap();
    let refused = core.sync_now().await.unwrap_err();
    assert_eq!(refused.code(), "server_changed");
    let viruj_api::station::Stage::Problem { error } = core.status().await.stage else { panic!("the stage tells") };
    assert_eq!(error.code, "server_changed");
    assert_eq!(core.status().await.unsent, 1);

    floor.served.go().await;
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    assert_eq!((core.status().await.stage, core.status().await.unsent), (viruj_api::station::Stage::Ready, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_may_reads_and_executes() {
    let floor = Floor::new().await;
    let core = floor.station().await;
    let to_record = entry(&batch(&core).await, 1, EntryInput::Confirm);
    core.sign_in(&world::email("qa-manager"), world::PASSWORD).await.unwrap();
    let shown = batch(&core).await;
    assert_eq!(shown.blocked_code.as_deref(), Some("not_authorised"));
    assert_eq!(core.record_entry(to_record.clone()).await.unwrap_err().code(), "not_authorised");
    core.sign_in(&world::email("operator-b"), world::PASSWORD).await.unwrap();
    assert_eq!(core.open_batch(&to_record.batch_id).await.unwrap_err().code(), "not_allowed");
    assert_eq!(core.record_entry(to_record).await.unwrap_err().code(), "not_authorised");
    let refused = core.sign_in(&world::email("gone"), world::PASSWORD).await.unwrap_err();
    assert_ne!(refused.code(), "server_unreachable");
    assert_eq!(core.current_person().await.unwrap().email, world::email("operator-b"));
}
