use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::signature::SignatureMeaning;

use crate::{
    device::{DeviceClass, PlausibleRange},
    ids::UserId,
    phase::{ChoiceOption, Verification},
    quantity::Rounding,
};

fn person(id: &str) -> UserId {
    UserId::from(id)
}

fn operator(id: &UserId) -> Acting<'_> {
    Acting { id, role: Role::ProductionOperator, is_active: true }
}

/// What [`super::decide`] says to the one operator of most tests.
fn decide(batch: BatchStatus, phases: &[PhaseState], attempt: Attempt<'_>) -> Result<Outcome, Refusal> {
    super::decide(batch, phases, attempt, operator(&person("operator")))
}

fn judge(batch: BatchStatus, phases: &[PhaseState], attempt: Attempt<'_>) -> Judgement {
    super::judge(batch, phases, attempt, operator(&person("operator")))
}

fn speed() -> NumberParameter {
    NumberParameter {
        unit: Unit::RevolutionsPerMinute,
        places: 0,
        low: ExactDecimal::parse("90").ok(),
        target: ExactDecimal::parse("110").ok(),
        high: ExactDecimal::parse("130").ok(),
        device: None,
        plausible: None,
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
        after: (number > 1).then(|| number - 1).into_iter().collect(),
        conditions: Vec::new(),
        entries: Vec::new(),
        deviations: Vec::new(),
    }
}

fn rpm(text: &str) -> PhaseEntry {
    PhaseEntry::Number {
        value: ExactDecimal::parse(text).unwrap(),
        unit: Unit::RevolutionsPerMinute,
        lot: None,
        reading: None,
    }
}

fn attempt<'a>(phase: &PhaseState, entry: &'a PhaseEntry, reason: Option<&'a str>) -> Attempt<'a> {
    Attempt { phase: phase.id, entry, corrects: None, reason, is_signed: false }
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
    let phases = [phase(1, PhaseKind::Value(speed())), phase(2, PhaseKind::Confirmation {})];
    let entry = rpm("141");
    for reason in [None, Some("  ")] {
        let refused = decide(BatchStatus::InProgress, &phases, attempt(&phases[0], &entry, reason));
        assert_eq!(refused, Err(Refusal::ReasonRequired));
    }
    let kept = decide(BatchStatus::InProgress, &phases, attempt(&phases[0], &entry, Some("display stuck"))).unwrap();
    assert_eq!(kept.deviation.map(|deviation| deviation.cause), Some(DeviationCause::OutOfLimits));
    assert_eq!(kept.phase_status, PhaseStatus::Completed);
}

#[test]
fn a_signed_phase_is_not_completed_without_a_signature() {
    let mut only = phase(1, PhaseKind::Confirmation {});
    only.definition.signature = Some(SignatureMeaning::Performed);
    let phases = [only];
    let unsigned = attempt(&phases[0], &PhaseEntry::Confirmed, None);
    assert_eq!(decide(BatchStatus::Planned, &phases, unsigned), Err(Refusal::SignatureRequired));
    let signed = Attempt { is_signed: true, ..unsigned };
    let outcome = decide(BatchStatus::Planned, &phases, signed).unwrap();
    assert_eq!((outcome.batch_status, outcome.record_status), (BatchStatus::QcReview, RecordStatus::Complete));
}

#[test]
fn a_second_completion_is_kept_as_a_duplicate() {
    let mut done = phase(1, PhaseKind::Value(speed()));
    done.status = PhaseStatus::Completed;
    let phases = [done, phase(2, PhaseKind::Confirmation {})];
    let entry = rpm("112");
    let judgement = judge(BatchStatus::InProgress, &phases, attempt(&phases[0], &entry, None));
    assert!(matches!(
        judgement,
        Judgement::KeptWithDeviation(OpenedDeviation { cause: DeviationCause::Duplicate, .. })
    ));
}

#[test]
fn an_entry_made_while_the_batch_was_put_on_hold_is_kept_and_flagged() {
    let phases = [phase(1, PhaseKind::Confirmation {})];
    let judgement = judge(BatchStatus::OnHold, &phases, attempt(&phases[0], &PhaseEntry::Confirmed, None));
    assert!(matches!(
        judgement,
        Judgement::KeptWithDeviation(OpenedDeviation { cause: DeviationCause::AfterHold, .. })
    ));
}

