use rust_decimal::Decimal;

use super::*;

#[test]
fn decimals_are_numbers_with_a_point() {
    for (text, number) in
        [("18", "18.0"), ("500.500", "500.5"), ("0.00", "0.0"), ("999999999999.99", "999999999999.99")]
    {
        let decimal = Decimal::from_str_exact(text).unwrap();
        assert_eq!(serde_json::to_string(&Number(decimal)).unwrap(), number);
    }
}

#[test]
fn untyped_times_have_a_space_and_a_zone() {
    for (time, text) in [
        ("2026-11-23T16:50:34.515712Z", "2026-11-23 16:50:34.515712+00:00"),
        ("2026-11-23T16:50:34.500Z", "2026-11-23 16:50:34.500000+00:00"),
        ("2026-11-23T16:50:34Z", "2026-11-23 16:50:34+00:00"),
    ] {
        let time = DateTime::parse_from_rfc3339(time).unwrap().to_utc();
        assert_eq!(serde_json::to_value(SpacedTime(time)).unwrap(), text);
    }
}
