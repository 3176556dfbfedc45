//! From the gate to the laboratory: gate entries, goods receipt notes and requests for samples.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::role::words;

words! {
    /// Where a delivery stands at the gate.
    GateEntryStatus {
        AwaitingGrn = "Awaiting GRN",
        AwaitingQa = "Awaiting QA",
        SamplingRequested = "Sampling Requested",
    }
}

words! {
    /// Where a goods receipt note stands.
    GoodsReceiptStatus {
        AwaitingQa = "Awaiting QA",
        SamplingRequested = "Sampling Requested",
    }
}

/// The tests that every sample of a delivery gets, each with its method.
pub const STANDARD_TESTS: [(&str, &str); 3] =
    [("Assay", "HPLC"), ("Related Substances", "HPLC"), ("Water Content", "Titration")];
/// What kind of sample a delivery gives and how urgent it is, in the words of the legacy system.
pub const SAMPLE_TYPE: &str = "FG";
pub const SAMPLE_PRIORITY: &str = "Medium";

/// Days in which a sample is to be tested.
const DAYS_TO_TEST: u64 = 3;
/// Money has two decimal places.
const MONEY_PLACES: u32 = 2;

/// Why a step of a delivery is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("A GRN already exists for this gate entry")]
    AlreadyReceived,
    #[error("Cannot create a GRN for a gate entry with status: {status}")]
    NotAwaitingGrn { status: String },
    #[error("Sampling has already been requested for this GRN")]
    SamplingRequested,
    #[error("Cannot request sampling for a GRN with status: {status}")]
    NotAwaitingQa { status: String },
}

/// Whether a goods receipt note may be made for the gate entry; one without a status waits for it.
///
/// # Errors
/// [`Refusal::AlreadyReceived`] when there is one, [`Refusal::NotAwaitingGrn`] when it has gone on without.
pub fn receive(status: Option<&str>, has_receipt: bool) -> Result<GateEntryStatus, Refusal> {
    if has_receipt {
        return Err(Refusal::AlreadyReceived);
    }
    match status {
        None => Ok(GateEntryStatus::AwaitingQa),
        Some(status) if status == GateEntryStatus::AwaitingGrn.as_str() => Ok(GateEntryStatus::AwaitingQa),
        Some(status) => Err(Refusal::NotAwaitingGrn { status: status.to_owned() }),
    }
}

/// Whether a sample may be asked for; a note without a status waits for quality assurance.
///
/// # Errors
/// [`Refusal::SamplingRequested`], [`Refusal::NotAwaitingQa`].
pub fn request_sampling(status: Option<&str>) -> Result<GoodsReceiptStatus, Refusal> {
    match status {
        None => Ok(GoodsReceiptStatus::SamplingRequested),
        Some(status) if status == GoodsReceiptStatus::AwaitingQa.as_str() => Ok(GoodsReceiptStatus::SamplingRequested),
        Some(status) if status == GoodsReceiptStatus::SamplingRequested.as_str() => Err(Refusal::SamplingRequested),
        Some(status) => Err(Refusal::NotAwaitingQa { status: status.to_owned() }),
    }
}

/// The day in the plant.
#[must_use]
pub fn local_date(now: DateTime<Utc>, zone: Tz) -> NaiveDate {
    now.with_timezone(&zone).date_naive()
}

/// The day until which a sample of this day is to be tested.
#[must_use]
pub fn due_date(sampled_on: NaiveDate) -> NaiveDate {
    sampled_on.checked_add_days(Days::new(DAYS_TO_TEST)).unwrap_or(sampled_on)
}

/// The counter of the gate entries of a month, for example `GATE-1126` for November 2026 in the plant.
#[must_use]
pub fn gate_counter(today: NaiveDate) -> String {
    format!("GATE-{}", gate_month(today))
}

/// The code of a gate entry: month, year and number; three digits, more after 999.
#[must_use]
pub fn gate_code(today: NaiveDate, number: i64) -> String {
    format!("{}{number:03}", gate_month(today))
}

/// What a gate entry's code begins with, for example `1126`.
#[must_use]
pub fn gate_month(today: NaiveDate) -> String {
    format!("{:02}{:02}", today.month(), today.year().rem_euclid(100))
}

/// A vehicle is known by its number in capitals.
#[must_use]
pub fn vehicle_number(text: &str) -> String {
    text.trim().to_uppercase()
}

/// What one line of a goods receipt note is calculated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinePrice {
    pub quantity: Decimal,
    pub price: Decimal,
    /// In per cent.
    pub vat_rate: Decimal,
}

/// Amounts of a line or of a whole note, each with two decimal places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    pub net: Decimal,
    pub vat: Decimal,
    pub gross: Decimal,
}

/// Net, VAT and gross of a line, each rounded to two places, halves away from zero.
///
/// `None` when a number grows beyond what can be kept exactly.
#[must_use]
pub fn amounts(line: LinePrice) -> Option<Amounts> {
    let net = money(line.quantity.checked_mul(line.price)?);
    let vat = money(net.checked_mul(line.vat_rate)?.checked_div(Decimal::ONE_HUNDRED)?);
    Some(Amounts { net, vat, gross: net.checked_add(vat)? })
}

/// The sum of the lines' rounded amounts, so that a note adds up as it is printed.
#[must_use]
pub fn total(lines: &[Amounts]) -> Option<Amounts> {
    let zero = Amounts { net: money(Decimal::ZERO), vat: money(Decimal::ZERO), gross: money(Decimal::ZERO) };
    lines.iter().try_fold(zero, |sum, line| {
        Some(Amounts {
            net: sum.net.checked_add(line.net)?,
            vat: sum.vat.checked_add(line.vat)?,
            gross: sum.gross.checked_add(line.gross)?,
        })
    })
}

fn money(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(MONEY_PLACES, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(MONEY_PLACES);
    rounded
}

#[cfg(test)]
mod tests;
