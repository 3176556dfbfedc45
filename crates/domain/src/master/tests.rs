use proptest::prelude::*;

use super::*;
use crate::{
    decimal::ExactDecimal,
    ids::UserId,
    person::Acting,
    phase::{ChoiceOption, NumberParameter, PhaseDefinition, PhaseKind, Verification},
    quantity::Rounding,
    role::Role,
    signature::SignatureMeaning,
    unit::Unit,
};

fn decimal(text: &str) -> ExactDecimal {
    ExactDecimal::parse(text).unwrap()
}

fn number(unit: Unit, places: u32, limits: [&str; 3]) -> NumberParameter {
    let [low, target, high] = limits.map(|limit| ExactDecimal::parse(limit).ok());
    NumberParameter { unit, places, low, target, high, device: None, plausible: None }
}

fn phase(key: &str, kind: PhaseKind) -> PhaseDefinition {
    PhaseDefinition {
        key: key.to_owned(),
        title: format!("Title of {key}"),
        instruction: "Do it.".to_owned(),
        kind,
        signature: None,
        performed_by: Vec::new(),
        verification: None,
        only_if: None,
        qualification: None,
    }
}

fn operation(name: &str, arrangement: Arrangement, phases: Vec<PhaseDefinition>) -> Operation {
    Operation { name: name.to_owned(), arrangement, only_if: None, phases }
}

fn unit(name: &str, arrangement: Arrangement, operations: Vec<Operation>) -> UnitProcedure {
    UnitProcedure { name: name.to_owned(), arrangement, only_if: None, operations }
}

/// A small procedure with everything in it, and nothing wrong.
fn whole() -> Procedure {
    use Arrangement::{Parallel, Sequence};
    let charge = PhaseKind::MaterialCharge {
        material: "Metformin HCl".to_owned(),
        material_code: "RM-100".to_owned(),
        quantity: number(Unit::Kilogram, 2, ["169.00", "170.00", "171.00"]),
        line: Some("api".to_owned()),
    };
    let clean = PhaseKind::Choice {
        options: ["Clean", "Not clean"]
            .map(|text| ChoiceOption { text: text.to_owned(), is_expected: text == "Clean" })
            .to_vec(),
    };
    let dried = number(Unit::Percent, 2, ["", "", "2.00"]);
    let mut again = phase("DRY-020", PhaseKind::Timer { minimum_seconds: 60, maximum_seconds: None });
    again.only_if = Some("{DRY-010} > 2[%]".to_owned());
    let mut check = phase("CHK-010", PhaseKind::SecondPersonCheck { of: vec!["DSP-020".to_owned()] });
    check.signature = Some(SignatureMeaning::Verified);
    let yielded = PhaseKind::Calculation {
        expression: "{DSP-020} / 170[kg]".to_owned(),
        rounding: Rounding::HalfUp,
        result: number(Unit::Percent, 1, ["97.0", "", "102.0"]),
    };
    let mut charged = phase("DSP-020", charge);
    charged.signature = Some(SignatureMeaning::Performed);
    charged.verification = Some(Verification { by: vec![Role::ProductionManager] });
    Procedure {
        product: "Metformin".to_owned(),
        product_code: "MET500".to_owned(),
        batch_size: decimal("200.00"),
        batch_unit: Unit::Kilogram,
        recipe: vec![RecipeLine {
            key: "api".to_owned(),
            material: "Metformin HCl".to_owned(),
            material_code: "RM-100".to_owned(),
            quantity: decimal("170.00"),
            unit: Unit::Kilogram,
            tolerance_percent: decimal("0.5"),
            is_by_potency: true,
        }],
        expected_yield: Some(ExpectedYield {
            phase: "YLD-010".to_owned(),
            low_percent: decimal("97"),
            high_percent: decimal("102"),
        }),
        arrangement: Sequence,
        unit_procedures: vec![
            unit(
                "Dispensing",
                Parallel,
                vec![
                    operation("Room", Sequence, vec![phase("DSP-010", clean)]),
                    operation("Weighing", Sequence, vec![charged, check]),
                ],
            ),
            unit(
                "Drying",
                Sequence,
                vec![
                    operation("Drying", Sequence, vec![phase("DRY-010", PhaseKind::InProcessCheck(dried)), again]),
                    operation("Yield", Sequence, vec![phase("YLD-010", yielded)]),
                ],
            ),
        ],
    }
}

fn found(procedure: &Procedure) -> Vec<(String, FaultCode)> {
    faults(procedure).into_iter().map(|fault| (fault.path, fault.code)).collect()
}

/// The faults after one change of the whole procedure.
fn after(change: impl FnOnce(&mut Procedure)) -> Vec<(String, FaultCode)> {
    let mut procedure = whole();
    change(&mut procedure);
    found(&procedure)
}

