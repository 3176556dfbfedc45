//! Numbers of the old interface: JSON numbers on the wire, exact decimals inside.

use rust_decimal::Decimal;
use serde_json::Value;
use viruj_domain::decimal::ExactDecimal;

use super::Fields;

/// Which numbers a field takes.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Greater than zero, or zero as well.
    pub is_positive: bool,
    /// The greatest one, when the interface names it.
    pub most: Option<u32>,
    /// Less than ten to this.
    pub digits: u32,
    pub places: u32,
}

impl Range {
    /// As the quantity columns keep it.
    pub const QUANTITY: Self = Self { is_positive: true, most: None, digits: 9, places: 3 };
    /// Finer than money, as unit prices are.
    pub const PRICE: Self = Self { is_positive: false, most: None, digits: 9, places: 6 };
    pub const PER_CENT: Self = Self { is_positive: false, most: Some(100), digits: 9, places: 4 };

    fn refuses(self, number: Decimal) -> Option<(&'static str, String)> {
        let below = Decimal::from(10_u64.pow(self.digits));
        if self.is_positive && number <= Decimal::ZERO {
            Some(("greater_than", "Input should be greater than 0".to_owned()))
        } else if number < Decimal::ZERO {
            Some(("greater_than_equal", "Input should be greater than or equal to 0".to_owned()))
        } else if let Some(most) = self.most.filter(|most| number > Decimal::from(*most)) {
            Some(("less_than_equal", format!("Input should be less than or equal to {most}")))
        } else if number >= below {
            Some(("less_than", format!("Input should be less than {below}")))
        } else if number.normalize().scale() > self.places {
            let places = self.places;
            Some(("decimal_max_places", format!("Decimal input should have no more than {places} decimal places")))
        } else {
            None
        }
    }
}

impl Fields {
    /// A number of the range, also as a text; `default` when it is left out.
    pub fn number(&mut self, name: &str, range: Range, default: Option<Decimal>) -> Decimal {
        let refused = match (self.body.get(name), default) {
            (None, Some(default)) => return default,
            (None, None) => ("missing", "Field required".to_owned()),
            (Some(Value::Number(number)), _) => match read(&number.to_string()) {
                Some(number) => match range.refuses(number) {
                    None => return number,
                    Some(refused) => refused,
                },
                None => ("less_than", format!("Input should be less than {}", 10_u64.pow(range.digits))),
            },
            (Some(Value::String(text)), _) => match ExactDecimal::parse(text.trim()) {
                Ok(number) => match range.refuses(number.value()) {
                    None => return number.value(),
                    Some(refused) => refused,
                },
                Err(_) => {
                    let msg = "Input should be a valid number, unable to parse string as a number";
                    ("float_parsing", msg.to_owned())
                }
            },
            (Some(_), _) => ("float_type", "Input should be a valid number".to_owned()),
        };
        self.refuse(name, refused.0, refused.1);
        Decimal::ONE
    }

    /// As [`Self::number`], or none.
    pub fn optional_number(&mut self, name: &str, range: Range) -> Option<Decimal> {
        self.given(name).then(|| self.number(name, range, None))
    }
}

/// The shortest text of the binary number that was sent: what the client wrote, up to 15 digits.
fn read(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::handlers::legacy::body::check_all;

    fn asked(value: Value, range: Range) -> Result<String, (String, String)> {
        let Value::Object(body) = json!({"number": value}) else { panic!("an object") };
        let mut fields = Fields::of(body, Vec::new());
        let number = fields.number("number", range, None);
        match check_all([fields]) {
            Ok(()) => Ok(number.to_string()),
            Err(error) => Err((error.fields[0].kind.clone(), error.fields[0].msg.clone())),
        }
    }

    #[test]
    fn a_number_is_exactly_what_was_written() {
        for (sent, kept) in
            [(json!(500.5), "500.5"), (json!(0.001), "0.001"), (json!("12.50"), "12.50"), (json!(7), "7")]
        {
            assert_eq!(asked(sent, Range::QUANTITY).unwrap(), kept);
        }
        assert_eq!(asked(json!(1e-6), Range::PRICE).unwrap(), "0.000001");
        assert_eq!(asked(json!(999_999_999.999), Range::QUANTITY).unwrap(), "999999999.999");
    }

    #[test]
    fn a_number_that_cannot_be_kept_is_told() {
        for (sent, range, kind) in [
            (json!(0), Range::QUANTITY, "greater_than"),
            (json!(-0.5), Range::PRICE, "greater_than_equal"),
            (json!(100.5), Range::PER_CENT, "less_than_equal"),
            (json!(1e9), Range::QUANTITY, "less_than"),
            (json!(1e300), Range::PRICE, "less_than"),
            (json!(0.0005), Range::QUANTITY, "decimal_max_places"),
            (json!("1,5"), Range::QUANTITY, "float_parsing"),
            (json!("NaN"), Range::QUANTITY, "float_parsing"),
            (json!(true), Range::QUANTITY, "float_type"),
            (json!([]), Range::QUANTITY, "float_type"),
        ] {
            assert_eq!(asked(sent.clone(), range).unwrap_err().0, kind, "{sent}");
        }
    }
}
