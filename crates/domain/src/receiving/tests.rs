use proptest::prelude::*;

use super::*;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn line(quantity: &str, price: &str, vat_rate: &str) -> LinePrice {
    LinePrice { quantity: decimal(quantity), price: decimal(price), vat_rate: decimal(vat_rate) }
}

fn written(amounts: Amounts) -> [String; 3] {
    [amounts.net.to_string(), amounts.vat.to_string(), amounts.gross.to_string()]
}

#[test]
fn a_line_is_rounded_to_two_places_and_a_note_adds_up_its_lines() {
    let first = amounts(line("500.5", "3.333", "18")).unwrap();
    let second = amounts(line("2", "10", "0")).unwrap();
    assert_eq!(written(first), ["1668.17", "300.27", "1968.44"]);
    assert_eq!(written(second), ["20.00", "0.00", "20.00"]);
    assert_eq!(written(total(&[first, second]).unwrap()), ["1688.17", "300.27", "1988.44"]);
    assert_eq!(written(total(&[]).unwrap()), ["0.00", "0.00", "0.00"]);
    // A binary number would make 2.67 of this.
    assert_eq!(written(amounts(line("1", "2.675", "0")).unwrap())[0], "2.68");
}

#[test]
fn an_amount_that_cannot_be_kept_exactly_is_none() {
    let largest = Decimal::MAX;
    assert_eq!(amounts(LinePrice { quantity: largest, price: largest, vat_rate: Decimal::ZERO }), None);
    let amount = Amounts { net: largest, vat: Decimal::ZERO, gross: largest };
    assert_eq!(total(&[amount, amount]), None);
}

proptest! {
    #[test]
    fn whatever_the_line_net_and_vat_make_gross_and_nothing_is_off_by_more_than_half_a_cent(
        quantity in 1_i64..1_000_000_000_000, price in 0_i64..1_000_000_000_000, rate in 0_i64..=1_000_000,
    ) {
        let line = LinePrice {
            quantity: Decimal::new(quantity, 3), price: Decimal::new(price, 6), vat_rate: Decimal::new(rate, 4),
        };
        let amounts = amounts(line).unwrap();
        prop_assert_eq!(amounts.net + amounts.vat, amounts.gross);
        prop_assert!([amounts.net, amounts.vat, amounts.gross].iter().all(|amount| amount.scale() == 2));
        prop_assert!((amounts.net - line.quantity * line.price).abs() <= Decimal::new(5, 3));
    }
}

#[test]
fn codes_and_days_are_those_of_the_plant_and_codes_widen_after_999() {
    let evening = DateTime::parse_from_rfc3339("2026-11-30T20:00:00Z").unwrap().to_utc();
    let hyderabad = local_date(evening, crate::plant::time_zone("Asia/Kolkata").unwrap());
    let new_jersey = local_date(evening, crate::plant::time_zone("America/New_York").unwrap());
    assert_eq!((gate_counter(hyderabad).as_str(), gate_counter(new_jersey).as_str()), ("GATE-1226", "GATE-1126"));
    assert_eq!(gate_code(hyderabad, 1), "1226001");
    assert_eq!(gate_code(hyderabad, 999), "1226999");
    assert_eq!(gate_code(hyderabad, 1000), "12261000");
    assert_eq!(due_date(hyderabad).to_string(), "2026-12-04");
    assert_eq!(due_date(new_jersey).to_string(), "2026-12-03");
    assert_eq!(vehicle_number(" ts 09 ab 1234"), "TS 09 AB 1234");
}

#[test]
fn a_delivery_takes_its_steps_once() {
    assert_eq!(receive(Some("Awaiting GRN"), false), Ok(GateEntryStatus::AwaitingQa));
    assert_eq!(receive(None, false), Ok(GateEntryStatus::AwaitingQa));
    assert_eq!(receive(Some("Awaiting GRN"), true), Err(Refusal::AlreadyReceived));
    let refused = receive(Some("Sampling Requested"), false).unwrap_err();
    assert_eq!(refused.to_string(), "Cannot create a GRN for a gate entry with status: Sampling Requested");
    assert_eq!(request_sampling(Some("Awaiting QA")), Ok(GoodsReceiptStatus::SamplingRequested));
    assert_eq!(request_sampling(None), Ok(GoodsReceiptStatus::SamplingRequested));
    assert_eq!(request_sampling(Some("Sampling Requested")), Err(Refusal::SamplingRequested));
    assert_eq!(request_sampling(Some("Lost")), Err(Refusal::NotAwaitingQa { status: "Lost".to_owned() }));
}
