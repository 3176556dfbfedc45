use proptest::prelude::*;

use super::*;
use crate::quantity::Rounding;

fn decimal(text: &str) -> ExactDecimal {
    ExactDecimal::parse(text).unwrap()
}

fn phase(key: &str) -> Option<Value> {
    Some(match key {
        "DSP-120" => Value::Number(Quantity::new(decimal("170.10"), Unit::Kilogram)),
        "DSP-130" => Value::Number(Quantity::new(decimal("900"), Unit::Gram)),
        "ASSAY" => Value::Number(Quantity::new(decimal("98.5"), Unit::Percent)),
        "TABLETS" => Value::Number(Quantity::new(decimal("297000"), Unit::Tablet)),
        "CLEAN" => Value::Text("Yes".to_owned()),
        _ => return None,
    })
}

fn kind(key: &str) -> Option<Kind> {
    phase(key).map(|value| match value {
        Value::Number(quantity) => Kind::Number(quantity.dimension),
        Value::Text(_) => Kind::Text,
        Value::Truth(_) => Kind::Truth,
    })
}

fn calculated(text: &str, unit: Unit, places: u32) -> String {
    let expression = Expression::parse(text).unwrap();
    assert!(matches!(expression.check(&kind), Ok(Kind::Number(_))), "{text}");
    let Value::Number(quantity) = expression.value(&phase).unwrap() else { panic!("{text} is no number") };
    quantity.rounded(unit, places, Rounding::HalfUp).unwrap().to_string()
}

fn holds(text: &str) -> bool {
    let expression = Expression::parse(text).unwrap();
    assert_eq!(expression.check(&kind), Ok(Kind::Truth), "{text}");
    expression.value(&phase) == Ok(Value::Truth(true))
}

#[test]
fn yields_and_potency_are_calculated_in_their_units() {
    assert_eq!(calculated("{DSP-120} + {DSP-130}", Unit::Kilogram, 2), "171.00");
    assert_eq!(calculated("{TABLETS} * 0.56[g] / 171[kg]", Unit::Percent, 1), "97.3");
    // The quantity to charge of a material whose lot is 98.5 % pure.
    assert_eq!(calculated("170.10[kg] / {ASSAY}", Unit::Kilogram, 3), "172.690");
    assert_eq!(calculated("1[kg] / 3 * 3", Unit::Gram, 10), "1000.0000000000");
    assert_eq!(calculated("-(2 + 3) * 4 - 10 / 4", Unit::Each, 1), "-22.5");
    assert_eq!(calculated("max({DSP-120}, 1[g], 200[kg]) - min(1[kg], 500[g])", Unit::Kilogram, 1), "199.5");
    assert_eq!(calculated("abs({DSP-130} - {DSP-120})", Unit::Kilogram, 1), "169.2");
}

#[test]
fn conditions_compare_numbers_in_any_unit_of_their_measure_and_texts() {
    assert!(holds("{DSP-120} > 170000[g] and {CLEAN} = 'Yes'"));
    assert!(holds("not {CLEAN} = 'No' and ({ASSAY} >= 98.5[%] or {ASSAY} < 0)"));
    assert!(holds("{ASSAY} = 0.985"));
    assert!(!holds("{DSP-130} != 0.9[kg]"));
    assert!(!holds("not (1 < 2)"));
}

#[test]
fn the_second_half_of_a_condition_is_not_asked_when_the_first_decides() {
    let expression = Expression::parse("{CLEAN} = 'No' and {LATER} > 1").unwrap();
    assert_eq!(expression.value(&phase), Ok(Value::Truth(false)));
    let needed = Expression::parse("{CLEAN} = 'Yes' and {LATER} > 1").unwrap();
    assert_eq!(needed.value(&phase), Err(NoValue::PhaseWithoutValue("LATER".to_owned())));
}

