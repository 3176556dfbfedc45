use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::signature::SignatureMeaning;

const OPERATOR: Executor = Executor { role: Role::ProductionOperator, is_active: true };

fn speed() -> NumberParameter {
    NumberParameter {
        unit: Unit::RevolutionsPerMinute,
        places: 0,
        low: ExactDecimal::parse("90").ok(),
        target: ExactDecimal::parse("110").ok(),
        high: ExactDecimal::parse("130").ok(),
    }
}

fn phase(number: u32, kind: PhaseKind) -> PhaseState {
    PhaseState {
        id: PhaseId(Uuid::from_u128(number.into())),
        number,
        definition: PhaseDefinition {
            key: format!("p{number}"),
            title: format!("Phase {number}"),
            instruction: String::new(),
            kind,
            signature: None,
            performed_by: Vec::new(),
            verification: None,
            only_if: None,
            qualification: None,
        },
        status: PhaseStatus::Pending,
        version: 0,
        entries: Vec::new(),
    }
}

fn rpm(text: &str) -> PhaseEntry {
    PhaseEntry::Number { value: ExactDecimal::parse(text).unwrap(), unit: Unit::RevolutionsPerMinute, lot: None }
}

fn attempt<'a>(phase: &PhaseState, entry: &'a PhaseEntry, reason: Option<&'a str>) -> Attempt<'a> {
    Attempt { phase: phase.id, entry, reason, is_signed: false }
}

#[test]
fn a_value_on_its_limit_is_within() {
    for (text, check) in
        [("89", LimitCheck::Below), ("90", LimitCheck::Within), ("130", LimitCheck::Within), ("131", LimitCheck::Above)]
    {
        assert_eq!(speed().check(ExactDecimal::parse(text).unwrap()), check, "{text}");
    }
}

#[test]
fn a_value_outside_its_limits_needs_a_reason_and_opens_a_deviation() {
    let phases = [phase(1, PhaseKind::Value(speed())), phase(2, PhaseKind::Confirmation)];
    let entry = rpm("141");
    for reason in [None, Some("  ")] {
        let refused = decide(BatchStatus::InProgress, &phases, attempt(&phases[0], &entry, reason), OPERATOR);
        assert_eq!(refused, Err(Refusal::ReasonRequired));
    }
    let kept =
        decide(BatchStatus::InProgress, &phases, attempt(&phases[0], &entry, Some("display stuck")), OPERATOR).unwrap();
    assert_eq!(kept.deviation.map(|deviation| deviation.cause), Some(DeviationCause::OutOfLimits));
    assert_eq!(kept.phase_status, PhaseStatus::Completed);
}

#[test]
fn a_signed_phase_is_not_completed_without_a_signature() {
    let mut only = phase(1, PhaseKind::Confirmation);
    only.definition.signature = Some(SignatureMeaning::Performed);
    let phases = [only];
    let unsigned = attempt(&phases[0], &PhaseEntry::Confirmed, None);
    assert_eq!(decide(BatchStatus::Planned, &phases, unsigned, OPERATOR), Err(Refusal::SignatureRequired));
    let signed = Attempt { is_signed: true, ..unsigned };
    let outcome = decide(BatchStatus::Planned, &phases, signed, OPERATOR).unwrap();
    assert_eq!((outcome.batch_status, outcome.record_status), (BatchStatus::QcReview, RecordStatus::Complete));
}

#[test]
fn a_second_completion_is_kept_as_a_duplicate() {
    let mut done = phase(1, PhaseKind::Value(speed()));
    done.status = PhaseStatus::Completed;
    let phases = [done, phase(2, PhaseKind::Confirmation)];
    let entry = rpm("112");
    let judgement = judge(BatchStatus::InProgress, &phases, attempt(&phases[0], &entry, None), OPERATOR);
    assert!(matches!(
        judgement,
        Judgement::KeptWithDeviation(OpenedDeviation { cause: DeviationCause::Duplicate, .. })
    ));
}

#[test]
fn an_entry_made_while_the_batch_was_put_on_hold_is_kept_and_flagged() {
    let phases = [phase(1, PhaseKind::Confirmation)];
    let judgement = judge(BatchStatus::OnHold, &phases, attempt(&phases[0], &PhaseEntry::Confirmed, None), OPERATOR);
    assert!(matches!(
        judgement,
        Judgement::KeptWithDeviation(OpenedDeviation { cause: DeviationCause::AfterHold, .. })
    ));
}

#[test]
fn nobody_without_the_capability_executes() {
    let phases = [phase(1, PhaseKind::Confirmation)];
    let wanted = attempt(&phases[0], &PhaseEntry::Confirmed, None);
    for role in [Role::SystemAdmin, Role::SalesPerson, Role::QaHead] {
        let executor = Executor { role, is_active: true };
        assert_eq!(decide(BatchStatus::Planned, &phases, wanted, executor), Err(Refusal::NotAuthorised), "{role}");
    }
    let disabled = Executor { is_active: false, ..OPERATOR };
    assert_eq!(decide(BatchStatus::Planned, &phases, wanted, disabled), Err(Refusal::NotAuthorised));
}

#[test]
fn a_timer_runs_before_it_stops_and_its_bounds_are_checked() {
    let mut timer = phase(1, PhaseKind::Timer { minimum_seconds: 600, maximum_seconds: Some(660) });
    let stop = |elapsed_seconds| PhaseEntry::TimerStopped { elapsed_seconds };
    let run = |timer: &PhaseState, entry: &PhaseEntry, reason| {
        decide(BatchStatus::InProgress, std::slice::from_ref(timer), attempt(timer, entry, reason), OPERATOR)
    };
    assert_eq!(run(&timer, &stop(600), None), Err(Refusal::TimerNotStarted));
    let started = run(&timer, &PhaseEntry::TimerStarted, None).unwrap();
    assert_eq!(started.phase_status, PhaseStatus::InProgress);
    timer.status = PhaseStatus::InProgress;
    assert_eq!(run(&timer, &PhaseEntry::TimerStarted, None), Err(Refusal::TimerRunning));
    assert_eq!(run(&timer, &stop(599), None), Err(Refusal::ReasonRequired));
    assert_eq!(run(&timer, &stop(600), None).unwrap().deviation, None);
    let late = run(&timer, &stop(661), Some("alarm not heard")).unwrap();
    assert_eq!(late.deviation.map(|deviation| deviation.cause), Some(DeviationCause::TimerOutOfBounds));
}

proptest! {
    /// 21 CFR 11.10(f): whatever is tried in whatever order, the completed phases are always the first ones.
    #[test]
    fn p11_10f_no_sequence_of_attempts_skips_a_phase(tries in proptest::collection::vec((0usize..6, any::<bool>()), 0..60)) {
        let mut phases: Vec<_> = (1..=6)
            .map(|number| phase(number, if number % 3 == 0 { PhaseKind::Value(speed()) } else { PhaseKind::Confirmation }))
            .collect();
        for (index, as_number) in tries {
            let entry = if as_number { rpm("100") } else { PhaseEntry::Confirmed };
            let wanted = attempt(&phases[index], &entry, None);
            if let Judgement::Applied(outcome) = judge(BatchStatus::InProgress, &phases, wanted, OPERATOR) {
                phases[index].status = outcome.phase_status;
            }
            let done = phases.iter().take_while(|phase| phase.status == PhaseStatus::Completed).count();
            prop_assert!(phases[done..].iter().all(|phase| phase.status != PhaseStatus::Completed));
        }
    }
}
