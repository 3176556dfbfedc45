//! What is wrong with a procedure, every fault with its place, before anybody reviews it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PlacedPhase, Procedure, RecipeLine};
use crate::{
    capability::Capability,
    decimal::ExactDecimal,
    expression::{Expression, Kind},
    phase::{ChoiceOption, NumberParameter, PhaseDefinition, PhaseKind},
    quantity::Dimension,
    role::{Role, words},
    signature::SignatureMeaning,
    unit::Unit,
};

/// Phases of one record; a longer one is no record of one batch.
pub const MOST_PHASES: usize = 1000;
const LONGEST_NAME: usize = 200;
const LONGEST_CODE: usize = 50;
const LONGEST_KEY: usize = 40;
const LONGEST_INSTRUCTION: usize = 4000;
const LONGEST_ENTERED_TEXT: u32 = 2000;
const MOST_PLACES: u32 = 10;
const MOST_OPTIONS: usize = 20;
/// Thirty days.
const LONGEST_TIMER: u32 = 30 * 24 * 3600;

words! {
    /// What is wrong at a place of a procedure.
    FaultCode {
        NotAFile = "not_a_file",
        UnknownField = "unknown_field",
        FieldMissing = "field_missing",
        WrongType = "wrong_type",
        UnknownWord = "unknown_word",
        TextMissing = "text_missing",
        TextTooLong = "text_too_long",
        TextNotAllowed = "text_not_allowed",
        KeyNotAllowed = "key_not_allowed",
        KeyTaken = "key_taken",
        PartsMissing = "parts_missing",
        TooMany = "too_many",
        NotPositive = "not_positive",
        LimitsCrossed = "limits_crossed",
        TooManyPlaces = "too_many_places",
        OptionsMissing = "options_missing",
        OptionTwice = "option_twice",
        NoneExpected = "none_expected",
        RecipeLineUnknown = "recipe_line_unknown",
        RecipeLineDiffers = "recipe_line_differs",
        RecipeLineNotCharged = "recipe_line_not_charged",
        PhaseUnknown = "phase_unknown",
        PhaseNotEarlier = "phase_not_earlier",
        RoleUnfit = "role_unfit",
        VerificationNotPossible = "verification_not_possible",
        SignatureUnfit = "signature_unfit",
        ExpressionWrong = "expression_wrong",
        ExpressionNotACondition = "expression_not_a_condition",
        ExpressionOfAnotherMeasure = "expression_of_another_measure",
        NotAYield = "not_a_yield",
        DeviceUnfit = "device_unfit",
    }
}

/// One fault and where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Fault {
    /// JSON Pointer into the procedure (RFC 6901); empty for the whole.
    pub path: String,
    pub code: FaultCode,
    /// What was found or is expected there, for the person who mends it; English where it is more than a name.
    pub detail: String,
}

/// Every fault of the procedure, in the order of their places.
#[must_use]
pub fn faults(procedure: &Procedure) -> Vec<Fault> {
    let placed = procedure.phases();
    let mut check = Check { faults: BTreeSet::new() };
    check.head(procedure);
    check.recipe(procedure, &placed);
    check.parts(procedure);
    check.phases(procedure, &placed);
    check.conditions(procedure, &placed);
    check.expected_yield(procedure, &placed);
    // Sorted as a person counts: /phases/2 before /phases/10.
    let mut found: Vec<Fault> = check.faults.into_iter().collect();
    found.sort_by_cached_key(|fault| place(&fault.path));
    found
}

fn place(path: &str) -> Vec<(usize, String)> {
    path.split('/')
        .map(|part| part.parse().map_or((usize::MAX, part.to_owned()), |index| (index, String::new())))
        .collect()
}

struct Check {
    faults: BTreeSet<Fault>,
}

impl Check {
    fn add(&mut self, path: impl Into<String>, code: FaultCode, detail: impl Into<String>) {
        self.faults.insert(Fault { path: path.into(), code, detail: detail.into() });
    }

    fn text(&mut self, path: impl Into<String>, text: &str, longest: usize) {
        let code = if text.trim().is_empty() {
            FaultCode::TextMissing
        } else if text.chars().count() > longest {
            FaultCode::TextTooLong
        } else if text.chars().any(|letter| letter.is_control() && letter != '\n') {
            FaultCode::TextNotAllowed
        } else {
            return;
        };
        self.add(path, code, if code == FaultCode::TextTooLong { longest.to_string() } else { String::new() });
    }

