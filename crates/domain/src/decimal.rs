//! Exact decimals, written as text with their scale: 0.50 is not 0.5 on a batch record.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// Digits that a number may carry in all.
pub const MAXIMUM_DIGITS: usize = 28;

/// A decimal number that keeps the scale it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[schema(value_type = String, example = "110.00")]
pub struct ExactDecimal(#[cfg_attr(feature = "bindings", specta(type = String))] Decimal);

/// Why a text is not a number that a record can keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    #[error("the text is not a decimal number")]
    NotANumber,
    #[error("the number has more than {MAXIMUM_DIGITS} digits")]
    TooManyDigits,
    #[error("the number has more decimal places than the {allowed} that are recorded here")]
    TooManyPlaces { allowed: u32 },
}

impl ExactDecimal {
    /// Reads a number with a full stop as decimal separator and nothing else but digits and a sign.
    ///
    /// # Errors
    /// [`DecimalError::NotANumber`] for anything else, exponents and group separators included;
    /// [`DecimalError::TooManyDigits`] beyond 28 digits.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !plain(fraction) {
            return Err(DecimalError::NotANumber);
        }
        if digits.bytes().filter(u8::is_ascii_digit).count() > MAXIMUM_DIGITS {
            return Err(DecimalError::TooManyDigits);
        }
        Decimal::from_str_exact(text).map(Self).map_err(|_| DecimalError::NotANumber)
    }

    /// Reads a number as [`Self::parse`] does and refuses more decimal places than `places`.
    ///
    /// # Errors
    /// As [`Self::parse`], and [`DecimalError::TooManyPlaces`]: a record never rounds what was measured.
    pub fn parse_with_places(text: &str, places: u32) -> Result<Self, DecimalError> {
        let number = Self::parse(text)?;
        if number.0.scale() > places {
            return Err(DecimalError::TooManyPlaces { allowed: places });
        }
        Ok(number)
    }

    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }
}

impl From<Decimal> for ExactDecimal {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl std::fmt::Display for ExactDecimal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Serialize for ExactDecimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ExactDecimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_scale_it_was_written_with() {
        assert_eq!(ExactDecimal::parse("0.50").unwrap().to_string(), "0.50");
        assert_eq!(ExactDecimal::parse("-12").unwrap().to_string(), "-12");
        assert_eq!(ExactDecimal::parse("0.50"), ExactDecimal::parse("0.5"));
    }

    #[test]
    fn refuses_what_is_not_plainly_a_number() {
        for text in ["", "-", ".", "1.", ".5", "1e3", "1,5", "1 000", "+1", "٣", "NaN", "0x1", "--1"] {
            assert_eq!(ExactDecimal::parse(text), Err(DecimalError::NotANumber), "{text:?}");
        }
        let long = "1".repeat(MAXIMUM_DIGITS + 1);
        assert_eq!(ExactDecimal::parse(&long), Err(DecimalError::TooManyDigits));
    }

    #[test]
    fn never_rounds_silently() {
        assert_eq!(ExactDecimal::parse_with_places("1.25", 1), Err(DecimalError::TooManyPlaces { allowed: 1 }));
        assert!(ExactDecimal::parse_with_places("1.2", 1).is_ok());
    }
}
