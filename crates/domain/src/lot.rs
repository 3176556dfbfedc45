//! Lots of materials: what may be charged, until when, and who decides about it (21 CFR 211.84, 211.87, 211.110).

use chrono::NaiveDate;

use crate::{capability::Capability, decimal::ExactDecimal, ids::UserId, person::Acting, role::words, unit::Unit};

words! {
    /// What quality assurance has decided about a lot; the words of the legacy system.
    LotStatus {
        Pending = "Pending",
        Approved = "Approved",
        Rejected = "Rejected",
        Quarantine = "Quarantine",
    }
}

/// Longer numbers are refused: labels and scanners carry less.
pub const LONGEST_NUMBER: usize = 60;

/// The units that a quantity of material is kept in.
pub const UNITS: &[Unit] =
    &[Unit::Kilogram, Unit::Gram, Unit::Milligram, Unit::Litre, Unit::Millilitre, Unit::Tablet, Unit::Each];

/// One lot of a material in a plant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Unique in its plant, as it stands on the label.
    pub number: String,
    pub material_code: String,
    pub status: LotStatus,
    /// The last day, in the plant's zone, on which it may be charged.
    pub expires_on: Option<NaiveDate>,
    /// From the day after it, the lot is tested again before it is charged.
    pub retest_on: Option<NaiveDate>,
}

/// What is entered of a lot and may be put right later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotFacts {
    pub quantity: ExactDecimal,
    pub unit: Unit,
    pub manufactured_on: Option<NaiveDate>,
    pub expires_on: Option<NaiveDate>,
    pub retest_on: Option<NaiveDate>,
    /// Per cent of the pure substance; on an anhydrous basis it may lie above 100.
    pub potency_percent: Option<ExactDecimal>,
}

/// Why a lot is not entered, changed or decided about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LotRefusal {
    #[error("this person may not do that with lots")]
    NotAuthorised,
    #[error("a lot that is {from} does not become {to}")]
    StatusNotPossible { from: LotStatus, to: LotStatus },
    #[error("who has entered a lot does not decide about it")]
    OwnWork,
    #[error("the lot has expired or is to be tested again")]
    PastItsDates,
    #[error("the quantity is to be more than nothing")]
    QuantityInvalid,
    #[error("a quantity of material is a mass, a volume or a count")]
    UnitUnfit,
    #[error("the potency is to be above 0 and at most 200 per cent")]
    PotencyInvalid,
    #[error("the days do not follow each other: made, retest, expiry")]
    DatesContradict,
    #[error("a number has 1 to {LONGEST_NUMBER} characters and none that a label does not carry")]
    NumberInvalid,
}

impl LotRefusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::StatusNotPossible { .. } => "lot_status_not_possible",
            Self::OwnWork => "own_work",
            Self::PastItsDates => "lot_past_its_dates",
            Self::QuantityInvalid => "quantity_invalid",
            Self::UnitUnfit => "unit_unfit",
            Self::PotencyInvalid => "potency_invalid",
            Self::DatesContradict => "dates_contradict",
            Self::NumberInvalid => "number_invalid",
        }
    }
}

impl Lot {
    /// The last day on which it may be charged; none without an end.
    #[must_use]
    pub fn usable_until(&self) -> Option<NaiveDate> {
        self.expires_on.into_iter().chain(self.retest_on).min()
    }
}

impl LotFacts {
    /// Whether a lot can be like this.
    ///
    /// # Errors
    /// The first [`LotRefusal`] that holds.
    pub fn check(&self) -> Result<(), LotRefusal> {
        let zero = rust_decimal::Decimal::ZERO;
        if self.quantity.value() <= zero {
            return Err(LotRefusal::QuantityInvalid);
        }
        if !UNITS.contains(&self.unit) {
            return Err(LotRefusal::UnitUnfit);
        }
        if let Some(potency) = self.potency_percent.map(ExactDecimal::value)
            && (potency <= zero || potency > rust_decimal::Decimal::from(200))
        {
            return Err(LotRefusal::PotencyInvalid);
        }
        let days: Vec<NaiveDate> = [self.manufactured_on, self.expires_on].into_iter().flatten().collect();
        let is_between = |day: NaiveDate| {
            self.manufactured_on.is_none_or(|made| made <= day) && self.expires_on.is_none_or(|end| day <= end)
        };
        if !days.is_sorted() || !self.retest_on.is_none_or(is_between) {
            return Err(LotRefusal::DatesContradict);
        }
        Ok(())
    }
}

/// The lot's number without the spaces around it, when a label can carry it.
///
/// # Errors
/// [`LotRefusal::NumberInvalid`].
pub fn number(text: &str) -> Result<&str, LotRefusal> {
    let number = text.trim();
    let is_fine =
        !number.is_empty() && number.chars().count() <= LONGEST_NUMBER && !number.chars().any(char::is_control);
    if is_fine { Ok(number) } else { Err(LotRefusal::NumberInvalid) }
}