#[test]
fn nobody_without_the_capability_executes() {
    let phases = [phase(1, PhaseKind::Confirmation {})];
    let wanted = attempt(&phases[0], &PhaseEntry::Confirmed, None);
    let id = person("somebody");
    for role in [Role::SystemAdmin, Role::SalesPerson, Role::QaHead] {
        let acting = Acting { role, ..operator(&id) };
        assert_eq!(super::decide(BatchStatus::Planned, &phases, wanted, acting), Err(Refusal::NotAuthorised), "{role}");
    }
    let disabled = Acting { is_active: false, ..operator(&id) };
    assert_eq!(super::decide(BatchStatus::Planned, &phases, wanted, disabled), Err(Refusal::NotAuthorised));
}

#[test]
fn a_timer_runs_before_it_stops_and_its_bounds_are_checked() {
    let mut timer = phase(1, PhaseKind::Timer { minimum_seconds: 600, maximum_seconds: Some(660) });
    let stop = |elapsed_seconds| PhaseEntry::TimerStopped { elapsed_seconds };
    let run = |timer: &PhaseState, entry: &PhaseEntry, reason| {
        decide(BatchStatus::InProgress, std::slice::from_ref(timer), attempt(timer, entry, reason))
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
            .map(|number| phase(number, if number % 3 == 0 { PhaseKind::Value(speed()) } else { PhaseKind::Confirmation {} }))
            .collect();
        for (index, as_number) in tries {
            let entry = if as_number { rpm("100") } else { PhaseEntry::Confirmed };
            let wanted = attempt(&phases[index], &entry, None);
            if let Judgement::Applied(outcome) = judge(BatchStatus::InProgress, &phases, wanted) {
                phases[index].status = outcome.phase_status;
            }
            let done = phases.iter().take_while(|phase| phase.status == PhaseStatus::Completed).count();
            prop_assert!(phases[done..].iter().all(|phase| phase.status != PhaseStatus::Completed));
        }
    }
}

/// A batch as a store would keep it.
#[derive(Clone)]
struct Batch {
    status: BatchStatus,
    phases: Vec<PhaseState>,
    recorded: u128,
}

impl Batch {
    fn of(phases: Vec<PhaseState>) -> Self {
        Self { status: BatchStatus::Planned, phases, recorded: 0 }
    }

    fn standing(&self) -> Vec<Standing> {
        standings(&self.phases)
    }

    /// Records what the rules let through, signed, and gives the entry's id.
    fn record(&mut self, number: u32, entry: &PhaseEntry, acting: Acting<'_>) -> Result<Uuid, Refusal> {
        self.correct(number, entry, None, acting)
    }

    fn correct(
        &mut self,
        number: u32,
        entry: &PhaseEntry,
        corrects: Option<Uuid>,
        acting: Acting<'_>,
    ) -> Result<Uuid, Refusal> {
        let place = number as usize - 1;
        let id = self.phases[place].id;
        let attempt = Attempt { phase: id, entry, corrects, reason: Some("as it was"), is_signed: true };
        let outcome = super::decide(self.status, &self.phases, attempt, acting)?;
        self.status = outcome.batch_status;
        self.recorded += 1;
        let operation_id = Uuid::from_u128(self.recorded);
        self.phases[place].status = outcome.phase_status;
        self.phases[place].entries.push(RecordedEntry {
            operation_id,
            entry: entry.clone(),
            corrects,
            person_id: acting.id.0.clone(),
            person_name: acting.id.0.clone(),
            recorded_at: DateTime::UNIX_EPOCH,
            reason: None,
            signature: None,
            deviation: outcome.deviation.map(|opened| opened.cause),
        });
        for (id, status) in outcome.others {
            self.phases.iter_mut().filter(|phase| phase.id == id).for_each(|phase| phase.status = status);
        }
        Ok(operation_id)
    }
}

fn number(unit: Unit, places: u32) -> NumberParameter {
    NumberParameter { unit, places, low: None, target: None, high: None, device: None, plausible: None }
}

