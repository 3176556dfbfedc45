use std::collections::BTreeSet;

use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::{
    decimal::ExactDecimal,
    deviation::DeviationCause,
    device::{DeviceClass, DeviceReading},
    equipment::EquipmentStanding,
    ids::PhaseId,
    lot::Lot,
    phase::{NumberParameter, PhaseDefinition, RecordedEntry, Verification},
    role::Role,
    signature::SignatureMeaning,
    unit::Unit,
};

/// 2026-11-24, 23:30 in Hyderabad: the day after begins there while it is still the 24th in Greenwich.
fn late() -> DateTime<Utc> {
    "2026-11-24T18:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn phase(kind: PhaseKind) -> PhaseState {
    PhaseState {
        id: PhaseId(Uuid::from_u128(1)),
        number: 1,
        definition: PhaseDefinition {
            key: "p1".into(),
            title: "Phase".into(),
            instruction: String::new(),
            kind,
            signature: None,
            performed_by: Vec::new(),
            verification: None,
            only_if: None,
            qualification: None,
        },
        status: PhaseStatus::Pending,
        version: 1,
        after: Vec::new(),
        conditions: Vec::new(),
        entries: Vec::new(),
        deviations: Vec::new(),
    }
}

fn charge() -> PhaseState {
    let quantity = NumberParameter {
        unit: Unit::Kilogram,
        places: 2,
        low: ExactDecimal::parse("9.90").ok(),
        target: None,
        high: ExactDecimal::parse("10.10").ok(),
        device: None,
        plausible: None,
    };
    let (material, material_code) = ("Povidone K30".to_owned(), "RM-1002".to_owned());
    phase(PhaseKind::MaterialCharge { material, material_code, quantity, line: None })
}

fn dryer(must_be_clean: bool) -> PhaseState {
    phase(PhaseKind::EquipmentUse { equipment_class: "Fluid-bed dryer".into(), must_be_clean })
}

fn charged(value: &str, lot: &str) -> PhaseEntry {
    PhaseEntry::Number {
        value: ExactDecimal::parse(value).unwrap(),
        unit: Unit::Kilogram,
        lot: Some(lot.into()),
        reading: None,
    }
}

fn used(equipment: &str) -> PhaseEntry {
    PhaseEntry::EquipmentUsed { equipment: equipment.into() }
}

fn lot(number: &str, status: LotStatus, expires_on: Option<&str>) -> Lot {
    let material_code = if number.starts_with('X') { "RM-1001" } else { "RM-1002" }.to_owned();
    Lot { number: number.into(), material_code, status, expires_on: expires_on.map(day), retest_on: None }
}

fn with_lots(lots: Vec<Lot>) -> Registers {
    Registers { zone: Tz::Asia__Kolkata, lots, materials: BTreeSet::from(["RM-1002".into()]), ..Registers::default() }
}

fn clean() -> EquipmentStanding {
    EquipmentStanding {
        cleanliness: Cleanliness::Clean,
        clean_until: Some(late() + chrono::TimeDelta::hours(1)),
        ..EquipmentStanding::of_new(Some(day("2026-11-24")))
    }
}

fn with_dryer(standing: EquipmentStanding) -> Registers {
    let dryer = Equipment { code: "FBD-01".into(), kind: "Fluid-bed dryer".into(), standing };
    let mill = Equipment { code: "MIL-01".into(), kind: "Mill".into(), standing: clean() };
    Registers {
        zone: Tz::Asia__Kolkata,
        equipment: vec![dryer, mill],
        kinds: BTreeSet::from(["Fluid-bed dryer".into()]),
        ..Registers::default()
    }
}

fn attempt<'a>(phase: &PhaseState, entry: &'a PhaseEntry) -> Attempt<'a> {
    Attempt { phase: phase.id, entry, corrects: None, reason: None, is_signed: false }
}

struct Asked<'a> {
    registers: &'a Registers,
    at: DateTime<Utc>,
}

