//! Numbers as they are typed or scanned, read in the person's locale, never rounded.

use rust_decimal::{Decimal, prelude::ToPrimitive};
use viruj_api::station::NumberCheck;
use viruj_domain::{
    decimal::{DecimalError, ExactDecimal},
    phase::NumberParameter,
};

/// Reads a number whose decimal key is `separator` and that groups no digits.
pub(crate) fn read_number(text: &str, separator: &str, places: u32) -> Result<ExactDecimal, &'static str> {
    let text = text.trim();
    let plain = match separator {
        // A full stop would be a group separator: 1.500 could be 1500 or 1.5, so it is neither.
        "," if text.contains('.') => return Err("not_a_number"),
        "," => text.replacen(',', ".", 1),
        _ => text.to_owned(),
    };
    // Some keyboards write the minus sign of typography.
    let plain = plain.replacen('\u{2212}', "-", 1);
    ExactDecimal::parse_with_places(&plain, places).map_err(|error| match error {
        DecimalError::NotANumber => "not_a_number",
        DecimalError::TooManyDigits => "too_many_digits",
        DecimalError::TooManyPlaces { .. } => "too_many_places",
    })
}

/// What the number would be recorded as, and how it lies to its limits.
pub(crate) fn check_number(text: &str, separator: &str, parameter: &NumberParameter) -> NumberCheck {
    match read_number(text, separator, parameter.places) {
        Ok(value) => NumberCheck { needs_second_look: parameter.needs_second_look(value), ..checked(value, parameter) },
        Err(problem) => NumberCheck {
            value: None,
            check: None,
            problem: Some(problem.to_owned()),
            position: None,
            needs_second_look: false,
        },
    }
}

/// How a value that nobody has typed lies to its limits.
pub(crate) fn checked(value: ExactDecimal, parameter: &NumberParameter) -> NumberCheck {
    NumberCheck {
        value: Some(value.to_string()),
        check: Some(parameter.check(value)),
        problem: None,
        position: position(value, parameter),
        needs_second_look: false,
    }
}

/// Thousandths of the way from the low limit to the high one, for the drawing only.
fn position(value: ExactDecimal, parameter: &NumberParameter) -> Option<u32> {
    let (low, high) = (parameter.low?.value(), parameter.high?.value());
    let span = high.checked_sub(low).filter(|span| *span > Decimal::ZERO)?;
    let way = value.value().checked_sub(low)?.checked_div(span)?.checked_mul(Decimal::from(1000))?;
    way.clamp(Decimal::ZERO, Decimal::from(1000)).round().to_u32()
}

#[cfg(test)]
mod tests {
    use viruj_domain::{phase::LimitCheck, unit::Unit};

    use super::*;

    fn read(text: &str, separator: &str) -> Result<String, &'static str> {
        read_number(text, separator, 2).map(|number| number.to_string())
    }

    #[test]
    fn the_decimal_key_is_the_locales() {
        assert_eq!(read("12.50", "."), Ok("12.50".to_owned()));
        assert_eq!(read(" 12,50 ", ","), Ok("12.50".to_owned()));
        assert_eq!(read("\u{2212}3", "."), Ok("-3".to_owned()));
        for (text, separator) in
            [("12,50", "."), ("1.500", ","), ("1.500,5", ","), ("1,2,3", ","), ("", "."), ("1e3", ".")]
        {
            assert_eq!(read(text, separator), Err("not_a_number"), "{text:?} {separator:?}");
        }
    }

    #[test]
    fn nothing_is_rounded() {
        assert_eq!(read("1.234", "."), Err("too_many_places"));
        assert_eq!(read(&"1".repeat(40), "."), Err("too_many_digits"));
    }

    #[test]
    fn a_value_lies_somewhere_between_its_limits() {
        let parameter = NumberParameter {
            unit: Unit::RevolutionsPerMinute,
            places: 0,
            low: ExactDecimal::parse("90").ok(),
            target: None,
            high: ExactDecimal::parse("130").ok(),
            device: None,
            plausible: None,
        };
        let check = |text| check_number(text, ".", &parameter);
        assert_eq!(
            (check("90").position, check("100").position, check("141").position),
            (Some(0), Some(250), Some(1000))
        );
        assert_eq!(check("141").check, Some(LimitCheck::Above));
        assert_eq!(check("1.5").problem.as_deref(), Some("too_many_places"));
        let open = NumberParameter { high: None, ..parameter.clone() };
        assert_eq!(check_number("95", ".", &open).position, None);
        let point = NumberParameter { high: parameter.low, ..parameter };
        assert_eq!(check_number("95", ".", &point).position, None);
    }
}
