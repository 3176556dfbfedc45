//! What a unit measures, and numbers with their measure as exact fractions: 1/3 of a batch stays 1/3 until it is rounded
//! once, at the end.

use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    decimal::{ExactDecimal, MAXIMUM_DIGITS},
    unit::Unit,
};

/// How a calculated number is brought to its decimal places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest, a half away from zero (USP General Notices 7.20).
    HalfUp,
    /// To the nearest, a half to the even digit (ASTM E29, IEEE 754).
    HalfEven,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
}

/// What a number measures: exponents of the base measures, all zero for a plain number, a count or a percentage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dimension([i8; BASES]);

const BASES: usize = 11;

#[derive(Clone, Copy)]
enum Base {
    Mass,
    Volume,
    Time,
    Length,
    Force,
    Pressure,
    Power,
    Current,
    Temperature,
    Illuminance,
    Rotation,
}

impl Dimension {
    pub const NONE: Self = Self([0; BASES]);

    fn of(bases: &[(Base, i8)]) -> Self {
        let mut exponents = [0; BASES];
        for (base, exponent) in bases {
            exponents[*base as usize] = *exponent;
        }
        Self(exponents)
    }

    /// The dimension of a product; `None` beyond what any unit can carry.
    pub(crate) fn times(self, other: Self, sign: i8) -> Option<Self> {
        let mut exponents = [0; BASES];
        for (place, exponent) in exponents.iter_mut().enumerate() {
            *exponent = self.0[place].checked_add(other.0[place].checked_mul(sign)?)?;
        }
        Some(Self(exponents))
    }
}

/// A number in base measures, exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    pub(crate) number: BigRational,
    pub(crate) dimension: Dimension,
}

/// Why a calculated number cannot be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    #[error("the number does not measure what {} measures", .0.symbol())]
    OtherMeasure(Unit),
    #[error("the number has more than {MAXIMUM_DIGITS} digits")]
    TooManyDigits,
}

impl Quantity {
    #[must_use]
    pub fn new(value: ExactDecimal, unit: Unit) -> Self {
        let measure = unit.measure();
        Self { number: fraction(value.value()) * measure.scale(), dimension: measure.dimension }
    }

    #[must_use]
    pub fn plain(value: ExactDecimal) -> Self {
        Self { number: fraction(value.value()), dimension: Dimension::NONE }
    }

    /// The number in `unit`, rounded once.
    ///
    /// # Errors
    /// [`QuantityError`].
    pub fn rounded(&self, unit: Unit, places: u32, rounding: Rounding) -> Result<ExactDecimal, QuantityError> {
        let measure = unit.measure();
        if measure.dimension != self.dimension {
            return Err(QuantityError::OtherMeasure(unit));
        }
        let shift = BigRational::from_integer(num_bigint::BigInt::from(10).pow(places));
        let shifted = &self.number / measure.scale() * shift;
        let whole = round(&shifted, rounding);
        let digits = whole.to_i128().ok_or(QuantityError::TooManyDigits)?;
        if digits.unsigned_abs().to_string().len() > MAXIMUM_DIGITS {
            return Err(QuantityError::TooManyDigits);
        }
        Decimal::try_from_i128_with_scale(digits, places)
            .map(ExactDecimal::from)
            .map_err(|_| QuantityError::TooManyDigits)
    }
}

fn fraction(value: Decimal) -> BigRational {
    BigRational::new(value.mantissa().into(), num_bigint::BigInt::from(10).pow(value.scale()))
}

fn round(number: &BigRational, rounding: Rounding) -> num_bigint::BigInt {
    let towards_zero = number.trunc();
    let rest = (number - &towards_zero).abs();
    let half = BigRational::new(1.into(), 2.into());
    let whole = towards_zero.to_integer();
    let is_odd = !(&whole % num_bigint::BigInt::from(2)).is_zero();
    let away = match rounding {
        Rounding::Down => false,
        Rounding::Up => !rest.is_zero(),
        Rounding::HalfUp => rest >= half,
        Rounding::HalfEven => rest > half || (rest == half && is_odd),
    };
    match (away, number.is_negative()) {
        (false, _) => whole,
        (true, false) => whole + 1,
        (true, true) => whole - 1,
    }
}

/// What a unit measures and how many base measures one of it is.
pub(crate) struct Measure {
    pub(crate) dimension: Dimension,
    numerator: i64,
    denominator: i64,
}

impl Measure {
    fn scale(&self) -> BigRational {
        BigRational::new(self.numerator.into(), self.denominator.into())
    }
}