impl Asked<'_> {
    fn with<T>(&self, ask: impl FnOnce(Circumstances<'_>, Acting<'_>) -> T) -> T {
        let (batch, person) = (BatchId::from("batch-1"), UserId::from("operator"));
        let acting = Acting { id: &person, role: Role::ProductionOperator, is_active: true };
        ask(Circumstances { batch: &batch, registers: self.registers, at: self.at }, acting)
    }

    fn decide(&self, phase: &PhaseState, attempt: Attempt<'_>) -> Result<Outcome, Refusal> {
        let phases = std::slice::from_ref(phase);
        self.with(|circumstances, person| circumstances.decide(BatchStatus::InProgress, phases, attempt, person))
    }

    fn judge(&self, phase: &PhaseState, attempt: Attempt<'_>) -> Judgement {
        let phases = std::slice::from_ref(phase);
        self.with(|circumstances, person| circumstances.judge(BatchStatus::InProgress, phases, attempt, person))
    }

    fn obstacle(&self, phase: &PhaseState) -> Option<Unfit> {
        let phases = std::slice::from_ref(phase);
        self.with(|circumstances, person| circumstances.obstacles(phases, person)).remove(0)
    }
}

fn asked(registers: &Registers) -> Asked<'_> {
    Asked { registers, at: late() }
}

fn refusal(registers: &Registers, phase: &PhaseState, entry: &PhaseEntry) -> Option<&'static str> {
    asked(registers).decide(phase, attempt(phase, entry)).err().map(|refusal| refusal.code())
}

#[test]
fn a_lot_is_charged_when_it_is_approved_and_in_its_time() {
    let registers = with_lots(vec![
        lot("GOOD", LotStatus::Approved, Some("2026-11-24")),
        lot("OLD", LotStatus::Approved, Some("2026-11-23")),
        lot("WAITS", LotStatus::Quarantine, None),
        lot("NEW", LotStatus::Pending, None),
        lot("BAD", LotStatus::Rejected, None),
        lot("X-1", LotStatus::Approved, None),
        Lot { retest_on: Some(day("2026-11-23")), ..lot("RETEST", LotStatus::Approved, None) },
    ]);
    for (number, code) in [
        ("GOOD", None),
        (" GOOD ", None),
        ("OLD", Some("lot_expired")),
        ("RETEST", Some("lot_retest_due")),
        ("WAITS", Some("lot_not_approved")),
        ("NEW", Some("lot_not_approved")),
        ("BAD", Some("lot_not_approved")),
        ("X-1", Some("lot_of_other_material")),
        ("NOWHERE", Some("lot_unknown")),
    ] {
        assert_eq!(refusal(&registers, &charge(), &charged("10.00", number)), code, "{number}");
    }
    // Half an hour later another day has begun in the plant.
    let after_midnight = Asked { registers: &registers, at: late() + chrono::TimeDelta::hours(1) };
    let entry = charged("10.00", "GOOD");
    let refused = after_midnight.decide(&charge(), attempt(&charge(), &entry));
    let expired = Unfit::LotExpired { lot: "GOOD".into(), on: day("2026-11-24") };
    assert_eq!(refused, Err(Refusal::Unfit(expired)));
}

#[test]
fn nobody_is_asked_for_a_reason_or_a_signature_in_vain() {
    let registers = with_lots(vec![lot("WAITS", LotStatus::Quarantine, None)]);
    assert_eq!(refusal(&registers, &charge(), &charged("12.00", "WAITS")), Some("lot_not_approved"));
    let mut signed = charge();
    signed.definition.signature = Some(SignatureMeaning::Performed);
    assert_eq!(refusal(&registers, &signed, &charged("10.00", "WAITS")), Some("lot_not_approved"));
    assert_eq!(refusal(&registers, &charge(), &PhaseEntry::Confirmed), Some("wrong_entry_kind"));
}