fn at(path: &str, code: FaultCode) -> Vec<(String, FaultCode)> {
    vec![(path.to_owned(), code)]
}

#[test]
fn what_each_phase_waits_for_follows_from_the_arrangement() {
    let procedure = whole();
    let placed: Vec<_> =
        procedure.phases().into_iter().map(|one| (one.number, one.phase.key.clone(), one.after, one.path)).collect();
    let expected = [
        (1, "DSP-010", vec![], "/unit_procedures/0/operations/0/phases/0"),
        (2, "DSP-020", vec![], "/unit_procedures/0/operations/1/phases/0"),
        (3, "CHK-010", vec![2], "/unit_procedures/0/operations/1/phases/1"),
        (4, "DRY-010", vec![1, 3], "/unit_procedures/1/operations/0/phases/0"),
        (5, "DRY-020", vec![4], "/unit_procedures/1/operations/0/phases/1"),
        (6, "YLD-010", vec![5], "/unit_procedures/1/operations/1/phases/0"),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(number, key, after, path)| (number, key.to_owned(), after, path.to_owned()))
        .collect();
    assert_eq!(placed, expected);
}

#[test]
fn an_empty_parallel_part_lets_nothing_begin_too_early() {
    let mut procedure = whole();
    procedure.unit_procedures.insert(1, unit("Empty", Arrangement::Parallel, Vec::new()));
    assert_eq!(procedure.phases()[3].after, vec![1, 3]);
}

#[test]
fn a_right_procedure_has_no_faults() {
    assert_eq!(found(&whole()), Vec::new());
}

#[test]
fn every_fault_is_found_and_placed() {
    use FaultCode::*;
    let kind = "/unit_procedures/0/operations/1/phases/0/kind";
    assert_eq!(after(|p| p.product = " ".to_owned()), at("/product", TextMissing));
    assert_eq!(after(|p| p.product_code = "x".repeat(51)), at("/product_code", TextTooLong));
    assert_eq!(after(|p| p.batch_size = decimal("0.00")), at("/batch_size", NotPositive));
    assert_eq!(
        after(|p| p.recipe[0].material_code = "RM-2".to_owned()),
        at(&format!("{kind}/material_code"), RecipeLineDiffers)
    );
    assert_eq!(after(|p| p.recipe[0].unit = Unit::Litre), at(&format!("{kind}/quantity/unit"), RecipeLineDiffers));
    assert_eq!(
        after(|p| p.recipe[0].key = "other".to_owned()),
        vec![("/recipe/0".to_owned(), RecipeLineNotCharged), (format!("{kind}/line"), RecipeLineUnknown)],
    );
    assert_eq!(
        after(|p| p.unit_procedures[0].operations[0].phases[0].key = "DSP 1".to_owned()),
        at("/unit_procedures/0/operations/0/phases/0/key", KeyNotAllowed),
    );
    assert_eq!(
        after(|p| p.unit_procedures[0].operations[0].phases[0].key = "DRY-020".to_owned()),
        at("/unit_procedures/1/operations/0/phases/1/key", KeyTaken),
    );
    assert_eq!(
        after(|p| p.unit_procedures[1].operations[1].phases.clear()),
        vec![
            ("/expected_yield/phase".to_owned(), PhaseUnknown),
            ("/unit_procedures/1/operations/1/phases".to_owned(), PartsMissing),
        ],
    );
    assert_eq!(
        after(|p| p.unit_procedures[0].operations[1].phases[0].performed_by = vec![Role::SalesPerson]),
        at("/unit_procedures/0/operations/1/phases/0/performed_by/0", RoleUnfit),
    );
    assert_eq!(
        after(|p| p.unit_procedures[0].operations[1].phases[1].signature = None),
        at("/unit_procedures/0/operations/1/phases/1/signature", SignatureUnfit),
    );
    assert_eq!(
        after(|p| {
            let check = PhaseKind::SecondPersonCheck { of: vec!["DSP-010".to_owned(), "NOWHERE".to_owned()] };
            p.unit_procedures[0].operations[1].phases[1].kind = check;
        }),
        // The room is in a branch beside the weighing, not before it.
        vec![
            ("/unit_procedures/0/operations/1/phases/1/kind/of/0".to_owned(), PhaseNotEarlier),
            ("/unit_procedures/0/operations/1/phases/1/kind/of/1".to_owned(), PhaseUnknown),
        ],
    );
    assert_eq!(
        after(|p| p.expected_yield.as_mut().unwrap().phase = "DRY-010".to_owned()),
        at("/expected_yield/phase", NotAYield)
    );
}

