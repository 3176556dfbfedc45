//! Devices that measure: a value comes from them and says from which, and one that is typed all the same is looked at twice.
//!
//! EU GMP Annex 11, 6: critical data that are entered by hand are checked a second time, by a second person or by a
//! validated device.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    decimal::ExactDecimal,
    equipment::LONGEST_CODE,
    phase::{NumberParameter, PhaseEntry, PhaseKind},
    quantity::{Quantity, Rounding},
    role::words,
    unit::Unit,
};

words! {
    /// What kind of device measures a value.
    DeviceClass {
        Balance = "balance",
    }
}

impl DeviceClass {
    /// Whether a device of this class gives numbers of this unit.
    #[must_use]
    pub fn measures(self, unit: Unit) -> bool {
        match self {
            Self::Balance => unit.measure().dimension == Unit::Gram.measure().dimension,
        }
    }
}

/// The values that a person may type without being looked over the shoulder; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct PlausibleRange {
    pub low: ExactDecimal,
    pub high: ExactDecimal,
}

impl PlausibleRange {
    #[must_use]
    pub fn contains(self, value: ExactDecimal) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// What a device told, in its own figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceReading {
    /// The code by which the station and the plant's register of equipment know the device.
    pub device: String,
    /// As the device tells it; 40 characters at most.
    pub serial_number: String,
    pub value: ExactDecimal,
    pub unit: Unit,
    /// The line that was received, without its end; 100 characters at most.
    pub line: String,
    /// The station's time.
    pub read_at: DateTime<Utc>,
}

const LONGEST_SERIAL_NUMBER: usize = 40;
const LONGEST_LINE: usize = 100;

impl DeviceReading {
    /// The number that a phase keeps of the reading: in the unit and at most with the places that the phase records,
    /// never with more than the device has told. `None` when the device measures something else.
    #[must_use]
    pub fn recorded(&self, number: &NumberParameter) -> Option<ExactDecimal> {
        let told = places_told(self.value.value().scale(), self.unit, number.unit)?;
        let quantity = Quantity::new(self.value, self.unit);
        quantity.rounded(number.unit, told.min(number.places), Rounding::HalfUp).ok()
    }

    pub(crate) fn fits(&self, number: &NumberParameter, value: ExactDecimal) -> bool {
        let texts =
            [(&self.device, LONGEST_CODE), (&self.serial_number, LONGEST_SERIAL_NUMBER), (&self.line, LONGEST_LINE)];
        number.device.is_some_and(|class| class.measures(self.unit))
            && texts.into_iter().all(|(text, longest)| is_line(text, longest))
            && self
                .recorded(number)
                .is_some_and(|recorded| (recorded, recorded.value().scale()) == (value, value.value().scale()))
    }
}

fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

/// The decimal places that a number has in another unit of its measure; units of a mass are powers of ten apart.
fn places_told(places: u32, from: Unit, to: Unit) -> Option<u32> {
    let one = Quantity::new(rust_decimal::Decimal::ONE.into(), from);
    // Enough for a milligram in kilograms.
    let in_other = one.rounded(to, 6, Rounding::HalfEven).ok()?.value().normalize();
    let digits = in_other.mantissa().checked_ilog10()?;
    Some((places + in_other.scale()).saturating_sub(digits))
}

impl NumberParameter {
    /// Whether the value, typed, counts only after a second person has looked at it, or a device has given another in its
    /// place: a device measures it, or it is not a plausible one.
    #[must_use]
    pub fn needs_second_look(&self, typed: ExactDecimal) -> bool {
        self.device.is_some() || self.plausible.is_some_and(|range| !range.contains(typed))
    }
}

/// Whether the entry counts only after a second look; see [`NumberParameter::needs_second_look`].
#[must_use]
pub fn needs_second_look(kind: &PhaseKind, entry: &PhaseEntry) -> bool {
    typed(kind, entry).is_some_and(|(number, value)| number.needs_second_look(value))
}

/// Whether the entry was typed although a device measures this value.
#[must_use]
pub fn is_manual(kind: &PhaseKind, entry: &PhaseEntry) -> bool {
    typed(kind, entry).is_some_and(|(number, _)| number.device.is_some())
}

