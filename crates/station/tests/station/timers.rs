use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use viruj_api::station::{EntryInput, PhaseTask, RecordEntry};
use viruj_domain::{clock::Clock, plant::PlantScope};
use viruj_station_core::StationCore;
use viruj_storage::ChangeContext;
use viruj_sync::conformance::world::{batch_id, plant_id};
use viruj_test_support::world;

use crate::support::{Floor, batch, entry, number, record, signed, until_it_answers};

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

/// A clock that somebody sets by a day, and a plant whose clocks change in the night: the order of the entries holds, each
/// keeps the station's time and the time of receipt, and that the clock was off is seen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gmp_time_entries_keep_both_times_and_their_order_when_the_clock_is_set() {
    let mut floor = Floor::new().await;
    let mut rows = floor.app.database.superuser().await;
    sqlx::raw_sql(
        "SELECT set_config('viruj.actor', 'system:test', false), set_config('viruj.reason', 'a test', false);
         UPDATE plants SET time_zone = 'Africa/Casablanca' WHERE id = 'plant-a'",
    )
    .execute(&mut rows)
    .await
    .unwrap();
    // One minute before the clocks go back in Casablanca.
    let before: DateTime<Utc> = "2027-02-07T01:59:00Z".parse().unwrap();
    floor.clock.advance(before - floor.clock.now());
    let core = floor.station().await;
    floor.served.go().await;
    let mut shown = Vec::new();
    record(&core, 1, EntryInput::Confirm).await.unwrap();
    shown.push(floor.clock.now());
    floor.clock.advance_seconds(120);
    floor.machine.set_clock_by(TimeDelta::days(-1));
    record(&core, 2, number("100")).await.unwrap();
    shown.push(floor.clock.now());
    let off = core.status().await.clock_off.unwrap();
    assert_eq!((off.minutes, off.is_ahead), (24 * 60, false));
    floor.machine.set_clock_by(TimeDelta::days(2));
    let remark = correction_of_2(&core).await;
    core.record_entry(remark).await.unwrap();
    shown.push(floor.clock.now());
    assert!(core.status().await.clock_off.unwrap().is_ahead);
    floor.machine.set_clock_by(TimeDelta::days(-1));
    floor.clock.advance_seconds(60);
    floor.served.come_back(&floor.app.application).await;
    until_it_answers(&core).await;
    core.sync_now().await.unwrap();
    let kept: Vec<(DateTime<Utc>, DateTime<Utc>, String, i64)> = sqlx::query_as(
        "SELECT entry.recorded_at, entry.received_at, convert_from(o.envelope, 'UTF8'), o.station_seq
         FROM phase_entries AS entry JOIN operations AS o ON o.operation_id = entry.operation_id
         ORDER BY o.station_seq",
    )
    .fetch_all(&mut rows)
    .await
    .unwrap();
    assert_eq!(kept.iter().map(|(recorded, ..)| *recorded).collect::<Vec<_>>(), shown, "the station's time is kept");
    assert!(kept.iter().all(|(_, received, ..)| *received == floor.clock.now()), "and the time of receipt");
    let day = TimeDelta::days(1).num_milliseconds();
    for ((_, _, envelope, _), skew) in kept.iter().zip([0, -day, day]) {
        assert!(envelope.contains(&format!("\"estimated_skew_ms\":{skew}")), "{envelope}");
    }
    let shown = batch(&core).await;
    assert_eq!(shown.completed_phases, 2, "each has taken effect, in the order in which it was made");
}

/// The value of the second phase, put right.
async fn correction_of_2(core: &StationCore) -> RecordEntry {
    let shown = batch(core).await;
    let mut corrected = entry(&shown, 2, number("101"));
    corrected.corrects = Some(shown.phases[1].entries[0].operation_id);
    corrected.reason = Some("Read wrongly".to_owned());
    corrected
}