    fn key<'a>(&mut self, path: String, key: &'a str, taken: &mut BTreeSet<&'a str>) {
        let begins = key.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let is_plain = key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
        if !begins || !is_plain || key.len() > LONGEST_KEY {
            self.add(path, FaultCode::KeyNotAllowed, key);
        } else if !taken.insert(key) {
            self.add(path, FaultCode::KeyTaken, key);
        }
    }

    fn positive(&mut self, path: impl Into<String>, number: ExactDecimal) {
        if number.value() <= rust_decimal::Decimal::ZERO {
            self.add(path, FaultCode::NotPositive, number.to_string());
        }
    }

    fn head(&mut self, procedure: &Procedure) {
        self.text("/product", &procedure.product, LONGEST_NAME);
        self.text("/product_code", &procedure.product_code, LONGEST_CODE);
        self.positive("/batch_size", procedure.batch_size);
    }

    fn recipe(&mut self, procedure: &Procedure, placed: &[PlacedPhase<'_>]) {
        let charged: BTreeSet<&str> = placed.iter().filter_map(|placed| charged_line(placed.phase)).collect();
        let mut keys = BTreeSet::new();
        for (place, line) in procedure.recipe.iter().enumerate() {
            let path = format!("/recipe/{place}");
            self.key(format!("{path}/key"), &line.key, &mut keys);
            self.text(format!("{path}/material"), &line.material, LONGEST_NAME);
            self.text(format!("{path}/material_code"), &line.material_code, LONGEST_CODE);
            self.positive(format!("{path}/quantity"), line.quantity);
            if line.tolerance_percent.value() < rust_decimal::Decimal::ZERO {
                self.add(
                    format!("{path}/tolerance_percent"),
                    FaultCode::NotPositive,
                    line.tolerance_percent.to_string(),
                );
            }
            if !charged.contains(line.key.as_str()) {
                self.add(path, FaultCode::RecipeLineNotCharged, &line.key);
            }
        }
    }

    fn parts(&mut self, procedure: &Procedure) {
        if procedure.unit_procedures.is_empty() {
            self.add("/unit_procedures", FaultCode::PartsMissing, "");
        }
        for (place, unit) in procedure.unit_procedures.iter().enumerate() {
            let path = format!("/unit_procedures/{place}");
            self.text(format!("{path}/name"), &unit.name, LONGEST_NAME);
            if unit.operations.is_empty() {
                self.add(format!("{path}/operations"), FaultCode::PartsMissing, &unit.name);
            }
            for (place, operation) in unit.operations.iter().enumerate() {
                let path = format!("{path}/operations/{place}");
                self.text(format!("{path}/name"), &operation.name, LONGEST_NAME);
                if operation.phases.is_empty() {
                    self.add(format!("{path}/phases"), FaultCode::PartsMissing, &operation.name);
                }
            }
        }
    }

    fn phases(&mut self, procedure: &Procedure, placed: &[PlacedPhase<'_>]) {
        if placed.len() > MOST_PHASES {
            self.add("/unit_procedures", FaultCode::TooMany, MOST_PHASES.to_string());
            return;
        }
        let earlier = Earlier::of(placed);
        let mut keys = BTreeSet::new();
        for one in placed {
            let (path, phase) = (&one.path, one.phase);
            self.key(format!("{path}/key"), &phase.key, &mut keys);
            self.text(format!("{path}/title"), &phase.title, LONGEST_NAME);
            self.text(format!("{path}/instruction"), &phase.instruction, LONGEST_INSTRUCTION);
            if let Some(code) = &phase.qualification {
                self.text(format!("{path}/qualification"), code, LONGEST_CODE);
            }
            self.people(path, phase);
            self.kind(path, procedure, &earlier, one);
        }
    }

    fn people(&mut self, path: &str, phase: &PhaseDefinition) {
        let is_check = matches!(phase.kind, PhaseKind::SecondPersonCheck { .. });
        let needed = if is_check { Capability::BatchVerify } else { Capability::BatchExecute };
        self.roles(&format!("{path}/performed_by"), &phase.performed_by, needed);
        if let Some(verification) = &phase.verification {
            self.roles(&format!("{path}/verification/by"), &verification.by, Capability::BatchVerify);
            if is_check {
                self.add(format!("{path}/verification"), FaultCode::VerificationNotPossible, &phase.key);
            }
        }
        let fits = match phase.signature {
            Some(meaning) if is_check => meaning == SignatureMeaning::Verified,
            Some(meaning) => meaning == SignatureMeaning::Performed,
            None => !is_check,
        };
        if !fits {
            self.add(format!("{path}/signature"), FaultCode::SignatureUnfit, &phase.key);
        }
    }

    fn roles(&mut self, path: &str, roles: &[Role], needed: Capability) {
        for (place, role) in roles.iter().enumerate().filter(|(_, role)| !role.can(needed)) {
            self.add(format!("{path}/{place}"), FaultCode::RoleUnfit, role.as_str());
        }
    }

    fn kind(&mut self, path: &str, procedure: &Procedure, earlier: &Earlier<'_>, one: &PlacedPhase<'_>) {
        let path = format!("{path}/kind");
        match &one.phase.kind {
            PhaseKind::Confirmation {} | PhaseKind::Date {} | PhaseKind::Attachment(_) => {}
            PhaseKind::Value(number) | PhaseKind::InProcessCheck(number) => self.measured(&path, number),
            PhaseKind::Text { longest } => {
                if *longest == 0 || *longest > LONGEST_ENTERED_TEXT {
                    self.add(format!("{path}/longest"), FaultCode::TooMany, LONGEST_ENTERED_TEXT.to_string());
                }
            }
            PhaseKind::Choice { options } => self.options(&format!("{path}/options"), options),
            PhaseKind::MaterialCharge { material, material_code, quantity, line } => {
                self.text(format!("{path}/material"), material, LONGEST_NAME);
                self.text(format!("{path}/material_code"), material_code, LONGEST_CODE);
                self.measured(&format!("{path}/quantity"), quantity);
                if let Some(key) = line {
                    let line = procedure.recipe.iter().find(|line| line.key == *key);
                    self.charge(&path, key, line, material_code, quantity.unit);
                }
            }
            PhaseKind::Timer { minimum_seconds, maximum_seconds } => {
                if maximum_seconds.is_some_and(|most| most < *minimum_seconds) {
                    self.add(format!("{path}/maximum_seconds"), FaultCode::LimitsCrossed, minimum_seconds.to_string());
                }
                if (*minimum_seconds).max(maximum_seconds.unwrap_or(0)) > LONGEST_TIMER {
                    self.add(path, FaultCode::TooMany, LONGEST_TIMER.to_string());
                }
            }
            PhaseKind::EquipmentUse { equipment_class, .. } | PhaseKind::CleaningCheck { equipment_class } => {
                self.text(format!("{path}/equipment_class"), equipment_class, LONGEST_NAME);
            }
            PhaseKind::SampleRequest { sample, tests } => {
                self.text(format!("{path}/sample"), sample, LONGEST_NAME);
                for (place, test) in tests.iter().enumerate() {
                    self.text(format!("{path}/tests/{place}"), test, LONGEST_NAME);
                }
            }
            PhaseKind::SecondPersonCheck { of } => {
                if of.is_empty() {
                    self.add(format!("{path}/of"), FaultCode::PartsMissing, &one.phase.key);
                }
                for (place, key) in of.iter().enumerate() {
                    self.earlier(&format!("{path}/of/{place}"), key, earlier, one);
                }
            }
            PhaseKind::Calculation { expression, result, .. } => {
                self.number(&format!("{path}/result"), result);
                // Nobody reads or types what is calculated.
                if result.device.is_some() || result.plausible.is_some() {
                    self.add(format!("{path}/result"), FaultCode::DeviceUnfit, &one.phase.key);
                }
                let place = format!("{path}/expression");
                let Some(kind) = self.expression(&place, expression, earlier, one) else { return };
                if kind != Kind::Number(result.unit.measure().dimension) {
                    self.add(place, FaultCode::ExpressionOfAnotherMeasure, result.unit.symbol());
                }
            }
        }
    }

    fn charge(&mut self, path: &str, key: &str, line: Option<&RecipeLine>, code: &str, unit: Unit) {
        match line {
            None => self.add(format!("{path}/line"), FaultCode::RecipeLineUnknown, key),
            Some(line) if line.material_code != code => {
                self.add(format!("{path}/material_code"), FaultCode::RecipeLineDiffers, &line.material_code);
            }
            Some(line) if line.unit.measure().dimension != unit.measure().dimension => {
                self.add(format!("{path}/quantity/unit"), FaultCode::RecipeLineDiffers, line.unit.symbol());
            }
            Some(_) => {}
        }
    }

    fn measured(&mut self, path: &str, number: &NumberParameter) {
        self.number(path, number);
        if number.device.is_some_and(|class| !class.measures(number.unit)) {
            self.add(format!("{path}/device"), FaultCode::DeviceUnfit, number.unit.symbol());
        }
        if let Some(range) = number.plausible
            && range.high < range.low
        {
            self.add(format!("{path}/plausible/high"), FaultCode::LimitsCrossed, range.low.to_string());
        }
    }

    fn number(&mut self, path: &str, number: &NumberParameter) {
        if number.places > MOST_PLACES {
            self.add(format!("{path}/places"), FaultCode::TooMany, MOST_PLACES.to_string());
        }
        let limits = [("low", number.low), ("target", number.target), ("high", number.high)];
        for (name, limit) in limits {
            if limit.is_some_and(|limit| limit.value().scale() > number.places) {
                self.add(format!("{path}/{name}"), FaultCode::TooManyPlaces, number.places.to_string());
            }
        }
        let given: Vec<_> = limits.into_iter().filter_map(|(name, limit)| limit.map(|limit| (name, limit))).collect();
        for pair in given.windows(2) {
            if let [(_, lower), (name, upper)] = pair
                && upper < lower
            {
                self.add(format!("{path}/{name}"), FaultCode::LimitsCrossed, lower.to_string());
            }
        }
    }

    fn options(&mut self, path: &str, options: &[ChoiceOption]) {
        if options.len() < 2 {
            self.add(path, FaultCode::OptionsMissing, "");
        }
        if options.len() > MOST_OPTIONS {
            self.add(path, FaultCode::TooMany, MOST_OPTIONS.to_string());
        }
        if !options.iter().any(|option| option.is_expected) {
            self.add(path, FaultCode::NoneExpected, "");
        }
        let mut texts = BTreeSet::new();
        for (place, option) in options.iter().enumerate() {
            self.text(format!("{path}/{place}/text"), &option.text, LONGEST_NAME);
            if !texts.insert(option.text.trim()) {
                self.add(format!("{path}/{place}/text"), FaultCode::OptionTwice, &option.text);
            }
        }
    }

    fn earlier(&mut self, path: &str, key: &str, earlier: &Earlier<'_>, one: &PlacedPhase<'_>) {
        match earlier.phases.get(key) {
            None => self.add(path, FaultCode::PhaseUnknown, key),
            Some(other) if !earlier.is_before(other.number, one.number) => {
                self.add(path, FaultCode::PhaseNotEarlier, key);
            }
            Some(_) => {}
        }
    }

    /// What the expression gives, when it is right.
    fn expression(&mut self, path: &str, text: &str, earlier: &Earlier<'_>, one: &PlacedPhase<'_>) -> Option<Kind> {
        let expression = match Expression::parse(text) {
            Ok(expression) => expression,
            Err(fault) => {
                self.add(path, FaultCode::ExpressionWrong, fault.to_string());
                return None;
            }
        };
        let names = expression.phases();
        let late = names.iter().filter(|name| {
            earlier.phases.get(**name).is_some_and(|other| !earlier.is_before(other.number, one.number))
        });
        let late: Vec<_> = late.collect();
        if !late.is_empty() {
            for name in late {
                self.add(path, FaultCode::PhaseNotEarlier, *name);
            }
            return None;
        }
        let known = |name: &str| earlier.phases.get(name).and_then(|placed| placed.phase.kind.gives());
        match expression.check(&known) {
            Ok(kind) => Some(kind),
            Err(fault) => {
                self.add(path, FaultCode::ExpressionWrong, fault.to_string());
                None
            }
        }
    }

    fn conditions(&mut self, procedure: &Procedure, placed: &[PlacedPhase<'_>]) {
        let earlier = Earlier::of(placed);
        let under = |path: &str| placed.iter().filter(|one| one.path.starts_with(path)).collect::<Vec<_>>();
        for (place, unit) in procedure.unit_procedures.iter().enumerate() {
            let path = format!("/unit_procedures/{place}");
            self.condition(&path, unit.only_if.as_deref(), &earlier, &under(&format!("{path}/")));
            for (place, operation) in unit.operations.iter().enumerate() {
                let path = format!("{path}/operations/{place}");
                self.condition(&path, operation.only_if.as_deref(), &earlier, &under(&format!("{path}/")));
            }
        }
        for one in placed {
            self.condition(&one.path, one.phase.only_if.as_deref(), &earlier, &[one]);
        }
    }

    /// Every phase that the condition decides on must come after every phase that it names.
    fn condition(&mut self, path: &str, text: Option<&str>, earlier: &Earlier<'_>, decided: &[&PlacedPhase<'_>]) {
        let Some(text) = text else { return };
        let path = format!("{path}/only_if");
        for one in decided {
            match self.expression(&path, text, earlier, one) {
                None => return,
                Some(Kind::Truth) => {}
                Some(Kind::Number(_) | Kind::Text) => {
                    self.add(path.as_str(), FaultCode::ExpressionNotACondition, text);
                    return;
                }
            }
        }
    }

    fn expected_yield(&mut self, procedure: &Procedure, placed: &[PlacedPhase<'_>]) {
        let Some(expected) = &procedure.expected_yield else { return };
        let is_yield = |phase: &PhaseDefinition| matches!(&phase.kind, PhaseKind::Calculation { result, .. } if result.unit == Unit::Percent);
        match placed.iter().find(|one| one.phase.key == expected.phase) {
            None => self.add("/expected_yield/phase", FaultCode::PhaseUnknown, &expected.phase),
            Some(one) if !is_yield(one.phase) => {
                self.add("/expected_yield/phase", FaultCode::NotAYield, &expected.phase);
            }
            Some(_) => {}
        }
        if expected.high_percent < expected.low_percent {
            self.add("/expected_yield/high_percent", FaultCode::LimitsCrossed, expected.low_percent.to_string());
        }
    }
}

fn charged_line(phase: &PhaseDefinition) -> Option<&str> {
    match &phase.kind {
        PhaseKind::MaterialCharge { line, .. } => line.as_deref(),
        _ => None,
    }
}

/// Which phase is certainly settled when another begins.
struct Earlier<'a> {
    phases: BTreeMap<&'a str, &'a PlacedPhase<'a>>,
    /// By number, from 1: the numbers of everything before.
    before: Vec<BTreeSet<u32>>,
}

impl<'a> Earlier<'a> {
    fn of(placed: &'a [PlacedPhase<'a>]) -> Self {
        let mut before: Vec<BTreeSet<u32>> = vec![BTreeSet::new()];
        for one in placed {
            let mut all: BTreeSet<u32> = one.after.iter().copied().collect();
            for number in &one.after {
                all.extend(before.get(*number as usize).into_iter().flatten());
            }
            before.push(all);
        }
        // A key that is there twice is a fault of its own; the first one counts here.
        let phases = placed.iter().rev().map(|one| (one.phase.key.as_str(), one)).collect();
        Self { phases, before }
    }

    fn is_before(&self, one: u32, other: u32) -> bool {
        self.before.get(other as usize).is_some_and(|before| before.contains(&one))
    }
}

impl PhaseKind {
    /// What the phase's value is for an expression; `None` for a phase without one.
    #[must_use]
    pub fn gives(&self) -> Option<Kind> {
        match self {
            Self::Text { .. } | Self::Choice { .. } => Some(Kind::Text),
            Self::Timer { .. } => Some(Kind::Number(Unit::Second.measure().dimension)),
            _ => self.number().map(|number| Kind::Number(dimension(number.unit))),
        }
    }
}

fn dimension(unit: Unit) -> Dimension {
    unit.measure().dimension
}