#[test]
fn every_kind_of_phase_is_looked_through() {
    use FaultCode::*;
    let path = "/unit_procedures/0/operations/0/phases/0/kind";
    let of = |kind: PhaseKind| after(|p| p.unit_procedures[0].operations[0].phases[0].kind = kind);
    let crossed = PhaseKind::Value(number(Unit::Kilogram, 1, ["5.0", "4.0", "3.0"]));
    assert_eq!(of(crossed), vec![(format!("{path}/high"), LimitsCrossed), (format!("{path}/target"), LimitsCrossed)],);
    let crossed = PhaseKind::Value(number(Unit::Kilogram, 0, ["5", "", "3"]));
    assert_eq!(of(crossed), at(&format!("{path}/high"), LimitsCrossed));
    let places = PhaseKind::InProcessCheck(number(Unit::Kilogram, 1, ["5.00", "", ""]));
    assert_eq!(of(places), at(&format!("{path}/low"), TooManyPlaces));
    assert_eq!(of(PhaseKind::Text { longest: 0 }), at(&format!("{path}/longest"), TooMany));
    let option = |text: &str| ChoiceOption { text: text.to_owned(), is_expected: false };
    assert_eq!(
        of(PhaseKind::Choice { options: vec![option("A"), option("A")] }),
        vec![(format!("{path}/options"), NoneExpected), (format!("{path}/options/1/text"), OptionTwice)],
    );
    let timer = PhaseKind::Timer { minimum_seconds: 10, maximum_seconds: Some(9) };
    assert_eq!(of(timer), at(&format!("{path}/maximum_seconds"), LimitsCrossed));
    let use_of = PhaseKind::EquipmentUse { equipment_class: String::new(), must_be_clean: true };
    assert_eq!(of(use_of), at(&format!("{path}/equipment_class"), TextMissing));
    let sample = PhaseKind::SampleRequest { sample: "Blend".to_owned(), tests: vec!["\u{7}".to_owned()] };
    assert_eq!(of(sample), at(&format!("{path}/tests/0"), TextNotAllowed));
}

#[test]
fn expressions_know_what_comes_before_and_what_it_measures() {
    use FaultCode::*;
    let calculation = "/unit_procedures/1/operations/1/phases/0/kind/expression";
    let calculated = |text: &str| {
        after(|p| {
            if let PhaseKind::Calculation { expression, .. } = &mut p.unit_procedures[1].operations[1].phases[0].kind {
                *expression = text.to_owned();
            }
        })
    };
    assert_eq!(calculated("{DSP-020} /"), at(calculation, ExpressionWrong));
    assert_eq!(calculated("{DSP-020} / 170[L]"), at(calculation, ExpressionOfAnotherMeasure));
    assert_eq!(calculated("{YLD-010} / 2"), at(calculation, PhaseNotEarlier));
    assert_eq!(calculated("{CHK-010} / 2"), at(calculation, ExpressionWrong));
    let condition = |text: &str| after(|p| p.unit_procedures[1].only_if = Some(text.to_owned()));
    assert_eq!(condition("{DSP-010} = 'Clean'"), Vec::new());
    assert_eq!(condition("{DSP-020}"), at("/unit_procedures/1/only_if", ExpressionNotACondition));
    // It would decide on the very phase that it names.
    assert_eq!(condition("{DRY-010} > 1[%]"), at("/unit_procedures/1/only_if", PhaseNotEarlier));
}

#[test]
fn a_procedure_survives_its_file() {
    let procedure = whole();
    let text = serde_json::to_string(&procedure).unwrap();
    assert_eq!(serde_json::from_str::<Procedure>(&text).unwrap(), procedure);
}

#[test]
fn differences_are_told_by_phase_and_field() {
    let older = whole();
    let mut newer = whole();
    newer.batch_size = decimal("210.00");
    newer.recipe[0].tolerance_percent = decimal("1.0");
    let check = newer.unit_procedures[0].operations[1].phases.remove(1);
    newer.unit_procedures[0].operations[0].phases.push(check);
    newer.unit_procedures[1].operations[0].phases.remove(1);
    if let PhaseKind::MaterialCharge { quantity, .. } = &mut newer.unit_procedures[0].operations[1].phases[0].kind {
        quantity.high = ExactDecimal::parse("172.00").ok();
    }
    newer.unit_procedures[1].operations[1].phases.push(phase("END-010", PhaseKind::Confirmation {}));
    let told: Vec<String> = differences(&older, &newer)
        .unwrap()
        .into_iter()
        .map(|change| {
            let text = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
            format!(
                "{} {} {}: {} → {}",
                change.kind,
                change.place.join("/"),
                change.field,
                text(change.before),
                text(change.after),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "changed  batch_size: 200.00 → 210.00",
            "changed api tolerance_percent: 0.5 → 1.0",
            "moved Dispensing/Room/CHK-010 : Dispensing ▸ Weighing ▸ CHK-010 → Dispensing ▸ Room ▸ CHK-010",
            "changed Dispensing/Weighing/DSP-020 kind.quantity.high: 171.00 → 172.00",
            "added Drying/Yield/END-010 : — → Title of END-010",
            "removed Drying/Drying/DRY-020 : Title of DRY-020 → —",
        ]
    );
    assert_eq!(differences(&older, &older).unwrap(), Vec::new());
}

const AUTHOR: &str = "prod-head-1";

fn acting(id: &UserId, role: Role) -> Acting<'_> {
    Acting { id, role, is_active: true }
}

