//! Where every phase of a batch stands: done, open, waiting, or not part of this batch after all.

use std::collections::BTreeMap;

use super::{Hold, PhaseState, calculated, holding::Holds};
use crate::{
    device::needs_second_look,
    expression::{Expression, Value},
    phase::{PhaseEntry, PhaseStatus, RecordedEntry},
    quantity::Quantity,
    unit::Unit,
};

/// Where a phase stands among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Executed,
    /// A condition does not hold.
    NotApplicable,
    /// It can be executed now, or is being executed.
    Open,
    /// It was executed and a second person has to verify it.
    AwaitsVerification,
    /// A value that its calculation used was corrected: its own has to be as well.
    Outdated,
    /// A disposition asks for it to be executed once more.
    ToRepeat,
    /// It depends on a value whose deviation does not let it go on.
    Held(Hold),
    /// The numbers of earlier phases that are not settled, ascending.
    WaitsFor(Vec<u32>),
}

impl Standing {
    /// Whether what comes after it can go on.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Executed | Self::NotApplicable)
    }
}

/// Where each phase stands; `phases` are all phases of the batch in order of their numbers.
#[must_use]
pub fn standings(phases: &[PhaseState]) -> Vec<Standing> {
    let mut standings: Vec<Standing> = Vec::with_capacity(phases.len());
    let places: BTreeMap<u32, usize> = phases.iter().enumerate().map(|(place, phase)| (phase.number, place)).collect();
    let held = Holds::of(phases);
    for (place, phase) in phases.iter().enumerate() {
        // A phase only waits for phases with smaller numbers, so those stand already.
        let open = phase.after.iter().copied().filter(|number| {
            let before = places.get(number).and_then(|place| standings.get(*place));
            before.is_some_and(|before| !before.is_settled())
        });
        let hold = held.on(place).cloned();
        let mut open: Vec<u32> = open.collect();
        open.sort_unstable();
        let standing = match (phase.status, hold) {
            (PhaseStatus::Completed | PhaseStatus::RequiresApproval, _) if phase.is_to_repeat() => Standing::ToRepeat,
            (PhaseStatus::Completed, hold) if is_outdated(phases, phase) => {
                hold.map_or(Standing::Outdated, Standing::Held)
            }
            (PhaseStatus::Completed, _) => Standing::Executed,
            (PhaseStatus::RequiresApproval, _) => Standing::AwaitsVerification,
            (PhaseStatus::InProgress, _) => Standing::Open,
            (_, Some(hold)) => Standing::Held(hold),
            _ if !open.is_empty() => Standing::WaitsFor(open),
            _ if phase.conditions.iter().any(|condition| !holds(phases, condition)) => Standing::NotApplicable,
            _ => Standing::Open,
        };
        standings.push(standing);
    }
    standings
}

/// Whether something is left to be done and none of it can be done now, by anybody.
#[must_use]
pub fn is_stopped(phases: &[PhaseState]) -> bool {
    let standings = standings(phases);
    let goes_on = |standing: &Standing| {
        matches!(standing, Standing::Open | Standing::AwaitsVerification | Standing::Outdated | Standing::ToRepeat)
    };
    standings.iter().any(|standing| !standing.is_settled()) && !standings.iter().any(goes_on)
}

/// A condition over a phase that was not executed does not hold. One that cannot be read holds: rather a step too many.
fn holds(phases: &[PhaseState], condition: &str) -> bool {
    match Expression::parse(condition) {
        Ok(condition) => condition.value(&|key| value_of(phases, key)) == Ok(Value::Truth(true)),
        Err(_) => true,
    }
}

fn is_outdated(phases: &[PhaseState], phase: &PhaseState) -> bool {
    let recorded = match phase.standing_entry().map(|standing| &standing.entry) {
        Some(PhaseEntry::Number { value, .. }) => *value,
        _ => return false,
    };
    calculated(phases, phase).is_ok_and(|expected| expected != recorded)
}

/// The value of the phase with this key for expressions, once the phase is executed.
pub(super) fn value_of(phases: &[PhaseState], key: &str) -> Option<Value> {
    let phase = phases.iter().find(|phase| phase.definition.key == key)?;
    let is_executed = matches!(phase.status, PhaseStatus::Completed | PhaseStatus::RequiresApproval);
    phase.standing_entry().filter(|_| is_executed).and_then(|standing| match &standing.entry {
        PhaseEntry::Number { value, unit, .. } => Some(Value::Number(Quantity::new(*value, *unit))),
        PhaseEntry::TimerStopped { elapsed_seconds } => {
            let seconds = rust_decimal::Decimal::from(*elapsed_seconds).into();
            Some(Value::Number(Quantity::new(seconds, Unit::Second)))
        }
        PhaseEntry::Chosen { option: text } | PhaseEntry::Text { text } => Some(Value::Text(text.clone())),
        _ => None,
    })
}

impl PhaseState {
    /// The entry that holds now: the last one that was not corrected; neither the start of a timer nor a verification.
    #[must_use]
    pub fn standing_entry(&self) -> Option<&RecordedEntry> {
        self.contents().rfind(|entry| !self.entries.iter().any(|other| other.corrects == Some(entry.operation_id)))
    }

    /// Everybody who recorded something here, the verifier aside.
    pub fn performers(&self) -> impl Iterator<Item = &str> {
        self.contents().map(|entry| entry.person_id.as_str())
    }

    /// Whether a second person verifies what is recorded here: always, or because of how it was recorded.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        let needs_second_look = |entry: &RecordedEntry| needs_second_look(&self.definition.kind, &entry.entry);
        self.definition.verification.is_some() || self.entries.iter().any(needs_second_look)
    }

    fn contents(&self) -> impl DoubleEndedIterator<Item = &RecordedEntry> {
        let is_verified = self.is_verified();
        self.entries.iter().filter(move |entry| match entry.entry {
            PhaseEntry::TimerStarted => false,
            PhaseEntry::Checked => !is_verified,
            _ => true,
        })
    }
}
