//! The sentence that a deviation opens with, for the person who has to look into it.

use viruj_api::batches::EntryRow;
use viruj_domain::{
    deviation::DeviationCause,
    execution::{PhaseState, Unfit},
    phase::{NumberParameter, PhaseEntry, PhaseKind},
};

use crate::store::BatchState;

pub(super) fn describe(
    batch: &BatchState,
    phase: &PhaseState,
    entry: &EntryRow,
    (cause, unfit, held_by): (DeviationCause, Option<&Unfit>, Option<&str>),
) -> String {
    let place = format!("phase {} ({}) of batch {}", phase.number, phase.definition.title, batch.number);
    let recorded = recorded(&entry.entry);
    let who = &entry.person_name;
    let mut sentence = match cause {
        DeviationCause::OutOfLimits => {
            let limits = phase.definition.kind.number().map(limits).unwrap_or_default();
            format!("{who} recorded {recorded} in {place}, outside the limits {limits}")
        }
        DeviationCause::TimerOutOfBounds => {
            format!("{who} recorded {recorded} in {place}, outside the time {}", bounds(&phase.definition.kind))
        }
        DeviationCause::Duplicate => {
            let why = held_by.map(|station| format!(" while {station} had the lease"));
            let why = why.as_deref().unwrap_or(", which another entry had already been made for");
            format!("{who} recorded {recorded} in {place}{why}")
        }
        DeviationCause::AfterHold if batch.status.is_executable() => {
            format!("{who} recorded {recorded} in {place} while a deviation of an earlier phase kept it waiting")
        }
        DeviationCause::AfterHold => {
            format!("{who} recorded {recorded} in {place} while the batch was {}", batch.status)
        }
        DeviationCause::AuthorityMissing => {
            format!("{who} recorded {recorded} in {place} without the authority to do so")
        }
        DeviationCause::OutOfOrder => {
            format!("{who} recorded {recorded} in {place} while an earlier phase was still open")
        }
        DeviationCause::RecordedByPerson => format!("{who} reported a deviation in {place}"),
        DeviationCause::LotUnfit | DeviationCause::EquipmentUnfit | DeviationCause::NotQualified => {
            format!("{who} recorded {recorded} in {place}")
        }
    };
    if let Some(unfit) = unfit {
        sentence.push_str(&format!(", although {unfit}"));
    }
    if let Some(reason) = entry.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) {
        sentence.push_str(&format!("; reason given: {}", reason.trim_end_matches('.')));
    }
    sentence.push('.');
    sentence
}

fn recorded(entry: &PhaseEntry) -> String {
    match entry {
        PhaseEntry::Confirmed => "a confirmation".to_owned(),
        PhaseEntry::Number { value, unit, lot, reading } => {
            let lot = lot.as_ref().map(|lot| format!(" of lot {lot}")).unwrap_or_default();
            let source = reading.as_ref().map(|reading| format!(" from {}", reading.device)).unwrap_or_default();
            format!("{value} {}{lot}{source}", unit.symbol())
        }
        PhaseEntry::TimerStarted => "the start of the timer".to_owned(),
        PhaseEntry::TimerStopped { elapsed_seconds } => format!("a time of {elapsed_seconds} s"),
        PhaseEntry::SampleRequested { container } => format!("a sample in container {container}"),
        PhaseEntry::Text { text } => format!("the text \"{text}\""),
        PhaseEntry::Chosen { option } => format!("the answer \"{option}\""),
        PhaseEntry::Date { date } => format!("the date {date}"),
        PhaseEntry::EquipmentUsed { equipment } => format!("the use of {equipment}"),
        PhaseEntry::FoundClean { equipment } => format!("{equipment} as clean"),
        PhaseEntry::Attached { file_name, .. } => format!("the file {file_name}"),
        PhaseEntry::Checked => "a verification".to_owned(),
    }
}

fn limits(number: &NumberParameter) -> String {
    let symbol = number.unit.symbol();
    match (number.low, number.high) {
        (Some(low), Some(high)) => format!("{low} to {high} {symbol}"),
        (Some(low), None) => format!("from {low} {symbol}"),
        (None, Some(high)) => format!("up to {high} {symbol}"),
        (None, None) => "that were set".to_owned(),
    }
}

fn bounds(kind: &PhaseKind) -> String {
    match kind {
        PhaseKind::Timer { minimum_seconds, maximum_seconds: Some(most) } => format!("{minimum_seconds} to {most} s"),
        PhaseKind::Timer { minimum_seconds, maximum_seconds: None } => format!("from {minimum_seconds} s"),
        _ => "that was set".to_owned(),
    }
}