#[test]
fn s88_2_a_version_becomes_effective_in_steps_and_by_two_people() {
    use MasterRecordStatus::*;
    let (author, approver) = (UserId::from(AUTHOR), UserId::from("qa-head-1"));
    let authors = [author.clone()];
    let version = |status| Version { status, authors: &authors, has_faults: false };
    let by_author = acting(&author, Role::ProductionHead);
    let by_approver = acting(&approver, Role::QaHead);
    assert_eq!(step(version(Draft), Step::Submit, by_author), Ok(InReview));
    assert_eq!(step(version(InReview), Step::Approve, by_approver), Ok(Approved));
    assert_eq!(step(version(InReview), Step::Return, by_approver), Ok(Draft));
    assert_eq!(step(version(Approved), Step::MakeEffective, by_approver), Ok(Effective));
    assert_eq!(step(version(Effective), Step::Withdraw, by_approver), Ok(Withdrawn));
    for (status, refused) in [(Draft, Step::MakeEffective), (InReview, Step::MakeEffective), (Effective, Step::Edit)] {
        let person = if refused == Step::Edit { by_author } else { by_approver };
        assert_eq!(step(version(status), refused, person), Err(LifecycleRefusal::NotInThisStatus(status)));
    }
    // The same person, also in a role that approves (SoD).
    let promoted = acting(&author, Role::QaHead);
    assert_eq!(step(version(InReview), Step::Approve, promoted), Err(LifecycleRefusal::OwnWork));
    let faulty = Version { has_faults: true, ..version(Draft) };
    assert_eq!(step(faulty, Step::Submit, by_author), Err(LifecycleRefusal::HasFaults));
}

proptest! {
    /// Whatever is tried by whomever, a version is effective only after it was approved by somebody who did not write it.
    #[test]
    fn s88_2_nothing_becomes_effective_without_a_second_person(
        tries in prop::collection::vec((0usize..6, 0usize..4), 0..40),
    ) {
        let people = ["a", "b", "c", "d"].map(UserId::from);
        let roles = [Role::ProductionHead, Role::QaHead, Role::QaManager, Role::ProductionOperator];
        let steps = [Step::Edit, Step::Submit, Step::Return, Step::Approve, Step::MakeEffective, Step::Withdraw];
        let mut status = MasterRecordStatus::Draft;
        let mut authors = vec![people[0].clone()];
        let mut approved_by = None;
        for (which, who) in tries {
            let person = acting(&people[who], roles[who]);
            let version = Version { status, authors: &authors, has_faults: false };
            let Ok(next) = step(version, steps[which], person) else { continue };
            match steps[which] {
                Step::Edit => authors.push(people[who].clone()),
                Step::Approve => approved_by = Some(who),
                Step::Return => approved_by = None,
                _ => {}
            }
            status = next;
            if status == MasterRecordStatus::Effective {
                let approver = approved_by.expect("approved before");
                prop_assert!(!authors.contains(&people[approver]));
            }
        }
    }

    #[test]
    fn nothing_makes_the_checks_fail(texts in prop::collection::vec("\\PC{0,12}", 6)) {
        let mut procedure = whole();
        procedure.product.clone_from(&texts[0]);
        procedure.recipe[0].key.clone_from(&texts[1]);
        procedure.unit_procedures[1].only_if = Some(texts[2].clone());
        procedure.unit_procedures[0].operations[0].name.clone_from(&texts[3]);
        procedure.unit_procedures[0].operations[0].phases[0].key.clone_from(&texts[4]);
        if let PhaseKind::Calculation { expression, .. } = &mut procedure.unit_procedures[1].operations[1].phases[0].kind {
            expression.clone_from(&texts[5]);
        }
        let found = faults(&procedure);
        let text = serde_json::to_value(&procedure).unwrap();
        for fault in found {
            // Every fault names a place that is there, or a field that is missing there.
            let parent = fault.path.rsplit_once('/').map_or("", |(parent, _)| parent);
            prop_assert!(text.pointer(parent).is_some(), "{}", fault.path);
        }
    }
}
