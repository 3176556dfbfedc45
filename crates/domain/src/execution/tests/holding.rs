use proptest::prelude::*;

use super::*;
use crate::deviation::{DeviationStatus, Disposition};

/// 1 measures; 2 and 3 follow each other after it, 4 is a branch of its own, 5 needs both, 6 calculates with the value.
fn branched() -> Batch {
    let mut phases: Vec<_> = (1..=6).map(|number| phase(number, PhaseKind::Confirmation {})).collect();
    phases[0].definition.kind = PhaseKind::Value(speed());
    phases[3].after = Vec::new();
    phases[4].after = vec![3, 4];
    phases[5].after = vec![4];
    phases[5].definition.kind = PhaseKind::Calculation {
        expression: "{p1} * 2".to_owned(),
        rounding: Rounding::HalfUp,
        result: super::number(Unit::RevolutionsPerMinute, 0),
    };
    Batch::of(phases)
}

impl Batch {
    /// What a store tells once quality assurance has decided about the deviation that the operation opened.
    fn know(&mut self, place: usize, operation_id: Uuid, status: DeviationStatus, disposition: Option<Disposition>) {
        let deviations = &mut self.phases[place].deviations;
        deviations.retain(|known| known.operation_id != operation_id);
        deviations.push(PhaseDeviation { operation_id, code: "DEV-26-007".to_owned(), status, disposition });
        let settlement = settle(self.status, RecordStatus::Incomplete, &self.phases);
        self.status = settlement.batch_status;
        for (id, status) in settlement.phases {
            self.phases.iter_mut().filter(|phase| phase.id == id).for_each(|phase| phase.status = status);
        }
    }
}

fn awaits(deviation: Option<&str>) -> Refusal {
    Refusal::AwaitsDisposition { number: 1, deviation: deviation.map(str::to_owned) }
}

