//! What a database could not keep must not reach it, or one operation would stop a whole plant.

use chrono::{DateTime, Datelike, Utc};
use viruj_api::statement::{Action, Statement};
use viruj_domain::phase::PhaseEntry;

use crate::{
    signing::OpenedEnvelope,
    text::{LONGEST_NAME, LONGEST_TEXT, is_storable as is_text},
};

pub(super) fn is_storable(opened: &OpenedEnvelope, statement: &Statement) -> bool {
    let envelope = &opened.envelope;
    let texts = [Some(&statement.shown_text), statement.reason.as_ref(), remark(&statement.action)];
    let names = [
        Some(&statement.person_id.0),
        Some(&statement.plant_id.0),
        statement.batch_id.as_ref().map(|batch| &batch.0),
        Some(&statement.language),
        Some(&statement.time_zone),
        Some(&envelope.boot_id),
        envelope.server_time_token.as_ref(),
        entry_name(&statement.action),
    ];
    texts.into_iter().flatten().all(|text| is_text(text, LONGEST_TEXT))
        && names.into_iter().flatten().chain(facts(&statement.action)).all(|name| is_text(name, LONGEST_NAME))
        && [statement.stated_at, envelope.recorded_at].into_iter().all(is_of_this_age)
}

fn remark(action: &Action) -> Option<&String> {
    match action {
        Action::Comment { text, .. } => Some(text),
        Action::PhaseEntry { entry, .. } | Action::PhaseCorrection { entry, .. } => match entry {
            PhaseEntry::Text { text } => Some(text),
            _ => None,
        },
        Action::Session { .. } => None,
    }
}

fn entry_name(action: &Action) -> Option<&String> {
    action.entry().and_then(|(_, entry, _)| entry.name())
}

/// What an entry says of a file or of a device.
fn facts(action: &Action) -> Vec<&String> {
    match action.entry() {
        Some((_, PhaseEntry::Attached { file_name, sha256, .. }, _)) => vec![file_name, sha256],
        Some((_, PhaseEntry::Number { reading: Some(reading), .. }, _)) => {
            vec![&reading.device, &reading.serial_number, &reading.line]
        }
        _ => Vec::new(),
    }
}

/// A clock may be wrong by years and the entry still counts; beyond that it is no time.
fn is_of_this_age(time: DateTime<Utc>) -> bool {
    (1970..=2200).contains(&time.year())
}