#[test]
fn what_the_plant_has_not_entered_yet_is_not_asked_for() {
    let none = Registers::default();
    assert_eq!(refusal(&none, &charge(), &charged("10.00", "ANY")), None);
    assert_eq!(refusal(&none, &dryer(true), &used("ANY")), None);
    let mut asks = charge();
    asks.definition.qualification = Some("SOP-1".into());
    assert_eq!(refusal(&none, &asks, &charged("10.00", "ANY")), None);
    assert_eq!(asked(&none).obstacle(&asks), None);
    // A lot that is known to be of something else is one all the same.
    let other = Registers { lots: vec![lot("X-1", LotStatus::Approved, None)], ..Registers::default() };
    assert_eq!(refusal(&other, &charge(), &charged("10.00", "X-1")), Some("lot_of_other_material"));
}

#[test]
fn equipment_is_used_when_it_is_ready_clean_and_calibrated() {
    let cases: [(EquipmentStanding, Option<&str>); 10] = [
        (clean(), None),
        (EquipmentStanding { calibration_due: Some(day("2026-11-23")), ..clean() }, Some("calibration_overdue")),
        (EquipmentStanding { calibration_due: None, ..clean() }, None),
        (EquipmentStanding { clean_until: Some(late()), ..clean() }, Some("cleaning_expired")),
        (EquipmentStanding { cleanliness: Cleanliness::Dirty, ..clean() }, Some("equipment_dirty")),
        (EquipmentStanding { cleanliness: Cleanliness::PendingVerification, ..clean() }, Some("cleaning_not_verified")),
        (EquipmentStanding { state: EquipmentState::UnderQaHold, ..clean() }, Some("equipment_on_hold")),
        (EquipmentStanding { state: EquipmentState::Breakdown, ..clean() }, Some("equipment_not_ready")),
        (clean().used_for(&BatchId::from("batch-2")), Some("equipment_in_use")),
        (clean().used_for(&BatchId::from("batch-1")), None),
    ];
    for (standing, code) in cases {
        assert_eq!(refusal(&with_dryer(standing.clone()), &dryer(true), &used("FBD-01")), code, "{standing:?}");
    }
    let dirty = with_dryer(EquipmentStanding { cleanliness: Cleanliness::Dirty, ..clean() });
    assert_eq!(refusal(&dirty, &dryer(false), &used("FBD-01")), None);
    assert_eq!(refusal(&dirty, &dryer(true), &used("MIL-01")), Some("equipment_of_other_kind"));
    assert_eq!(refusal(&dirty, &dryer(true), &used("FBD-09")), Some("equipment_unknown"));
    let check = phase(PhaseKind::CleaningCheck { equipment_class: "Fluid-bed dryer".into() });
    let found = PhaseEntry::FoundClean { equipment: "FBD-01".into() };
    assert_eq!(refusal(&dirty, &check, &found), Some("equipment_dirty"));
    // Who looks whether it is clean measures nothing with it.
    let overdue = with_dryer(EquipmentStanding { calibration_due: Some(day("2026-11-23")), ..clean() });
    assert_eq!(refusal(&overdue, &check, &found), None);
}

#[test]
fn a_person_executes_what_they_are_qualified_for() {
    let mut asks = phase(PhaseKind::Confirmation {});
    asks.definition.qualification = Some("SOP-1".into());
    let held = |person: &str, until: &str, is_withdrawn: bool| Qualification {
        person_id: UserId::from(person),
        procedure_code: "SOP-1".into(),
        valid_until: day(until),
        is_withdrawn,
    };
    for (qualification, code) in [
        (held("operator", "2026-11-24", false), None),
        (held("operator", "2026-11-23", false), Some("qualification_expired")),
        (held("operator", "2027-11-23", true), Some("qualification_missing")),
        (held("somebody-else", "2027-11-23", false), Some("qualification_missing")),
    ] {
        let registers = Registers {
            zone: Tz::Asia__Kolkata,
            qualifications: vec![qualification.clone()],
            procedures: BTreeSet::from(["SOP-1".into()]),
            ..Registers::default()
        };
        assert_eq!(refusal(&registers, &asks, &PhaseEntry::Confirmed), code, "{qualification:?}");
        assert_eq!(asked(&registers).obstacle(&asks).map(|unfit| unfit.code()), code, "{qualification:?}");
    }
}

