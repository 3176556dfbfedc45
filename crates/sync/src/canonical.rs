//! Canonical bytes: JSON in the form of RFC 8785, with integers only.
//!
//! What is signed is made here once and kept; nobody makes it a second time to verify it.

use serde::Serialize;
use serde_json::Value;

/// The largest integer that every JSON reader keeps exactly (RFC 7493, 2^53 − 1).
pub const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// Why a value has no canonical bytes.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// Quantities are decimals in text; a floating-point number has no business in a record.
    #[error("a floating-point number has no place in a record")]
    Float,
    #[error("the integer {0} is beyond what every reader keeps exactly")]
    IntegerTooLarge(String),
    #[error("the value cannot be written as JSON: {0}")]
    NotJson(#[from] serde_json::Error),
}

/// The canonical bytes of a value: UTF-8, members ordered, no white space.
///
/// # Errors
/// [`CanonicalError::Float`] and [`CanonicalError::IntegerTooLarge`] for numbers that readers disagree on.
pub fn to_canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value)?;
    refuse_loose_numbers(&value)?;
    Ok(serde_json_canonicalizer::to_vec(&value)?)
}

/// Whether the bytes are the canonical form of what they say.
///
/// Two readers of bytes that are not may understand two things, for example where a member stands twice.
#[must_use]
pub fn is_canonical(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes)
        .ok()
        .and_then(|value| to_canonical(&value).ok())
        .is_some_and(|canonical| canonical == bytes)
}

fn refuse_loose_numbers(value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) if whole <= LARGEST_INTEGER => Ok(()),
            (None, Some(whole)) if whole.unsigned_abs() <= LARGEST_INTEGER => Ok(()),
            (None, None) => Err(CanonicalError::Float),
            _ => Err(CanonicalError::IntegerTooLarge(number.to_string())),
        },
        Value::Array(items) => items.iter().try_for_each(refuse_loose_numbers),
        Value::Object(members) => members.values().try_for_each(refuse_loose_numbers),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_ordered_and_text_is_kept() {
        let bytes = to_canonical(&json!({"b": 1, "a": {"z": "°C µ \u{1F9EA}", "y": [true, null, -3]}})).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), r#"{"a":{"y":[true,null,-3],"z":"°C µ 🧪"},"b":1}"#);
    }

    #[test]
    fn numbers_that_readers_disagree_on_are_refused() {
        assert!(matches!(to_canonical(&json!({"x": [0.5]})), Err(CanonicalError::Float)));
        assert!(matches!(to_canonical(&json!(1.0)), Err(CanonicalError::Float)));
        assert!(matches!(to_canonical(&json!(LARGEST_INTEGER + 1)), Err(CanonicalError::IntegerTooLarge(_))));
        assert!(matches!(to_canonical(&json!(i64::MIN)), Err(CanonicalError::IntegerTooLarge(_))));
        assert!(to_canonical(&json!(LARGEST_INTEGER)).is_ok());
    }

    #[test]
    fn a_member_that_stands_twice_is_not_canonical() {
        assert!(is_canonical(br#"{"a":1,"b":2}"#));
        for bytes in [&br#"{"a":1,"a":1}"#[..], br#"{"b":2,"a":1}"#, br#"{"a": 1}"#, br#"{"a":1.0}"#, b"{", b""] {
            assert!(!is_canonical(bytes), "{}", String::from_utf8_lossy(bytes));
        }
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(1i64 << 53) + 1..(1i64 << 53)).prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(".{0,6}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// What is written reads back as the same value and is the only canonical form of it.
        #[test]
        fn canonical_bytes_read_back_and_are_stable(value in json_value()) {
            let bytes = to_canonical(&value).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<Value>(&bytes).unwrap(), &value);
            prop_assert!(is_canonical(&bytes));
        }
    }
}