/// S88-4: what depends on a value out of its limits stops until somebody has decided about it.
#[test]
fn s88_4_a_value_out_of_limits_stops_what_depends_on_it_and_nothing_else() {
    let mut batch = branched();
    let id = person("operator");
    let deviating = batch.record(1, &rpm("141"), operator(&id)).unwrap();
    // Offline, nobody has given the deviation a code yet.
    assert_eq!(batch.record(2, &PhaseEntry::Confirmed, operator(&id)), Err(awaits(None)));
    batch.know(0, deviating, DeviationStatus::Open, None);
    for number in [2, 3, 5] {
        let refused = batch.record(number, &PhaseEntry::Confirmed, operator(&id));
        assert_eq!(refused, Err(awaits(Some("DEV-26-007"))), "phase {number}");
    }
    // The branch that does not depend on it goes on; what calculates with the value does not.
    assert!(!is_stopped(&batch.phases), "a branch is open");
    batch.record(4, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    assert!(is_stopped(&batch.phases), "nothing goes on before the decision");
    assert_eq!(batch.record(6, &rpm("282"), operator(&id)), Err(awaits(Some("DEV-26-007"))));
    let told = turns(batch.status, &batch.phases, operator(&id));
    assert_eq!(told[1], Err(awaits(Some("DEV-26-007"))));
    assert_eq!(next_phase(&batch.phases), None);
    // A proposal is no decision.
    batch.know(0, deviating, DeviationStatus::PendingFinalApproval, Some(Disposition::AcceptAsIs));
    assert_eq!(batch.record(2, &PhaseEntry::Confirmed, operator(&id)), Err(awaits(Some("DEV-26-007"))));
    batch.know(0, deviating, DeviationStatus::Closed, Some(Disposition::AcceptAsIs));
    for number in [2, 3, 5] {
        batch.record(number, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    }
    assert!(!is_stopped(&batch.phases));
    batch.record(6, &rpm("282"), operator(&id)).unwrap();
    assert!(!is_stopped(&batch.phases), "nothing is left to be done");
    assert_eq!(batch.status, BatchStatus::QcReview);
}

#[test]
fn a_correction_makes_no_deviation_disappear() {
    let mut batch = branched();
    let id = person("operator");
    let deviating = batch.record(1, &rpm("141"), operator(&id)).unwrap();
    batch.correct(1, &rpm("114"), Some(deviating), operator(&id)).unwrap();
    assert_eq!(batch.record(2, &PhaseEntry::Confirmed, operator(&id)), Err(awaits(None)));
    batch.know(0, deviating, DeviationStatus::Rejected, None);
    batch.record(2, &PhaseEntry::Confirmed, operator(&id)).unwrap();
}

#[test]
fn a_phase_that_is_to_be_repeated_is_the_next_one_and_opens_the_others_again() {
    let mut batch = branched();
    let id = person("operator");
    let deviating = batch.record(1, &rpm("141"), operator(&id)).unwrap();
    batch.know(0, deviating, DeviationStatus::Closed, Some(Disposition::Repeat));
    assert_eq!(batch.standing()[0], Standing::ToRepeat);
    assert!(!is_stopped(&batch.phases));
    assert_eq!(batch.standing()[1], Standing::WaitsFor(vec![1]));
    assert_eq!(turns(batch.status, &batch.phases, operator(&id))[0], Ok(Turn::Repeat));
    assert_eq!(next_phase(&batch.phases).map(|phase| phase.number), Some(1));
    assert_eq!(batch.record(1, &rpm("114"), operator(&id)), Err(Refusal::AlreadyCompleted));
    // A repetition that is out of limits again is a deviation of its own.
    let again = batch.correct(1, &rpm("142"), Some(deviating), operator(&id)).unwrap();
    assert_eq!(batch.record(2, &PhaseEntry::Confirmed, operator(&id)), Err(awaits(None)));
    batch.know(0, again, DeviationStatus::Closed, Some(Disposition::Repeat));
    batch.correct(1, &rpm("114"), Some(again), operator(&id)).unwrap();
    batch.record(2, &PhaseEntry::Confirmed, operator(&id)).unwrap();
}

#[test]
fn what_is_rejected_stops_its_dependents_for_good() {
    for disposition in [Disposition::RejectMaterial, Disposition::RejectBatch] {
        let mut batch = branched();
        let id = person("operator");
        let deviating = batch.record(1, &rpm("141"), operator(&id)).unwrap();
        batch.know(0, deviating, DeviationStatus::Closed, Some(disposition));
        let refused = batch.record(2, &PhaseEntry::Confirmed, operator(&id));
        let code = Some("DEV-26-007".to_owned());
        assert_eq!(refused, Err(Refusal::StoppedByDisposition { number: 1, deviation: code }));
        batch.record(4, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    }
}

/// A station that did not know of the hold: the entry is kept, and flagged.
#[test]
fn what_was_recorded_before_the_hold_was_known_is_kept_with_a_deviation() {
    let mut batch = branched();
    let id = person("operator");
    batch.record(1, &rpm("141"), operator(&id)).unwrap();
    let late = attempt(&batch.phases[1], &PhaseEntry::Confirmed, None);
    let judgement = judge(batch.status, &batch.phases, late);
    let flagged = OpenedDeviation { cause: DeviationCause::AfterHold, severity: Severity::High };
    assert_eq!(judgement, Judgement::KeptWithDeviation(flagged));
}

#[test]
fn a_correction_out_of_limits_holds_what_was_not_executed_yet_however_far_it_is() {
    let mut batch = branched();
    let id = person("operator");
    let first = batch.record(1, &rpm("114"), operator(&id)).unwrap();
    for number in [2, 3, 4] {
        batch.record(number, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    }
    batch.record(6, &rpm("228"), operator(&id)).unwrap();
    let deviating = batch.correct(1, &rpm("141"), Some(first), operator(&id)).unwrap();
    assert_eq!(batch.record(5, &PhaseEntry::Confirmed, operator(&id)), Err(awaits(None)));
    // The calculation no longer fits, and is put right only when it is certain with which value.
    assert!(matches!(batch.standing()[5], Standing::Held(_)));
    let outdated = batch.phases[5].standing_entry().map(|entry| entry.operation_id);
    assert_eq!(batch.correct(6, &rpm("282"), outdated, operator(&id)), Err(awaits(None)));
    batch.know(0, deviating, DeviationStatus::Closed, Some(Disposition::AcceptAsIs));
    assert_eq!(batch.standing()[5], Standing::Outdated);
    batch.correct(6, &rpm("282"), outdated, operator(&id)).unwrap();
    batch.record(5, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
}

#[test]
fn a_condition_over_a_held_value_is_decided_after_the_disposition() {
    let mut phases: Vec<_> = (1..=3).map(|number| phase(number, PhaseKind::Confirmation {})).collect();
    phases[0].definition.kind = PhaseKind::Value(speed());
    phases[1].conditions = vec!["{p1} > 200".to_owned()];
    let mut batch = Batch::of(phases);
    let id = person("operator");
    let deviating = batch.record(1, &rpm("141"), operator(&id)).unwrap();
    assert!(matches!(batch.standing()[1], Standing::Held(_)));
    batch.know(0, deviating, DeviationStatus::Closed, Some(Disposition::AcceptAsIs));
    assert_eq!(batch.phases[1].status, PhaseStatus::NotApplicable);
    batch.record(3, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
}

#[test]
fn a_batch_in_review_goes_back_into_execution_when_its_last_phase_is_to_be_repeated() {
    let mut batch = Batch::of(vec![phase(1, PhaseKind::Value(speed()))]);
    let id = person("operator");
    let deviating = batch.record(1, &rpm("141"), operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
    batch.know(0, deviating, DeviationStatus::Closed, Some(Disposition::Repeat));
    assert_eq!(batch.status, BatchStatus::InProgress);
    batch.correct(1, &rpm("114"), Some(deviating), operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
}

proptest! {
    /// S88-4: whatever is tried in whatever order, nothing that depends on an undecided value is executed.
    #[test]
    fn s88_4_no_sequence_of_calls_goes_past_an_undecided_value(
        tries in proptest::collection::vec((1u32..=6, 0usize..5, any::<bool>(), 0usize..5), 0..80),
    ) {
        let mut batch = branched();
        let id = person("operator");
        let depends = [2, 3, 5, 6];
        for (number, what, is_correction, decision) in tries {
            let entry = match what {
                0 => PhaseEntry::Confirmed,
                1 => rpm("141"),
                2 => rpm("100"),
                3 => rpm("282"),
                _ => rpm("200"),
            };
            let place = number as usize - 1;
            let standing = batch.phases[place].standing_entry().map(|entry| entry.operation_id);
            let is_held = batch.phases[0].hold().is_some();
            let done = batch.correct(number, &entry, standing.filter(|_| is_correction), operator(&id));
            if is_held && !is_correction && depends.contains(&number) {
                prop_assert!(done.is_err(), "phase {} was executed", number);
            }
            let undecided = batch.phases[0].entries.iter().find(|entry| {
                let is_known = batch.phases[0].deviations.iter().any(|known| known.operation_id == entry.operation_id);
                entry.deviation.is_some() && !is_known
            });
            let disposition = [None, None, Some(Disposition::AcceptAsIs), Some(Disposition::Repeat), None][decision];
            if let (Some(opened), Some(disposition)) = (undecided.map(|entry| entry.operation_id), disposition) {
                batch.know(0, opened, DeviationStatus::Closed, Some(disposition));
            }
            let is_complete = batch.status == BatchStatus::QcReview;
            prop_assert!(!is_complete || batch.standing().iter().all(Standing::is_settled));
        }
    }
}