#[test]
fn faults_say_what_and_where() {
    let parsed = |text: &str| Expression::parse(text).unwrap_err();
    let at = |at, problem| ExpressionFault { at, problem };
    assert_eq!(parsed(""), at(0, ExpressionProblem::Incomplete));
    assert_eq!(parsed("1 +"), at(3, ExpressionProblem::Incomplete));
    assert_eq!(parsed("1 2"), at(2, ExpressionProblem::NotUnderstood("2".to_owned())));
    assert_eq!(parsed("1.2.3"), at(0, ExpressionProblem::NotANumber("1.2.3".to_owned())));
    assert_eq!(parsed("5[stone]"), at(1, ExpressionProblem::UnknownUnit("stone".to_owned())));
    assert_eq!(parsed("sqrt(4)"), at(0, ExpressionProblem::UnknownFunction("sqrt".to_owned())));
    assert_eq!(parsed("(1"), at(2, ExpressionProblem::Incomplete));
    assert_eq!(parsed("{DSP-120"), at(8, ExpressionProblem::Incomplete));
    assert_eq!(parsed(&"(".repeat(5000)).problem, ExpressionProblem::TooLong);
    assert_eq!(parsed(&"(".repeat(500)).problem, ExpressionProblem::TooDeep);
    assert_eq!(parsed(&"-".repeat(500)).problem, ExpressionProblem::TooDeep);
    assert_eq!(parsed(&"not ".repeat(200)).problem, ExpressionProblem::TooDeep);

    let checked = |text: &str| Expression::parse(text).unwrap().check(&kind).unwrap_err();
    assert_eq!(checked("{NOWHERE} + 1"), at(0, ExpressionProblem::UnknownPhase("NOWHERE".to_owned())));
    assert_eq!(checked("{DSP-120} + 1"), at(10, ExpressionProblem::MeasuresDiffer));
    assert_eq!(checked("{DSP-120} < {CLEAN}"), at(10, ExpressionProblem::NotComparable));
    assert_eq!(checked("'a' < 'b'"), at(4, ExpressionProblem::NotComparable));
    assert_eq!(checked("1 and 2 > 1"), at(0, ExpressionProblem::ConditionNeeded));
    assert_eq!(checked("-{CLEAN}"), at(1, ExpressionProblem::NumberNeeded));
    assert_eq!(checked("min(1[kg], 1[L])"), at(0, ExpressionProblem::MeasuresDiffer));
}

#[test]
fn nothing_is_divided_by_zero() {
    let expression = Expression::parse("1 / ({DSP-130} - 900[g])").unwrap();
    assert_eq!(expression.value(&phase), Err(NoValue::DivisionByZero));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        if let Ok(expression) = Expression::parse(&text) {
            let _ = expression.check(&kind);
            let _ = expression.value(&phase);
        }
    }

    // Of everything that is checked and has its values, only a division by zero has none.
    #[test]
    fn what_is_checked_has_a_value(text in expression_text(3)) {
        let expression = Expression::parse(&text).unwrap();
        if expression.check(&kind).is_ok() {
            match expression.value(&phase) {
                Ok(_) | Err(NoValue::DivisionByZero) => {}
                Err(other) => prop_assert!(false, "{text}: {other}"),
            }
        }
    }

    #[test]
    fn sums_are_exact(numbers in prop::collection::vec(-1_000_000_i64..1_000_000, 1..20)) {
        let text = numbers.iter().map(|number| format!("({}.{:03})", number / 1000, (number % 1000).abs()));
        let text = text.collect::<Vec<_>>().join(" + ").replace("(-", "(0 - ");
        let expected: i64 = numbers
            .iter()
            .map(|number| (number / 1000) * 1000 + (number % 1000).abs() * if *number <= -1000 { -1 } else { 1 })
            .sum();
        let expected = rust_decimal::Decimal::new(expected, 3).to_string();
        prop_assert_eq!(calculated(&text, Unit::Each, 3), expected);
    }
}

fn expression_text(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        Just("{DSP-120}".to_owned()),
        Just("{DSP-130}".to_owned()),
        Just("{ASSAY}".to_owned()),
        Just("{CLEAN}".to_owned()),
        Just("'Yes'".to_owned()),
        (0_u32..100, prop_oneof![Just(""), Just("[kg]"), Just("[g]"), Just("[L]")])
            .prop_map(|(number, unit)| format!("{number}{unit}")),
    ];
    leaf.prop_recursive(depth, 32, 2, |inner| {
        let two =
            (inner.clone(), prop::sample::select(vec!["+", "-", "*", "/", "=", "<", ">=", "and", "or"]), inner.clone())
                .prop_map(|(left, operator, right)| format!("({left} {operator} {right})"));
        prop_oneof![
            two,
            inner.clone().prop_map(|inner| format!("-{inner}")),
            inner.clone().prop_map(|inner| format!("(not {inner})")),
            (inner.clone(), inner).prop_map(|(left, right)| format!("max({left}, {right})")),
        ]
    })
    .boxed()
}