#[test]
fn what_was_done_with_something_unfit_takes_effect_and_opens_a_deviation() {
    let registers = with_lots(vec![lot("OLD", LotStatus::Approved, Some("2026-11-20"))]);
    let entry = charged("10.00", "OLD");
    let Judgement::Applied(outcome) = asked(&registers).judge(&charge(), attempt(&charge(), &entry)) else {
        panic!("the material was charged");
    };
    assert_eq!(outcome.phase_status, PhaseStatus::Completed);
    assert_eq!(outcome.deviation.map(|opened| opened.cause), Some(DeviationCause::LotUnfit));
    assert_eq!(outcome.unfit.map(|unfit| unfit.code()), Some("lot_expired"));
    let good = with_lots(vec![lot("OLD", LotStatus::Approved, None)]);
    let Judgement::Applied(outcome) = asked(&good).judge(&charge(), attempt(&charge(), &entry)) else {
        panic!("the material was charged");
    };
    assert_eq!((outcome.deviation, outcome.unfit), (None, None));
}

#[test]
fn a_corrected_figure_does_not_judge_the_lot_anew() {
    let registers =
        with_lots(vec![lot("OLD", LotStatus::Approved, Some("2026-11-20")), lot("WAITS", LotStatus::Quarantine, None)]);
    let mut done = charge();
    done.status = PhaseStatus::Completed;
    let first = Uuid::from_u128(7);
    done.entries = vec![RecordedEntry {
        operation_id: first,
        entry: charged("10.00", "OLD"),
        corrects: None,
        person_id: "operator".into(),
        person_name: "Operator".into(),
        recorded_at: "2026-11-19T08:00:00Z".parse().unwrap(),
        reason: None,
        signature: None,
        deviation: None,
    }];
    let correct = |entry: &PhaseEntry| {
        let attempt = Attempt { corrects: Some(first), reason: Some("typing error"), ..attempt(&done, entry) };
        asked(&registers).decide(&done, attempt).err().map(|refusal| refusal.code())
    };
    assert_eq!(correct(&charged("10.01", "OLD")), None);
    assert_eq!(correct(&charged("10.00", "WAITS")), Some("lot_not_approved"));
    // Another lot is asked for by the day on which it was charged.
    done.entries[0].entry = charged("10.00", "OTHER");
    let old = charged("10.00", "OLD");
    let attempt = Attempt { corrects: Some(first), reason: Some("wrong label"), ..attempt(&done, &old) };
    assert!(asked(&registers).decide(&done, attempt).is_ok());
}

#[test]
fn who_verifies_is_not_asked_for_the_operators_qualification() {
    let mut asks = charge();
    asks.definition.qualification = Some("SOP-1".into());
    asks.definition.verification = Some(Verification::default());
    asks.status = PhaseStatus::RequiresApproval;
    let registers = Registers { procedures: BTreeSet::from(["SOP-1".into()]), ..with_lots(Vec::new()) };
    let attempt = Attempt { is_signed: true, ..attempt(&asks, &PhaseEntry::Checked) };
    assert!(asked(&registers).decide(&asks, attempt).is_ok());
}

