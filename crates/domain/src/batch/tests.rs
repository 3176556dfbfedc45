use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::{ids::UserId, person::Acting, role::Role};

fn planned() -> BatchCourse {
    BatchCourse {
        status: BatchStatus::Planned,
        held_from: None,
        release: ReleaseStatus::Pending,
        record: RecordStatus::Incomplete,
        has_begun: false,
    }
}

fn take(batch: BatchCourse, wanted: BatchStep, role: Role) -> Result<BatchCourse, CourseRefusal> {
    step(batch, wanted, Acting { id: &UserId::from("somebody"), role, is_active: true })
}

/// As an entry that takes effect does it.
fn record(batch: BatchCourse, finishes: bool) -> Option<BatchCourse> {
    let takes_entries = batch.status.is_executable() || batch.status == BatchStatus::QcReview;
    takes_entries.then(|| BatchCourse {
        status: batch.status.after_entry(finishes),
        record: if finishes { RecordStatus::Complete } else { RecordStatus::Incomplete },
        has_begun: true,
        ..batch
    })
}

#[test]
fn a_hold_goes_back_to_where_the_batch_came_from() {
    let stages = [BatchStatus::Planned, BatchStatus::InProgress, BatchStatus::QcReview, BatchStatus::Delayed];
    for status in stages {
        let before = BatchCourse { status, ..planned() };
        let held = take(before, BatchStep::Hold, Role::ProductionManager).unwrap();
        assert_eq!((held.status, held.release), (BatchStatus::OnHold, ReleaseStatus::Hold));
        assert!(!held.status.is_executable());
        let again = take(held, BatchStep::Hold, Role::QaHead);
        assert_eq!(again, Err(CourseRefusal::NotInThisStatus(BatchStatus::OnHold)));
        assert_eq!(take(held, BatchStep::Resume, Role::QaManager), Ok(before));
    }
    assert_eq!(
        take(planned(), BatchStep::Resume, Role::QaManager),
        Err(CourseRefusal::NotInThisStatus(BatchStatus::Planned))
    );
}

#[test]
fn a_legacy_hold_goes_on_as_far_as_the_record_has_come() {
    for (record, has_begun, status) in [
        (RecordStatus::Incomplete, false, BatchStatus::Planned),
        (RecordStatus::Incomplete, true, BatchStatus::InProgress),
        (RecordStatus::Complete, true, BatchStatus::QcReview),
    ] {
        for stopped in [BatchStatus::OnHold, BatchStatus::Blocked] {
            let legacy = BatchCourse { status: stopped, record, has_begun, ..planned() };
            assert_eq!(take(legacy, BatchStep::Resume, Role::QaHead).unwrap().status, status);
        }
    }
}

#[test]
fn sod_whoever_stops_a_batch_in_production_does_not_let_it_go_on() {
    for role in [Role::ProductionManager, Role::ProductionHead, Role::PlantHead] {
        let held = take(planned(), BatchStep::Hold, role).unwrap();
        assert_eq!(take(held, BatchStep::Resume, role), Err(CourseRefusal::NotAuthorised), "{role}");
    }
    let held = take(planned(), BatchStep::Hold, Role::QaHead).unwrap();
    let gone = Acting { id: &UserId::from("somebody"), role: Role::QaHead, is_active: false };
    assert_eq!(step(held, BatchStep::Resume, gone), Err(CourseRefusal::NotAuthorised));
    for role in [Role::ProductionOperator, Role::SystemAdmin, Role::QcManager, Role::SalesPerson] {
        assert_eq!(take(planned(), BatchStep::Hold, role), Err(CourseRefusal::NotAuthorised), "{role}");
    }
}

#[test]
fn what_is_decided_stays_decided() {
    let reviewed = BatchCourse { status: BatchStatus::QcReview, record: RecordStatus::Complete, ..planned() };
    for (decision, word) in
        [(BatchStep::Release, ReleaseStatus::Released), (BatchStep::Reject, ReleaseStatus::Rejected)]
    {
        let decided = take(reviewed, decision, Role::QaHead).unwrap();
        assert_eq!((decided.status, decided.release), (BatchStatus::Completed, word));
        for next in [BatchStep::Hold, BatchStep::Resume, BatchStep::Release, BatchStep::Reject] {
            assert_eq!(take(decided, next, Role::QaHead), Err(CourseRefusal::Decided(word)));
        }
    }
}

