//! What a phase leans on, as the station says it before anything is begun, and with the copy that it has.

use viruj_api::station::{CheckResource, EntryInput, ReceiptState, resources::LotListQuery};
use viruj_domain::{deviation::DeviationCause, lot::LotStatus};
use viruj_sync::conformance::world::{batch_id, phase_id};
use viruj_test_support::world;

use crate::support::{Floor, batch, record, until_it_answers};

const CHARGE: &str = r#"{"key":"p1","title":"Charge povidone","instruction":"Charge.","kind":{"type":"material_charge",
    "material":"Povidone K30","material_code":"RM-1002","quantity":{"unit":"kg","places":2}}}"#;

/// Changes rows as somebody else at the server would.
async fn run(floor: &Floor, statement: &'static str) {
    let mut unit = floor.app.application.state().begin_for_system("test", "another state of affairs").await.unwrap();
    sqlx::query(statement).execute(unit.connection()).await.unwrap();
    unit.commit().await.unwrap();
}

async fn floor_with_lots() -> Floor {
    let floor = Floor::new().await;
    world::redefine_phase(&floor.app.database, phase_id(1), CHARGE).await;
    run(
        &floor,
        "INSERT INTO lots (id, plant_id, number, material_code, material, quantity, unit, status, expires_on, created_at)
         VALUES (gen_random_uuid(), 'plant-a', 'OLD', 'RM-1002', 'Povidone K30', 5.00, 'kg', 'Approved', '2026-11-23',
                 '2026-11-01T00:00:00Z')",
    )
    .await;
    floor
}

fn charge(lot: &str) -> EntryInput {
    EntryInput::Number { text: "10.00".to_owned(), decimal_separator: ".".to_owned(), lot: Some(lot.to_owned()) }
}

const ADD_GOOD: &str =
    "INSERT INTO lots (id, plant_id, number, material_code, material, quantity, unit, status, created_at)
     VALUES (gen_random_uuid(), 'plant-a', 'GOOD', 'RM-1002', 'Povidone K30', 5.00, 'kg', 'Approved',
             '2026-11-01T00:00:00Z')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_says_what_stops_a_phase_and_refuses_what_its_copy_knows_to_be_unfit() {
    let floor = floor_with_lots().await;
    let core = floor.station().await;
    let shown = batch(&core).await;
    let first = &shown.phases[0];
    assert_eq!(first.obstacle.as_ref().map(|why| why.code.as_str()), Some("no_lot_fit"));
    assert_eq!(first.waits_for.as_ref().map(|why| why.code.as_str()), Some("no_lot_fit"));
    assert_eq!(shown.phases[1].obstacle, None);
    let check = async |text: &str| {
        let input = CheckResource { batch_id: shown.id.clone(), phase_id: first.id, text: text.to_owned() };
        core.check_resource(&input).await.unwrap()
    };
    let old = check(" OLD ").await;
    assert!(old.is_known);
    let refusal = old.refusal.unwrap();
    let values: Vec<_> = refusal.values.iter().map(|value| (value.name.as_str(), value.value.as_str())).collect();
    assert_eq!((refusal.code.as_str(), values), ("lot_expired", vec![("lot", "OLD"), ("day", "2026-11-23")]));
    assert_eq!(check("NOWHERE").await.refusal.map(|why| why.code).as_deref(), Some("lot_unknown"));
    let refused = record(&core, 1, charge("OLD")).await.unwrap_err();
    assert_eq!(refused.code(), "lot_expired");
    assert!(floor.kept().await.is_empty(), "nothing was recorded");

    run(&floor, ADD_GOOD).await;
    core.sync_now().await.unwrap();
    assert_eq!(batch(&core).await.phases[0].obstacle, None);
    let receipt = record(&core, 1, charge("GOOD")).await.unwrap();
    assert_eq!(receipt.state, ReceiptState::Accepted);
}

/// Hard case 5 with a lot: what the station's copy still took for fit was charged, and quality assurance hears of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_charged_offline_with_a_lot_that_was_stopped_meanwhile_opens_a_deviation() {
    let mut floor = floor_with_lots().await;
    run(&floor, ADD_GOOD).await;
    let core = floor.station().await;
    floor.served.go().await;
    run(&floor, "UPDATE lots SET status = 'Quarantine' WHERE number = 'GOOD'").await;
    let receipt = record(&core, 1, charge("GOOD")).await.unwrap();
    assert_eq!((receipt.state, receipt.batch.completed_phases), (ReceiptState::Saved, 1));
    let application = floor.app.application.clone();
    floor.served.come_back(&application).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    assert_eq!(floor.kept().await, [(1, "accepted_with_deviation".to_owned())]);
    let shown = batch(&core).await;
    assert_eq!(shown.completed_phases, 1, "what was charged is charged");
    assert_eq!(shown.phases[0].entries[0].deviation, Some(DeviationCause::LotUnfit));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lists_say_what_the_person_may_do() {
    let floor = floor_with_lots().await;
    let core = floor.station().await;
    let query = LotListQuery { status: None, search: "povidone".to_owned(), cursor: None };
    let own = core.list_lots(&query).await.unwrap();
    assert!(!own.can_manage && own.items[0].decisions.is_empty() && own.items[0].is_past_its_dates);
    core.sign_out().await.unwrap();
    core.sign_in(&world::email("qa-manager"), world::PASSWORD).await.unwrap();
    let decisions = core.list_lots(&query).await.unwrap().items.remove(0).decisions;
    let words: Vec<_> = decisions.iter().map(|one| (one.status.as_str(), one.refusal.as_deref())).collect();
    assert_eq!(words, [("Rejected", None), ("Quarantine", None)]);
}

/// Without the server too, by the beginnings of words; whoever scans a whole number gets what it names first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_and_lots_are_found_by_what_somebody_types() {
    let mut floor = floor_with_lots().await;
    let core = floor.station().await;
    run(&floor, ADD_GOOD).await;
    run(
        &floor,
        "INSERT INTO lots (id, plant_id, number, material_code, material, quantity, unit, status, created_at)
         SELECT gen_random_uuid(), 'plant-a', 'GOOD-' || n, 'RM-2', 'Povidone', 1, 'kg', 'Rejected', now()
         FROM generate_series(1, 9) AS n",
    )
    .await;
    core.sync_now().await.unwrap();
    floor.served.go().await;
    let found = core.find("good").await.unwrap();
    let numbers: Vec<_> = found.lots.iter().map(|lot| lot.number.as_str()).collect();
    assert_eq!((numbers.len(), numbers[0]), (6, "GOOD"), "{numbers:?}");
    assert_eq!((found.lots[1].material.as_str(), found.lots[1].status), ("Povidone", LotStatus::Rejected));
    let shown = batch(&core).await;
    let product = shown.product.split(' ').next().unwrap().to_lowercase();
    assert_eq!(core.find(&product).await.unwrap().batches[0].id, batch_id().0);
    assert_eq!(core.find("  ").await.unwrap().batches, []);
    core.sign_out().await.unwrap();
    assert_eq!(core.find("good").await.unwrap_err().code(), "not_signed_in");
}