#[test]
fn a_phase_that_is_repeated_is_stopped_like_one_that_is_begun() {
    let mut done = charge();
    done.status = PhaseStatus::Completed;
    let first = Uuid::from_u128(7);
    done.entries = vec![RecordedEntry {
        operation_id: first,
        entry: charged("12.00", "OLD"),
        corrects: None,
        person_id: "operator".into(),
        person_name: "Operator".into(),
        recorded_at: "2026-11-19T08:00:00Z".parse().unwrap(),
        reason: None,
        signature: None,
        deviation: Some(DeviationCause::OutOfLimits),
    }];
    done.deviations = vec![crate::execution::PhaseDeviation {
        operation_id: first,
        code: "DEV-26-001".into(),
        status: crate::deviation::DeviationStatus::Closed,
        disposition: Some(crate::deviation::Disposition::Repeat),
    }];
    let turn = |registers: &Registers| {
        let phases = std::slice::from_ref(&done);
        asked(registers)
            .with(|circumstances, person| circumstances.turns(BatchStatus::InProgress, phases, person).remove(0))
    };
    assert_eq!(turn(&with_lots(vec![lot("GOOD", LotStatus::Approved, None)])), Ok(Turn::Repeat));
    let stopped = turn(&with_lots(vec![lot("OLD", LotStatus::Approved, Some("2026-11-20"))]));
    assert_eq!(stopped.unwrap_err().code(), "no_lot_fit");
    // What is charged anew is looked up anew, even when it is the same lot.
    let expired = with_lots(vec![lot("OLD", LotStatus::Approved, Some("2026-11-20"))]);
    let again = charged("10.00", "OLD");
    let again = Attempt { corrects: Some(first), reason: Some("as decided"), ..attempt(&done, &again) };
    assert_eq!(asked(&expired).decide(&done, again).unwrap_err().code(), "lot_expired");
}

#[test]
fn a_timer_that_runs_is_stopped_whatever_day_it_has_become() {
    let mut running = phase(PhaseKind::Timer { minimum_seconds: 1, maximum_seconds: None });
    running.definition.qualification = Some("SOP-1".into());
    let registers = Registers { procedures: BTreeSet::from(["SOP-1".into()]), ..Registers::default() };
    let start = attempt(&running, &PhaseEntry::TimerStarted);
    assert_eq!(asked(&registers).decide(&running, start).unwrap_err().code(), "qualification_missing");
    running.status = PhaseStatus::InProgress;
    let stop = attempt(&running, &PhaseEntry::TimerStopped { elapsed_seconds: 5 });
    assert!(asked(&registers).decide(&running, stop).is_ok());
    assert_eq!(asked(&registers).obstacle(&running), None);
}

#[test]
fn a_phase_says_what_stops_it_before_it_is_begun() {
    let unfit = |registers: &Registers, phase: &PhaseState| asked(registers).obstacle(phase).map(|unfit| unfit.code());
    let old = lot("OLD", LotStatus::Approved, Some("2026-11-20"));
    assert_eq!(unfit(&with_lots(vec![old.clone()]), &charge()), Some("no_lot_fit"));
    assert_eq!(unfit(&with_lots(vec![old, lot("GOOD", LotStatus::Approved, None)]), &charge()), None);
    let overdue = EquipmentStanding { calibration_due: Some(day("2026-11-01")), ..clean() };
    assert_eq!(unfit(&with_dryer(overdue.clone()), &dryer(true)), Some("calibration_overdue"));
    let mut two = with_dryer(overdue);
    two.equipment.push(Equipment {
        code: "FBD-02".into(),
        kind: "Fluid-bed dryer".into(),
        standing: EquipmentStanding { cleanliness: Cleanliness::Dirty, ..clean() },
    });
    assert_eq!(unfit(&two, &dryer(true)), Some("no_equipment_fit"));
    two.equipment[2].standing = clean();
    assert_eq!(unfit(&two, &dryer(true)), None);
    let mut done = dryer(true);
    done.status = PhaseStatus::Completed;
    two.equipment.truncate(1);
    assert_eq!(unfit(&two, &done), None);
}