#[test]
fn a_batch_is_delayed_after_its_planned_end_and_blocked_while_nothing_can_go_on() {
    let end: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
    let late = end + TimeDelta::seconds(1);
    for status in BatchStatus::ALL.iter().copied() {
        let is_being_made = matches!(status, BatchStatus::Planned | BatchStatus::InProgress);
        assert_eq!(status.apparent(Some(end), end, false), status, "the end itself is not late");
        assert_eq!(status.apparent(None, late, false), status, "without a plan nothing is late");
        let seen = status.apparent(Some(end), late, false);
        assert_eq!(seen, if is_being_made { BatchStatus::Delayed } else { status });
        let stopped = status.apparent(Some(end), late, true);
        assert_eq!(stopped == BatchStatus::Blocked, matches!(status, BatchStatus::InProgress | BatchStatus::Blocked));
    }
}

#[test]
fn a_plan_ends_after_it_begins() {
    let start: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
    assert!(is_plan(start, start + TimeDelta::hours(8)));
    assert!(!is_plan(start, start));
    assert!(!is_plan(start + TimeDelta::hours(1), start));
    assert!(!is_plan(start, start + TimeDelta::days(365_000)));
    assert!(!is_plan("0026-11-24T08:00:00Z".parse().unwrap(), start));
}

#[test]
fn numbers_begin_with_the_letters_of_the_code() {
    for (code, series) in [
        ("MET500", "MET"),
        ("ibu-400", "IBU"),
        ("A1", "A"),
        ("500", "BAT"),
        ("", "BAT"),
        ("मेट", "BAT"),
        ("P-M_L", "PML"),
    ] {
        assert_eq!(number_series(code), series, "{code}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Step(BatchStep, Role),
    Entry { finishes: bool },
}

fn deeds() -> impl Strategy<Value = Deed> {
    let steps = prop::sample::select(vec![BatchStep::Hold, BatchStep::Resume, BatchStep::Release, BatchStep::Reject]);
    prop_oneof![
        (steps, prop::sample::select(Role::ALL.to_vec())).prop_map(|(step, role)| Deed::Step(step, role)),
        any::<bool>().prop_map(|finishes| Deed::Entry { finishes }),
    ]
}

proptest! {
    /// [P11-10f]: whatever is asked for, in whatever order and by whom, a batch is in a state that its history explains.
    #[test]
    fn no_sequence_of_calls_reaches_an_illegal_state(deeds in prop::collection::vec(deeds(), 0..80)) {
        let mut batch = planned();
        for deed in deeds {
            let next = match deed {
                Deed::Step(wanted, role) => take(batch, wanted, role).ok(),
                Deed::Entry { finishes } => record(batch, finishes),
            };
            let Some(next) = next else { continue };
            prop_assert!(!batch.release.is_decided(), "something followed the decision: {next:?}");
            prop_assert_eq!(next.status == BatchStatus::OnHold, next.held_from.is_some());
            prop_assert_eq!(next.status == BatchStatus::OnHold, next.release == ReleaseStatus::Hold);
            prop_assert_eq!(next.status == BatchStatus::Completed, next.release.is_decided());
            prop_assert!(!matches!(next.status, BatchStatus::Delayed | BatchStatus::Blocked), "these are derived");
            prop_assert_ne!(next.held_from, Some(BatchStatus::OnHold));
            if next.status == BatchStatus::Completed {
                // Nothing is released or rejected on its way, and nothing with a phase open.
                prop_assert_eq!((batch.status, batch.record), (BatchStatus::QcReview, RecordStatus::Complete));
            }
            if batch.status == BatchStatus::OnHold {
                // On hold nothing happens but that it goes on, exactly where it was.
                prop_assert_eq!(Some(next.status), batch.held_from);
                prop_assert_eq!((next.record, next.has_begun), (batch.record, batch.has_begun));
            }
            prop_assert_eq!(next.status == BatchStatus::Planned, next.held_from.is_none() && !next.has_begun);
            batch = next;
        }
    }
}