/// Whether the lot's status may become `to`, decided by this person on this day of the plant.
///
/// Rejected is final: what is rejected is never charged (21 CFR 211.84(e)). Whoever keeps lots may stop one at any time;
/// only quality assurance approves and rejects, and nobody a lot that they have entered.
///
/// # Errors
/// The first [`LotRefusal`] that holds, authority before order before content.
pub fn decide(
    lot: &Lot,
    to: LotStatus,
    entered_by: Option<&UserId>,
    person: Acting<'_>,
    today: NaiveDate,
) -> Result<(), LotRefusal> {
    let stops = to == LotStatus::Quarantine;
    let is_allowed = person.role.can(Capability::LotDisposition) || (stops && person.role.can(Capability::LotManage));
    if !person.is_active || !is_allowed {
        return Err(LotRefusal::NotAuthorised);
    }
    let is_step = match (lot.status, to) {
        (LotStatus::Pending, LotStatus::Quarantine | LotStatus::Approved | LotStatus::Rejected)
        | (LotStatus::Quarantine, LotStatus::Approved | LotStatus::Rejected)
        | (LotStatus::Approved, LotStatus::Quarantine | LotStatus::Rejected) => true,
        (LotStatus::Pending | LotStatus::Quarantine | LotStatus::Approved | LotStatus::Rejected, _) => false,
    };
    if !is_step {
        return Err(LotRefusal::StatusNotPossible { from: lot.status, to });
    }
    if !stops && entered_by == Some(person.id) {
        return Err(LotRefusal::OwnWork);
    }
    if to == LotStatus::Approved && lot.usable_until().is_some_and(|last| last < today) {
        return Err(LotRefusal::PastItsDates);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::role::Role;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn decimal(text: &str) -> ExactDecimal {
        ExactDecimal::parse(text).unwrap()
    }

    fn lot(status: LotStatus, expires_on: Option<&str>) -> Lot {
        Lot {
            number: "L-1".into(),
            material_code: "RM-1001".into(),
            status,
            expires_on: expires_on.map(day),
            retest_on: None,
        }
    }

    fn facts() -> LotFacts {
        LotFacts {
            quantity: decimal("125.50"),
            unit: Unit::Kilogram,
            manufactured_on: Some(day("2026-01-10")),
            expires_on: Some(day("2028-01-09")),
            retest_on: Some(day("2027-01-10")),
            potency_percent: Some(decimal("99.4")),
        }
    }

    #[test]
    fn a_lot_has_a_quantity_and_days_that_follow_each_other() {
        assert_eq!(facts().check(), Ok(()));
        for (wrong, refusal) in [
            (LotFacts { quantity: decimal("0.00"), ..facts() }, LotRefusal::QuantityInvalid),
            (LotFacts { unit: Unit::RevolutionsPerMinute, ..facts() }, LotRefusal::UnitUnfit),
            (LotFacts { unit: Unit::Percent, ..facts() }, LotRefusal::UnitUnfit),
            (LotFacts { potency_percent: Some(decimal("0")), ..facts() }, LotRefusal::PotencyInvalid),
            (LotFacts { potency_percent: Some(decimal("200.01")), ..facts() }, LotRefusal::PotencyInvalid),
            (LotFacts { expires_on: Some(day("2025-12-31")), ..facts() }, LotRefusal::DatesContradict),
            (LotFacts { retest_on: Some(day("2028-01-10")), ..facts() }, LotRefusal::DatesContradict),
            (LotFacts { retest_on: Some(day("2026-01-09")), ..facts() }, LotRefusal::DatesContradict),
        ] {
            assert_eq!(wrong.check(), Err(refusal), "{wrong:?}");
        }
        let plain = LotFacts { unit: Unit::Each, expires_on: None, retest_on: None, manufactured_on: None, ..facts() };
        assert_eq!(plain.check(), Ok(()));
    }

    #[test]
    fn a_number_is_what_a_label_carries() {
        assert_eq!(number(" LOT-MET-0417 "), Ok("LOT-MET-0417"));
        for bad in ["", "  ", "a\nb", "a\u{0}", &"x".repeat(61)] {
            assert_eq!(number(bad), Err(LotRefusal::NumberInvalid), "{bad:?}");
        }
    }

    #[test]
    fn sod_nobody_approves_a_lot_that_they_have_entered() {
        let id = UserId::from("qa");
        let person = Acting { id: &id, role: Role::QaManager, is_active: true };
        let today = day("2026-11-24");
        let own = decide(&lot(LotStatus::Pending, None), LotStatus::Approved, Some(&id), person, today);
        assert_eq!(own, Err(LotRefusal::OwnWork));
        let other = UserId::from("warehouse");
        let done = decide(&lot(LotStatus::Pending, None), LotStatus::Approved, Some(&other), person, today);
        assert_eq!(done, Ok(()));
    }

    #[test]
    fn a_lot_past_its_dates_is_not_approved_and_one_on_its_last_day_is() {
        let id = UserId::from("qa");
        let person = Acting { id: &id, role: Role::QaManager, is_active: true };
        let waiting = lot(LotStatus::Quarantine, Some("2026-11-23"));
        let late = decide(&waiting, LotStatus::Approved, None, person, day("2026-11-24"));
        assert_eq!(late, Err(LotRefusal::PastItsDates));
        assert_eq!(decide(&waiting, LotStatus::Approved, None, person, day("2026-11-23")), Ok(()));
        assert_eq!(decide(&waiting, LotStatus::Rejected, None, person, day("2026-11-24")), Ok(()));
    }

    proptest! {
        /// No sequence of decisions brings a rejected lot back, and only quality assurance ever makes one approved.
        #[test]
        fn what_is_rejected_stays_so(
            steps in proptest::collection::vec((0..LotStatus::ALL.len(), 0..Role::ALL.len()), 0..12),
        ) {
            let id = UserId::from("somebody");
            let mut standing = lot(LotStatus::Pending, None);
            let mut was_rejected = false;
            for (to, role) in steps {
                let (to, role) = (LotStatus::ALL[to], Role::ALL[role]);
                let person = Acting { id: &id, role, is_active: true };
                if decide(&standing, to, None, person, day("2026-11-24")).is_ok() {
                    prop_assert!(to == LotStatus::Quarantine || role.can(Capability::LotDisposition));
                    prop_assert_ne!(to, standing.status);
                    standing.status = to;
                }
                was_rejected |= standing.status == LotStatus::Rejected;
                prop_assert!(!was_rejected || standing.status == LotStatus::Rejected);
            }
        }
    }
}
