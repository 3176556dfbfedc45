//! Batches that are made, held and looked back on at a station, and many who want the same step of one.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;
use viruj_api::station::{
    EntryInput,
    batch_steps::{BatchEventKind, BatchHistoryQuery, BatchStepName, MakeBatch, TakeBatchStep},
};
use viruj_domain::{
    batch::BatchStatus,
    ids::{PlantId, UserId},
    role::{Department, Role},
};
use viruj_station_core::StationCore;
use viruj_storage::people::{self, NewPerson};
use viruj_sync::conformance::world::operator;
use viruj_test_support::world;

use crate::support::{Floor, all_batches, batch, entry, number, record, signed};

const MASTER: Uuid = Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0003_0001);

/// A production head, and an effective version with two steps.
async fn prepare(floor: &Floor) {
    let state = floor.app.application.state();
    let mut unit = state.begin_for_system("test", "a product").await.unwrap();
    let hash = viruj_server::passwords::hash_here(world::PASSWORD).unwrap();
    let person = NewPerson {
        id: UserId::from("prod-head"),
        name: "Petra Head",
        email: &world::email("prod-head"),
        password_hash: &hash,
        role: Role::ProductionHead,
        department: Department::Production,
        plant_ids: vec![PlantId::from("plant-a")],
        must_change_password: false,
        created_at: state.clock.now(),
    };
    people::create(&mut unit, &person).await.unwrap();
    let step =
        |key: &str| json!({ "key": key, "title": key, "instruction": "Do it.", "kind": { "type": "confirmation" } });
    let procedure = json!({
        "product": "Blend for capsules", "product_code": "BLE250", "batch_size": "50.00", "batch_unit": "kg",
        "unit_procedures": [{ "name": "Blending", "operations": [
            { "name": "Bin blender", "phases": [step("BLD-010"), step("BLD-020")] }] }],
    })
    .to_string();
    sqlx::query(
        "INSERT INTO master_batch_records
             (id, plant_id, product, product_code, version, status, procedure, content_hash, created_at)
         VALUES ($1, 'plant-a', 'Blend for capsules', 'BLE250', 1, 'Effective', $2, sha256(convert_to($2, 'UTF8')), now())",
    )
    .bind(MASTER)
    .bind(&procedure)
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
}

fn wanted(first: &str, last: &str) -> MakeBatch {
    MakeBatch {
        master_record_id: MASTER,
        product_code: "BLE250".into(),
        planned_first_day: first.into(),
        planned_last_day: last.into(),
        assigned_to: Some(operator().id.0),
        request_key: Uuid::now_v7(),
    }
}

async fn take(core: &StationCore, id: &str, step: BatchStepName, reason: &str) -> Result<BatchStatus, String> {
    let version = core.open_batch(id).await.unwrap().version;
    let wanted = TakeBatchStep { batch_id: id.into(), version, step, reason: reason.into() };
    core.take_batch_step(&wanted).await.map(|batch| batch.status).map_err(|error| error.code().to_owned())
}

