use chrono::TimeDelta;
use uuid::Uuid;
use viruj_api::station::{EntryInput, PhaseTask};
use viruj_domain::plant::PlantScope;
use viruj_storage::ChangeContext;
use viruj_sync::conformance::world::{batch_id, plant_id};
use viruj_test_support::world;

use crate::support::{Floor, batch, entry, number, record, signed};

async fn add_timer(floor: &Floor, number: i32) {
    let context = ChangeContext::system(PlantScope::All, "test", Some("timer"));
    let mut unit = floor.app.storage().begin(context).await.unwrap();
    sqlx::query(
        "INSERT INTO batch_phases (id, plant_id, batch_id, number, unit_procedure, operation, definition, status)
         VALUES ($1, $2, $3, $4, 'Granulation', 'Mixing', $5, 'Pending')",
    )
    .bind(Uuid::from_u128(0x77 + u128::try_from(number).unwrap()))
    .bind(plant_id().0)
    .bind(batch_id().0)
    .bind(number)
    .bind(
        r#"{"key":"mix","title":"Mix","instruction":"Mix.",
            "kind":{"type":"timer","minimum_seconds":60,"maximum_seconds":70}}"#,
    )
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_17_a_timer_is_measured_by_the_machine_and_after_a_restart_by_the_wall_clock() {
    let mut floor = Floor::new().await;
    add_timer(&floor, 4).await;
    add_timer(&floor, 5).await;
    let core = floor.station().await;
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    record(&core, 2, number("100")).await.unwrap();
    let to_sign = signed(entry(&batch(&core).await, 3, EntryInput::Confirm), world::PASSWORD);
    core.record_entry(to_sign).await.unwrap();
    core.sync_now().await.unwrap();
    floor.served.go().await;

    assert_eq!(record(&core, 4, EntryInput::StopTimer).await.unwrap_err().code(), "timer_not_started");
    record(&core, 4, EntryInput::StartTimer).await.unwrap();
    assert_eq!(record(&core, 4, EntryInput::StartTimer).await.unwrap_err().code(), "timer_running");
    let shown = batch(&core).await;
    assert!(matches!(&shown.phases[3].task, PhaseTask::Timer { started_at: Some(_), .. }));
    // Somebody sets the wall clock back while the timer runs: the machine knows better.
    floor.clock.advance(TimeDelta::milliseconds(65_400));
    floor.machine.set_clock_by(TimeDelta::hours(-1));
    let receipt = record(&core, 4, EntryInput::StopTimer).await.unwrap();
    assert_eq!(receipt.batch.phases[3].entries[1].elapsed_seconds, Some(65));
    assert_eq!(receipt.deviation, None);

    record(&core, 5, EntryInput::StartTimer).await.unwrap();
    core.close().await;
    floor.machine.start_anew();
    floor.clock.advance_seconds(90);
    let core = floor.open().await;
    assert_eq!(record(&core, 5, EntryInput::StopTimer).await.unwrap_err().code(), "reason_required");
    let mut late = entry(&batch(&core).await, 5, EntryInput::StopTimer);
    late.reason = Some("The machine restarted".to_owned());
    let receipt = core.record_entry(late).await.unwrap();
    assert_eq!(receipt.batch.phases[4].entries[1].elapsed_seconds, Some(90));
}