/// What a person has typed; what is calculated, nobody has.
fn typed<'a>(kind: &'a PhaseKind, entry: &PhaseEntry) -> Option<(&'a NumberParameter, ExactDecimal)> {
    match entry {
        PhaseEntry::Number { value, reading: None, .. } if !matches!(kind, PhaseKind::Calculation { .. }) => {
            kind.number().map(|number| (number, *value))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> ExactDecimal {
        ExactDecimal::parse(text).unwrap()
    }

    fn reading(value: &str, unit: Unit) -> DeviceReading {
        DeviceReading {
            device: "Balance 2".into(),
            serial_number: "B021002593".into(),
            value: exact(value),
            unit,
            line: format!("S S {value} {}", unit.symbol()),
            read_at: DateTime::UNIX_EPOCH,
        }
    }

    fn mass(unit: Unit, places: u32) -> NumberParameter {
        let device = Some(DeviceClass::Balance);
        NumberParameter { unit, places, low: None, target: None, high: None, device, plausible: None }
    }

    #[test]
    fn a_reading_is_kept_in_the_units_of_the_phase_and_never_finer_than_it_was_told() {
        for (told, unit, kept_in, places, kept) in [
            ("12.345", Unit::Kilogram, Unit::Kilogram, 3, "12.345"),
            ("12.3", Unit::Kilogram, Unit::Kilogram, 3, "12.3"),
            ("12.345", Unit::Kilogram, Unit::Kilogram, 2, "12.35"),
            ("12.300", Unit::Kilogram, Unit::Gram, 1, "12300"),
            ("12.3456", Unit::Kilogram, Unit::Gram, 1, "12345.6"),
            ("250.10", Unit::Gram, Unit::Kilogram, 5, "0.25010"),
            ("250.10", Unit::Gram, Unit::Kilogram, 3, "0.250"),
            ("-0.02", Unit::Gram, Unit::Milligram, 0, "-20"),
        ] {
            let recorded = reading(told, unit).recorded(&mass(kept_in, places)).unwrap();
            assert_eq!(recorded.to_string(), kept, "{told} {unit:?} in {kept_in:?}");
        }
        assert_eq!(reading("1.0", Unit::Gram).recorded(&mass(Unit::Litre, 1)), None);
    }

    #[test]
    fn a_reading_fits_the_value_that_it_gives_and_no_other() {
        let told = reading("12.345", Unit::Kilogram);
        assert!(told.fits(&mass(Unit::Kilogram, 2), exact("12.35")));
        assert!(!told.fits(&mass(Unit::Kilogram, 2), exact("12.34")));
        assert!(!told.fits(&mass(Unit::Kilogram, 3), exact("12.3450")), "finer than told");
        assert!(!told.fits(&NumberParameter { device: None, ..mass(Unit::Kilogram, 2) }, exact("12.35")));
        for broken in [
            DeviceReading { serial_number: " ".into(), ..told.clone() },
            DeviceReading { device: "x".repeat(61), ..told.clone() },
            DeviceReading { line: "S S\u{7} 12.345 kg".into(), ..told },
        ] {
            assert!(!broken.fits(&mass(Unit::Kilogram, 2), exact("12.35")), "{broken:?}");
        }
    }

    /// [A11-6] Both ends of what is plausible belong to it; what a device told needs no second look.
    #[test]
    fn a11_6_what_is_typed_beside_a_device_or_outside_plausibility_needs_a_second_look() {
        let number = |value: &str, reading: Option<DeviceReading>| PhaseEntry::Number {
            value: exact(value),
            unit: Unit::Kilogram,
            lot: None,
            reading,
        };
        let weighed = PhaseKind::Value(mass(Unit::Kilogram, 1));
        assert!(needs_second_look(&weighed, &number("12.3", None)));
        assert!(!needs_second_look(&weighed, &number("12.3", Some(reading("12.3", Unit::Kilogram)))));
        let plausible = Some(PlausibleRange { low: exact("10"), high: exact("20") });
        let typed = PhaseKind::Value(NumberParameter { device: None, plausible, ..mass(Unit::Kilogram, 1) });
        for (value, needs) in [("9.9", true), ("10.0", false), ("20.0", false), ("20.1", true)] {
            assert_eq!(needs_second_look(&typed, &number(value, None)), needs, "{value}");
            assert!(!is_manual(&typed, &number(value, None)));
        }
    }
}