async fn steps(core: &StationCore, id: &str) -> Vec<BatchStepName> {
    core.open_batch(id).await.unwrap().steps.into_iter().map(|shown| shown.step).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s88_1_a_batch_is_made_held_and_told_at_the_station() {
    let mut floor = Floor::new().await;
    prepare(&floor).await;
    let core = floor.station().await;
    core.sign_in(&world::email("prod-head"), world::PASSWORD).await.unwrap();
    let products = core.makeable_products().await.unwrap();
    assert!(products.iter().any(|product| (product.master_record_id, product.version) == (MASTER, 1)));
    let proposal = core.propose_batch(MASTER).await.unwrap();
    assert_eq!((proposal.quantity.as_str(), proposal.unit.as_str(), proposal.phase_count), ("50.00", "kg", 2));
    let names: Vec<_> = proposal.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["Anjali Rao", "Petra Head"], "who executes batches here");
    for (first, last, code) in [
        ("", "2026-11-25", "not_a_date"),
        ("2026-11-25", "tomorrow", "not_a_date"),
        ("2026-11-26", "2026-11-25", "plan_invalid"),
    ] {
        let refused = core.make_batch(&wanted(first, last)).await.unwrap_err();
        assert_eq!(refused.code(), code, "{first} {last}");
    }
    let made = core.make_batch(&wanted("2026-11-25", "2026-11-25")).await.unwrap();
    assert_eq!(made.number, "BLE-26-001");
    // It is here already: its screen opens, and the list shows it.
    let shown = core.open_batch(&made.id).await.unwrap();
    assert_eq!((shown.status, shown.phases.len()), (BatchStatus::Planned, 2));
    assert_eq!(shown.planned_start.as_deref(), Some("2026-11-24T18:30:00.000Z"), "the day begins in the plant's zone");
    assert_eq!(shown.planned_end.as_deref(), Some("2026-11-25T18:30:00.000Z"));
    assert_eq!(steps(&core, &made.id).await, [BatchStepName::Hold]);
    let held = take(&core, &made.id, BatchStepName::Hold, "The room is too warm.").await;
    assert_eq!(held, Ok(BatchStatus::OnHold));
    let shown = core.open_batch(&made.id).await.unwrap();
    assert_eq!(
        (shown.hold_reason.as_deref(), shown.blocked_code.as_deref()),
        (Some("The room is too warm."), Some("batch_on_hold"))
    );
    assert!(steps(&core, &made.id).await.is_empty(), "production does not take it off");
    core.sign_in(&world::email("qa-manager"), world::PASSWORD).await.unwrap();
    assert_eq!(steps(&core, &made.id).await, [BatchStepName::Resume]);
    let stale = TakeBatchStep {
        batch_id: made.id.clone(),
        version: "1".into(),
        step: BatchStepName::Resume,
        reason: "It is cool.".into(),
    };
    assert_eq!(core.take_batch_step(&stale).await.unwrap_err().code(), "changed_meanwhile");
    assert_eq!(take(&core, &made.id, BatchStepName::Resume, "It is cool.").await, Ok(BatchStatus::Planned));
    let history = core.batch_history(&BatchHistoryQuery { batch_id: made.id.clone(), cursor: None }).await.unwrap();
    let told: Vec<_> =
        history.items.iter().map(|event| (event.kind, event.person_name.as_deref(), event.reason.as_deref())).collect();
    assert_eq!(
        told,
        [
            (BatchEventKind::Resumed, Some("Quinn Ashe"), Some("It is cool.")),
            (BatchEventKind::Held, Some("Petra Head"), Some("The room is too warm.")),
            (BatchEventKind::Made, Some("Petra Head"), None),
        ]
    );
    // Without the server nothing is held here, and the batch stays as it was.
    floor.served.go().await;
    let refused = take(&core, &made.id, BatchStepName::Hold, "dust").await;
    assert_eq!(refused, Err("server_unreachable".to_owned()));
    assert_eq!(core.open_batch(&made.id).await.unwrap().status, BatchStatus::Planned);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_late_here_without_a_word_of_the_server() {
    let floor = Floor::new().await;
    prepare(&floor).await;
    let core = floor.station().await;
    core.sign_in(&world::email("prod-head"), world::PASSWORD).await.unwrap();
    let made = core.make_batch(&wanted("2026-11-24", "2026-11-24")).await.unwrap();
    let status = |listed: &viruj_api::station::BatchList| {
        listed.items.iter().find(|item| item.number == made.number).map(|item| item.status)
    };
    let listed = core.list_batches(&all_batches()).await.unwrap();
    assert_eq!(status(&listed), Some(BatchStatus::Planned));
    floor.clock.advance_seconds(11 * 3600);
    let listed = core.list_batches(&all_batches()).await.unwrap();
    assert_eq!(status(&listed), Some(BatchStatus::Delayed));
    assert!(listed.counts.iter().any(|count| (count.status, count.count) == (BatchStatus::Delayed, 1)));
    let mut query = all_batches();
    query.statuses = vec![BatchStatus::Delayed];
    assert_eq!(core.list_batches(&query).await.unwrap().items.len(), 1);
    let shown = core.open_batch(&made.id).await.unwrap();
    assert_eq!(shown.status, BatchStatus::Delayed);
    assert_eq!(shown.blocked_code, None, "what is late goes on");
}

/// Of many who confirm the same step at one station, one has; the others have recorded nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_attempts_at_one_step_one_completes_it_and_the_others_have_recorded_nothing() {
    let floor = Floor::new().await;
    let core = Arc::new(floor.station().await);
    let attempts = |wanted: viruj_api::station::RecordEntry| {
        let core = Arc::clone(&core);
        async move {
            let tried: Vec<_> = (0..100)
                .map(|_| {
                    let (core, wanted) = (Arc::clone(&core), wanted.clone());
                    tokio::spawn(
                        async move { core.record_entry(wanted).await.map_err(|error| error.code().to_owned()) },
                    )
                })
                .collect();
            let mut lost = Vec::new();
            for tried in tried {
                lost.extend(tried.await.unwrap().err());
            }
            lost
        }
    };
    let first = entry(&batch(&core).await, 1, EntryInput::Confirm);
    assert_eq!(attempts(first).await, vec!["already_completed"; 99]);
    record(&core, 2, number("100")).await.unwrap();
    let last = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    assert_eq!(attempts(last).await, vec!["already_completed"; 99]);
    core.sync_now().await.unwrap();
    let kept: Vec<_> = floor.kept().await.into_iter().map(|(_, verdict)| verdict).collect();
    assert_eq!(kept, ["accepted"; 3]);
}