proptest! {
    /// Whatever a lot is like: what may be charged now is judged as accepted, and what may not opens a deviation.
    #[test]
    fn what_is_decided_here_is_judged_so_there(
        status in 0..LotStatus::ALL.len(),
        expires in proptest::option::of(-3_i64..3),
        retest in proptest::option::of(-3_i64..3),
        value in 980_i64..1020,
    ) {
        let from_today = |days: i64| day("2026-11-24") + chrono::TimeDelta::days(days);
        let known = Lot {
            expires_on: expires.map(from_today),
            retest_on: retest.map(from_today),
            ..lot("L", LotStatus::ALL[status], None)
        };
        let may = known.status == LotStatus::Approved && known.usable_until().is_none_or(|last| last >= day("2026-11-24"));
        let registers = with_lots(vec![known]);
        let entry = charged(&format!("{}.{:02}", value / 100, value % 100), "L");
        let attempt = Attempt { reason: Some("as weighed"), ..attempt(&charge(), &entry) };
        let decided = asked(&registers).decide(&charge(), attempt);
        prop_assert_eq!(decided.is_ok(), may);
        let Judgement::Applied(outcome) = asked(&registers).judge(&charge(), attempt) else {
            return Err(TestCaseError::fail("a charge happened"));
        };
        prop_assert_eq!(outcome.unfit.is_none(), may);
        if !may {
            prop_assert_eq!(outcome.deviation.map(|opened| opened.cause), Some(DeviationCause::LotUnfit));
        }
        if let Ok(decided) = decided {
            prop_assert_eq!(decided, outcome);
        }
    }
}

/// A balance is shared by batches; it may run for another one, and must be neither broken nor out of calibration.
#[test]
fn s88_3_a_value_is_read_from_equipment_that_is_calibrated_and_free_of_holds() {
    let number = NumberParameter {
        unit: Unit::Kilogram,
        places: 2,
        low: None,
        target: None,
        high: None,
        device: Some(DeviceClass::Balance),
        plausible: None,
    };
    let weighed = |device: &str| PhaseEntry::Number {
        value: ExactDecimal::parse("10.00").unwrap(),
        unit: Unit::Kilogram,
        lot: None,
        reading: Some(DeviceReading {
            device: device.into(),
            serial_number: "B021002593".into(),
            value: ExactDecimal::parse("10.00").unwrap(),
            unit: Unit::Kilogram,
            line: "S S      10.00 kg".into(),
            read_at: late(),
        }),
    };
    let phase = phase(PhaseKind::Value(number));
    let with = |standing: EquipmentStanding| Registers {
        zone: Tz::Asia__Kolkata,
        equipment: vec![Equipment { code: "BAL-02".into(), kind: "Balance".into(), standing }],
        ..Registers::default()
    };
    let fit = EquipmentStanding::of_new(Some(day("2026-11-24")));
    let running =
        EquipmentStanding { state: EquipmentState::Running, in_use_for: Some(BatchId::from("another")), ..fit.clone() };
    let entry = weighed("BAL-02");
    for registers in [with(fit.clone()), with(running), Registers::default()] {
        assert!(asked(&registers).decide(&phase, attempt(&phase, &entry)).is_ok());
    }
    let overdue = with(EquipmentStanding { calibration_due: Some(day("2026-11-23")), ..fit.clone() });
    let refused = asked(&overdue).decide(&phase, attempt(&phase, &entry)).unwrap_err();
    assert_eq!(refused.code(), "calibration_overdue");
    let Judgement::Applied(outcome) = asked(&overdue).judge(&phase, attempt(&phase, &entry)) else {
        panic!("it happened")
    };
    assert_eq!(outcome.deviation.unwrap().cause, DeviationCause::EquipmentUnfit);
    let held = with(EquipmentStanding { state: EquipmentState::UnderQaHold, ..fit });
    assert_eq!(asked(&held).decide(&phase, attempt(&phase, &entry)).unwrap_err().code(), "equipment_on_hold");
    let wanted = Wanted::for_entry(&phase, &entry, &UserId::from("operator"));
    assert!(!wanted.is_empty() && wanted.equipment.as_deref() == Some("BAL-02"));
}