impl Unit {
    /// Base measures are gram, millilitre, second, millimetre, newton, pascal, kilowatt, ampere, degree Celsius, lux and
    /// revolution a minute. A temperature is only compared with temperatures: it is no amount of anything.
    pub(crate) fn measure(self) -> Measure {
        use Base::*;
        let (bases, numerator, denominator): (&[(Base, i8)], i64, i64) = match self {
            Unit::Kilogram => (&[(Mass, 1)], 1000, 1),
            Unit::Gram => (&[(Mass, 1)], 1, 1),
            Unit::Milligram => (&[(Mass, 1)], 1, 1000),
            Unit::Litre => (&[(Volume, 1)], 1000, 1),
            Unit::Millilitre => (&[(Volume, 1)], 1, 1),
            Unit::RevolutionsPerMinute => (&[(Rotation, 1)], 1, 1),
            Unit::Hour => (&[(Time, 1)], 3600, 1),
            Unit::Minute => (&[(Time, 1)], 60, 1),
            Unit::Second => (&[(Time, 1)], 1, 1),
            Unit::DegreeCelsius => (&[(Temperature, 1)], 1, 1),
            Unit::Percent => (&[], 1, 100),
            Unit::Millibar => (&[(Pressure, 1)], 100, 1),
            Unit::Bar => (&[(Pressure, 1)], 100_000, 1),
            Unit::Pascal => (&[(Pressure, 1)], 1, 1),
            Unit::Kilonewton => (&[(Force, 1)], 1000, 1),
            Unit::Newton => (&[(Force, 1)], 1, 1),
            Unit::Kilowatt => (&[(Power, 1)], 1, 1),
            Unit::Ampere => (&[(Current, 1)], 1, 1),
            Unit::Millimetre => (&[(Length, 1)], 1, 1),
            Unit::Micrometre => (&[(Length, 1)], 1, 1000),
            Unit::GramPerMillilitre => (&[(Mass, 1), (Volume, -1)], 1, 1),
            Unit::GramPerMinute => (&[(Mass, 1), (Time, -1)], 1, 60),
            Unit::MillilitrePerMinute => (&[(Volume, 1), (Time, -1)], 1, 60),
            Unit::CubicMetrePerHour => (&[(Volume, 1), (Time, -1)], 1_000_000, 3600),
            Unit::Lux => (&[(Illuminance, 1)], 1, 1),
            Unit::Tablet | Unit::Each => (&[], 1, 1),
        };
        Measure { dimension: Dimension::of(bases), numerator, denominator }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> ExactDecimal {
        ExactDecimal::parse(text).unwrap()
    }

    #[test]
    fn a_number_in_another_unit_of_its_measure_is_the_same_number() {
        let mass = Quantity::new(decimal("0.200"), Unit::Kilogram);
        assert_eq!(mass.rounded(Unit::Gram, 1, Rounding::HalfUp).unwrap().to_string(), "200.0");
        assert_eq!(mass.rounded(Unit::Litre, 1, Rounding::HalfUp), Err(QuantityError::OtherMeasure(Unit::Litre)));
        let flow = Quantity::new(decimal("6"), Unit::CubicMetrePerHour);
        assert_eq!(flow.rounded(Unit::MillilitrePerMinute, 0, Rounding::HalfUp).unwrap().to_string(), "100000");
    }

    #[test]
    fn a_half_is_rounded_as_it_was_declared() {
        let cases = [
            ("2.5", ["3", "2", "3", "2"]),
            ("3.5", ["4", "4", "4", "3"]),
            ("-2.5", ["-3", "-2", "-3", "-2"]),
            ("2.4", ["2", "2", "3", "2"]),
            ("-2.6", ["-3", "-3", "-3", "-2"]),
            ("2", ["2", "2", "2", "2"]),
        ];
        for (number, expected) in cases {
            let roundings = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down];
            for (rounding, expected) in roundings.into_iter().zip(expected) {
                let rounded = Quantity::plain(decimal(number)).rounded(Unit::Each, 0, rounding).unwrap();
                assert_eq!(rounded.to_string(), expected, "{number} {rounding:?}");
            }
        }
    }

    #[test]
    fn what_no_record_can_carry_is_refused() {
        let many = Quantity::plain(decimal(&"9".repeat(MAXIMUM_DIGITS)));
        assert_eq!(many.rounded(Unit::Each, 1, Rounding::HalfUp), Err(QuantityError::TooManyDigits));
        assert!(many.rounded(Unit::Each, 0, Rounding::HalfUp).is_ok());
    }
}