fn measured(text: &str, unit: Unit) -> PhaseEntry {
    PhaseEntry::Number { value: ExactDecimal::parse(text).unwrap(), unit, lot: None, reading: None }
}

#[test]
fn branches_run_beside_each_other_and_what_follows_waits_for_all_of_them() {
    let mut phases: Vec<_> = (1..=4).map(|number| phase(number, PhaseKind::Confirmation {})).collect();
    phases[1].after = Vec::new();
    phases[2].after = vec![2];
    phases[3].after = vec![1, 3];
    let mut batch = Batch::of(phases);
    let id = person("operator");
    let confirmed = PhaseEntry::Confirmed;
    assert_eq!(
        batch.standing(),
        [Standing::Open, Standing::Open, Standing::WaitsFor(vec![2]), Standing::WaitsFor(vec![1, 3]),]
    );
    assert_eq!(batch.record(4, &confirmed, operator(&id)), Err(Refusal::EarlierPhaseOpen { number: 1 }));
    for number in [2, 3] {
        batch.record(number, &confirmed, operator(&id)).unwrap();
    }
    assert_eq!(batch.record(4, &confirmed, operator(&id)), Err(Refusal::EarlierPhaseOpen { number: 1 }));
    batch.record(1, &confirmed, operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::InProgress);
    batch.record(4, &confirmed, operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
}

/// Dry; dry again when it is still too wet; discharge.
fn drying() -> Batch {
    let mut again = phase(2, PhaseKind::Confirmation {});
    again.conditions = vec!["{p1} > 2[%]".to_owned()];
    Batch::of(vec![
        phase(1, PhaseKind::InProcessCheck(number(Unit::Percent, 1))),
        again,
        phase(3, PhaseKind::Confirmation {}),
    ])
}

#[test]
fn a_condition_decides_whether_a_phase_is_executed() {
    let id = person("operator");
    let mut dry = drying();
    assert_eq!(dry.standing()[1], Standing::WaitsFor(vec![1]));
    dry.record(1, &measured("1.5", Unit::Percent), operator(&id)).unwrap();
    assert_eq!(dry.phases[1].status, PhaseStatus::NotApplicable);
    assert_eq!(dry.record(2, &PhaseEntry::Confirmed, operator(&id)), Err(Refusal::PhaseNotApplicable));
    dry.record(3, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    assert_eq!(dry.status, BatchStatus::QcReview);

    let mut wet = drying();
    wet.record(1, &measured("2.5", Unit::Percent), operator(&id)).unwrap();
    assert_eq!(wet.record(3, &PhaseEntry::Confirmed, operator(&id)), Err(Refusal::EarlierPhaseOpen { number: 2 }));
    wet.record(2, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    wet.record(3, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    assert_eq!(wet.status, BatchStatus::QcReview);
}

#[test]
fn a_corrected_value_brings_back_the_phase_that_it_had_ruled_out() {
    let id = person("operator");
    let mut batch = drying();
    let first = batch.record(1, &measured("1.5", Unit::Percent), operator(&id)).unwrap();
    batch.record(3, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    let second = batch.correct(1, &measured("2.5", Unit::Percent), Some(first), operator(&id)).unwrap();
    assert_eq!((batch.status, batch.phases[1].status), (BatchStatus::InProgress, PhaseStatus::Pending));
    assert_eq!(batch.phases[0].standing_entry().map(|entry| entry.operation_id), Some(second));
    // The old value stays, and is not corrected a second time.
    assert_eq!(batch.phases[0].entries.len(), 2);
    let again = batch.correct(1, &measured("3.5", Unit::Percent), Some(first), operator(&id));
    assert_eq!(again, Err(Refusal::AlreadyCorrected));
    batch.record(2, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
}

#[test]
fn a_correction_needs_a_reason_and_an_entry_and_is_checked_like_any_value() {
    let id = person("operator");
    let mut batch = Batch::of(vec![phase(1, PhaseKind::Value(speed()))]);
    let one = rpm("100");
    let none = batch.correct(1, &one, Some(Uuid::from_u128(9)), operator(&id));
    assert_eq!(none, Err(Refusal::NothingToCorrect));
    let first = batch.record(1, &one, operator(&id)).unwrap();
    let wanted =
        Attempt { phase: batch.phases[0].id, entry: &rpm("101"), corrects: Some(first), reason: None, is_signed: true };
    let refused = super::decide(batch.status, &batch.phases, wanted, operator(&id));
    assert_eq!(refused, Err(Refusal::ReasonRequired));
    let outside = Attempt { entry: &rpm("200"), reason: Some("misread"), ..wanted };
    let outcome = super::decide(batch.status, &batch.phases, outside, operator(&id)).unwrap();
    assert_eq!(outcome.deviation.map(|deviation| deviation.cause), Some(DeviationCause::OutOfLimits));
    let released = super::decide(BatchStatus::Completed, &batch.phases, outside, operator(&id));
    assert_eq!(released, Err(Refusal::BatchNotExecutable(BatchStatus::Completed)));
}

#[test]
fn what_can_be_corrected_is_what_a_correction_is_taken_for() {
    let (id, nobody) = (person("operator"), person("reader"));
    let timer = PhaseKind::Timer { minimum_seconds: 0, maximum_seconds: None };
    let mut batch = Batch::of(vec![phase(1, PhaseKind::Value(speed())), phase(2, timer)]);
    assert_eq!(correctable(batch.status, &batch.phases[0], operator(&id)), None);
    let value = batch.record(1, &rpm("100"), operator(&id)).unwrap();
    assert_eq!(correctable(batch.status, &batch.phases[0], operator(&id)), Some(value));
    let reader = Acting { role: Role::Management, ..operator(&nobody) };
    assert_eq!(correctable(batch.status, &batch.phases[0], reader), None);
    assert_eq!(correctable(BatchStatus::OnHold, &batch.phases[0], operator(&id)), None);
    batch.record(2, &PhaseEntry::TimerStarted, operator(&id)).unwrap();
    let stopped = PhaseEntry::TimerStopped { elapsed_seconds: 60 };
    let time = batch.record(2, &stopped, operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
    assert_eq!(correctable(batch.status, &batch.phases[1], operator(&id)), None);
    assert_eq!(batch.correct(2, &stopped, Some(time), operator(&id)), Err(Refusal::NothingToCorrect));
    assert_eq!(correctable(batch.status, &batch.phases[0], operator(&id)), Some(value));
}

#[test]
fn sod_a_phase_is_verified_by_somebody_else() {
    let mut verified = phase(1, PhaseKind::Confirmation {});
    verified.definition.verification = Some(Verification { by: vec![Role::ProductionManager] });
    let mut batch = Batch::of(vec![verified, phase(2, PhaseKind::Confirmation {})]);
    let (first, second) = (person("first"), person("second"));
    let by_manager = |id| Acting { role: Role::ProductionManager, ..operator(id) };
    assert_eq!(batch.record(1, &PhaseEntry::Checked, by_manager(&second)), Err(Refusal::NothingToVerify));
    batch.record(1, &PhaseEntry::Confirmed, by_manager(&first)).unwrap();
    assert_eq!(batch.standing()[0], Standing::AwaitsVerification);
    assert_eq!(
        batch.record(2, &PhaseEntry::Confirmed, operator(&second)),
        Err(Refusal::EarlierPhaseOpen { number: 1 })
    );
    assert_eq!(batch.record(1, &PhaseEntry::Checked, by_manager(&first)), Err(Refusal::SamePerson));
    assert_eq!(batch.record(1, &PhaseEntry::Checked, operator(&second)), Err(Refusal::NotAuthorised));
    let checked = attempt(&batch.phases[0], &PhaseEntry::Checked, None);
    let unsigned = super::decide(batch.status, &batch.phases, checked, by_manager(&second));
    assert_eq!(unsigned, Err(Refusal::SignatureRequired));
    assert_eq!(signed_with(&batch.phases[0], &PhaseEntry::Checked, None), Some(SignatureMeaning::Verified));
    batch.record(1, &PhaseEntry::Checked, by_manager(&second)).unwrap();
    // What is corrected afterwards was not verified.
    let recorded = batch.phases[0].standing_entry().map(|entry| entry.operation_id);
    batch.correct(1, &PhaseEntry::Confirmed, recorded, by_manager(&first)).unwrap();
    assert_eq!(batch.standing()[0], Standing::AwaitsVerification);
}

#[test]
fn sod_a_check_by_a_second_person_is_none_by_the_first() {
    let mut check = phase(2, PhaseKind::SecondPersonCheck { of: vec!["p1".to_owned()] });
    check.definition.signature = Some(SignatureMeaning::Verified);
    let mut batch = Batch::of(vec![phase(1, PhaseKind::Confirmation {}), check]);
    let (first, second) = (person("first"), person("second"));
    batch.record(1, &PhaseEntry::Confirmed, operator(&first)).unwrap();
    assert_eq!(batch.record(2, &PhaseEntry::Checked, operator(&first)), Err(Refusal::SamePerson));
    batch.record(2, &PhaseEntry::Checked, operator(&second)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
}

#[test]
fn a_phase_is_for_the_roles_that_it_names() {
    let mut only = phase(1, PhaseKind::Confirmation {});
    only.definition.performed_by = vec![Role::ProductionManager];
    let mut batch = Batch::of(vec![only]);
    let id = person("operator");
    assert_eq!(batch.record(1, &PhaseEntry::Confirmed, operator(&id)), Err(Refusal::NotAuthorised));
    let manager = Acting { role: Role::ProductionManager, ..operator(&id) };
    assert!(batch.record(1, &PhaseEntry::Confirmed, manager).is_ok());
}

/// Tablets counted, the yield from them, the end.
fn counted() -> Batch {
    let calculation = PhaseKind::Calculation {
        expression: "{p1} * 0.6[g] / 6[kg]".to_owned(),
        rounding: Rounding::HalfUp,
        result: number(Unit::Percent, 1),
    };
    Batch::of(vec![
        phase(1, PhaseKind::Value(number(Unit::Tablet, 0))),
        phase(2, calculation),
        phase(3, PhaseKind::Confirmation {}),
    ])
}

#[test]
fn a_calculation_is_recorded_as_it_comes_out_and_again_when_its_values_change() {
    let id = person("operator");
    let mut batch = counted();
    let wrong = batch.record(2, &measured("99.0", Unit::Percent), operator(&id));
    assert_eq!(wrong, Err(Refusal::EarlierPhaseOpen { number: 1 }));
    let first = batch.record(1, &measured("9876", Unit::Tablet), operator(&id)).unwrap();
    let expected = ExactDecimal::parse("98.8").unwrap();
    let wrong = batch.record(2, &measured("98.7", Unit::Percent), operator(&id));
    assert_eq!(wrong, Err(Refusal::CalculationDiffers { expected }));
    let result = batch.record(2, &measured("98.8", Unit::Percent), operator(&id)).unwrap();
    batch.correct(1, &measured("9800", Unit::Tablet), Some(first), operator(&id)).unwrap();
    assert_eq!(batch.standing()[1], Standing::Outdated);
    assert_eq!(batch.record(3, &PhaseEntry::Confirmed, operator(&id)), Err(Refusal::EarlierPhaseOpen { number: 2 }));
    batch.correct(2, &measured("98.0", Unit::Percent), Some(result), operator(&id)).unwrap();
    batch.record(3, &PhaseEntry::Confirmed, operator(&id)).unwrap();
    assert_eq!(batch.status, BatchStatus::QcReview);
}

#[test]
fn answers_texts_and_equipment_are_what_the_phase_asks_for() {
    let option = |text: &str, is_expected| ChoiceOption { text: text.to_owned(), is_expected };
    let kinds = [
        PhaseKind::Choice { options: vec![option("Clean", true), option("Not clean", false)] },
        PhaseKind::Text { longest: 5 },
        PhaseKind::EquipmentUse { equipment_class: "Mixer".to_owned(), must_be_clean: true },
        PhaseKind::Date {},
    ];
    let text = |text: &str| text.to_owned();
    let refused = [
        (0, PhaseEntry::Chosen { option: text("Perhaps") }, Refusal::UnknownOption),
        (1, PhaseEntry::Text { text: text("  ") }, Refusal::TextUnfit { longest: 5 }),
        (1, PhaseEntry::Text { text: text("longer") }, Refusal::TextUnfit { longest: 5 }),
        (2, PhaseEntry::EquipmentUsed { equipment: text(" ") }, Refusal::EquipmentRequired),
        (2, PhaseEntry::FoundClean { equipment: text("M-1") }, Refusal::WrongEntryKind),
        (3, PhaseEntry::Confirmed, Refusal::WrongEntryKind),
    ];
    for (kind, entry, expected) in refused {
        let phases = [phase(1, kinds[kind].clone())];
        assert_eq!(
            decide(BatchStatus::Planned, &phases, attempt(&phases[0], &entry, None)),
            Err(expected),
            "{entry:?}"
        );
    }
    let phases = [phase(1, kinds[0].clone())];
    let unexpected = PhaseEntry::Chosen { option: text("Not clean") };
    let outcome = decide(BatchStatus::Planned, &phases, attempt(&phases[0], &unexpected, Some("a spot"))).unwrap();
    assert_eq!(outcome.deviation.map(|deviation| deviation.cause), Some(DeviationCause::OutOfLimits));
}

proptest! {
    /// P11-10f, SoD: whatever is tried by whomever, nothing is executed before what it waits for, nothing that is not
    /// applicable is executed, nobody verifies their own work, and a batch is complete only when everything is settled.
    #[test]
    fn p11_10f_no_sequence_of_calls_skips_a_step_of_any_arrangement(
        tries in proptest::collection::vec((1u32..=6, 0usize..5, 0usize..3, any::<bool>()), 0..80),
    ) {
        let mut phases: Vec<_> = (1..=6).map(|number| phase(number, PhaseKind::Confirmation {})).collect();
        phases[0].definition.kind = PhaseKind::Value(number(Unit::Tablet, 0));
        phases[1].after = Vec::new();
        phases[1].definition.verification = Some(Verification::default());
        phases[2].after = vec![1, 2];
        phases[2].conditions = vec!["{p1} > 5".to_owned()];
        phases[4].definition.kind = PhaseKind::SecondPersonCheck { of: vec!["p2".to_owned(), "p4".to_owned()] };
        phases[4].definition.signature = Some(SignatureMeaning::Verified);
        phases[5].definition.kind = PhaseKind::Calculation {
            expression: "{p1} * 2".to_owned(),
            rounding: Rounding::HalfUp,
            result: number(Unit::Each, 0),
        };
        let mut batch = Batch::of(phases);
        let people = ["a", "b", "c"].map(person);
        for (which, what, who, is_correction) in tries {
            let entry = match what {
                0 => PhaseEntry::Confirmed,
                1 => measured("4", Unit::Tablet),
                2 => measured("6", Unit::Tablet),
                3 => PhaseEntry::Checked,
                _ => measured(if who == 0 { "8" } else { "12" }, Unit::Each),
            };
            let before = batch.standing();
            let place = which as usize - 1;
            let standing = batch.phases[place].standing_entry().map(|entry| entry.operation_id);
            let corrects = standing.filter(|_| is_correction);
            let counted = batch.phases[place].entries.len();
            let done = batch.correct(which, &entry, corrects, operator(&people[who]));
            match done {
                Err(_) => prop_assert_eq!(batch.phases[place].entries.len(), counted),
                Ok(_) if corrects.is_none() => {
                    prop_assert!(matches!(before[place], Standing::Open | Standing::AwaitsVerification));
                }
                Ok(_) => {}
            }
            for phase in &batch.phases {
                let verifier = phase.entries.iter().rev().find(|entry| entry.entry == PhaseEntry::Checked);
                if phase.definition.verification.is_some() && phase.status == PhaseStatus::Completed {
                    let verifier = &verifier.expect("verified").person_id;
                    prop_assert!(phase.performers().all(|performer| performer != verifier));
                }
            }
            let now = batch.standing();
            prop_assert_eq!(batch.status == BatchStatus::QcReview, now.iter().all(Standing::is_settled));
            for (phase, standing) in batch.phases.iter().zip(&now) {
                prop_assert_eq!(*standing == Standing::NotApplicable, phase.status == PhaseStatus::NotApplicable);
            }
        }
    }
}

mod holding;

fn weighed(value: &str, kept: &str) -> PhaseEntry {
    let reading = DeviceReading {
        device: "BAL-02".into(),
        serial_number: "B021002593".into(),
        value: ExactDecimal::parse(value).unwrap(),
        unit: Unit::Kilogram,
        line: format!("S S {value} kg"),
        read_at: DateTime::UNIX_EPOCH,
    };
    let value = ExactDecimal::parse(kept).unwrap();
    PhaseEntry::Number { value, unit: Unit::Kilogram, lot: None, reading: Some(reading) }
}

fn weighing() -> Batch {
    let range = PlausibleRange { low: ExactDecimal::parse("5").unwrap(), high: ExactDecimal::parse("20").unwrap() };
    let by_balance = NumberParameter { device: Some(DeviceClass::Balance), ..number(Unit::Kilogram, 2) };
    let by_hand = NumberParameter { plausible: Some(range), ..number(Unit::Kilogram, 1) };
    Batch::of(vec![
        phase(1, PhaseKind::Value(by_balance)),
        phase(2, PhaseKind::Value(by_hand)),
        phase(3, PhaseKind::Confirmation {}),
    ])
}

/// [A11-6] What a device told counts at once; what was typed beside it, or typed and not plausible, waits.
#[test]
fn a11_6_a_typed_value_waits_for_a_second_person_or_for_the_device() {
    let (first, second) = (person("operator"), person("other"));
    let mut batch = weighing();
    batch.record(1, &weighed("12.34", "12.34"), operator(&first)).unwrap();
    batch.record(2, &measured("12.3", Unit::Kilogram), operator(&first)).unwrap();
    assert_eq!(batch.standing(), [Standing::Executed, Standing::Executed, Standing::Open]);

    let mut batch = weighing();
    let typed = measured("12.34", Unit::Kilogram);
    let attempt = Attempt { phase: batch.phases[0].id, entry: &typed, corrects: None, reason: None, is_signed: true };
    assert_eq!(decide(batch.status, &batch.phases, attempt), Err(Refusal::ReasonRequired));
    let by_hand = batch.record(1, &typed, operator(&first)).unwrap();
    assert_eq!(batch.standing()[..2], [Standing::AwaitsVerification, Standing::WaitsFor(vec![1])]);
    assert_eq!(batch.record(1, &PhaseEntry::Checked, operator(&first)), Err(Refusal::SamePerson));
    let manager = |id| Acting { role: Role::ProductionManager, ..operator(id) };
    // The device confirms: nobody has to look any more.
    let mut confirmed = batch.clone();
    confirmed.correct(1, &weighed("12.34", "12.34"), Some(by_hand), operator(&first)).unwrap();
    assert_eq!(confirmed.standing()[0], Standing::Executed);
    // Or the second person does, with a signature of that meaning.
    let check = PhaseEntry::Checked;
    assert_eq!(signed_with(&batch.phases[0], &check, None), Some(SignatureMeaning::Verified));
    batch.record(1, &check, manager(&second)).unwrap();
    assert_eq!(batch.standing()[0], Standing::Executed);
    assert_eq!(batch.record(1, &check, manager(&second)), Err(Refusal::AlreadyCompleted));

    for value in ["20.1", "4.9"] {
        let mut batch = batch.clone();
        batch.record(2, &measured(value, Unit::Kilogram), operator(&first)).unwrap();
        assert_eq!(batch.standing()[1..], [Standing::AwaitsVerification, Standing::WaitsFor(vec![2])], "{value}");
        batch.record(2, &check, manager(&second)).unwrap();
        assert_eq!(batch.standing()[1..], [Standing::Executed, Standing::Open]);
    }
}

#[test]
fn what_a_device_told_is_recorded_as_it_was_told() {
    let id = person("operator");
    for (told, kept) in [("12.34", "12.35"), ("12.3", "12.30"), ("12.345", "12.34")] {
        assert_eq!(weighing().record(1, &weighed(told, kept), operator(&id)), Err(Refusal::ReadingDiffers), "{told}");
    }
    weighing().record(1, &weighed("12.345", "12.35"), operator(&id)).unwrap();
    let mut batch = weighing();
    batch.record(1, &weighed("12.34", "12.34"), operator(&id)).unwrap();
    let beside = batch.record(2, &weighed("12.3", "12.3"), operator(&id));
    assert_eq!(beside, Err(Refusal::ReadingDiffers), "no device measures this value");
}
