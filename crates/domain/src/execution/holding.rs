//! What a value out of its limits stops, and until when.
//!
//! A phase depends on a value when it comes after the phase that recorded it, however far, or when its conditions or its
//! calculation use it. Parallel branches that do not depend on it go on.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{PhaseState, Refusal, follow_ups};
use crate::{
    batch::{BatchStatus, RecordStatus},
    deviation::{DeviationCause, DeviationStatus, Disposition},
    expression::Expression,
    ids::PhaseId,
    phase::{PhaseKind, PhaseStatus},
};

/// What is known of a deviation that an entry of a phase has opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseDeviation {
    /// The entry's operation.
    pub operation_id: Uuid,
    pub code: String,
    pub status: DeviationStatus,
    /// Holds once the deviation is closed.
    pub disposition: Option<Disposition>,
}

/// What keeps a phase from going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The number of the phase whose value has the deviation.
    pub number: u32,
    /// The deviation's code; absent as long as the server has not seen the entry.
    pub deviation: Option<String>,
    /// The material or the batch is rejected: nothing lifts it.
    pub is_final: bool,
}

impl From<Hold> for Refusal {
    fn from(hold: Hold) -> Self {
        let Hold { number, deviation, is_final } = hold;
        if is_final {
            Self::StoppedByDisposition { number, deviation }
        } else {
            Self::AwaitsDisposition { number, deviation }
        }
    }
}

impl PhaseState {
    /// What its own entries hold back; an entry that was corrected does so until its deviation is dispositioned as well.
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        let deviating = self.entries.iter().filter(|entry| entry.deviation.is_some_and(DeviationCause::holds));
        let holds = deviating.filter_map(|entry| {
            let known = self.deviations.iter().find(|known| known.operation_id == entry.operation_id);
            let is_final = match known.map(|known| (known.status, known.disposition)) {
                None => false,
                Some((status, _)) if status.is_open() => false,
                Some((DeviationStatus::Closed, Some(Disposition::RejectMaterial | Disposition::RejectBatch))) => true,
                Some(_) => return None,
            };
            Some(Hold { number: self.number, deviation: known.map(|known| known.code.clone()), is_final })
        });
        holds.max_by_key(|hold| hold.is_final)
    }

    /// A disposition asks for it to be executed again, and the entry that it is about has not been replaced yet.
    #[must_use]
    pub fn is_to_repeat(&self) -> bool {
        let Some(standing) = self.standing_entry() else { return false };
        self.deviations.iter().any(|known| {
            known.operation_id == standing.operation_id
                && known.status == DeviationStatus::Closed
                && known.disposition == Some(Disposition::Repeat)
        })
    }
}

/// What holds each phase, by its place among the phases.
pub(super) struct Holds {
    on: Vec<Option<Hold>>,
}

impl Holds {
    pub(super) fn of(phases: &[PhaseState]) -> Self {
        let own: Vec<Option<Hold>> = phases.iter().map(PhaseState::hold).collect();
        let mut on: Vec<Option<Hold>> = Vec::with_capacity(phases.len());
        if own.iter().all(Option::is_none) {
            on.resize(phases.len(), None);
            return Self { on };
        }
        let by_number: BTreeMap<u32, usize> =
            phases.iter().enumerate().map(|(place, phase)| (phase.number, place)).collect();
        let by_key: BTreeMap<&str, usize> =
            phases.iter().enumerate().map(|(place, phase)| (phase.definition.key.as_str(), place)).collect();
        for phase in phases {
            let before = phase.after.iter().filter_map(|number| by_number.get(number));
            let keys = used_values(phase);
            let used = keys.iter().filter_map(|key| by_key.get(key.as_str()));
            let holds = before.chain(used).filter_map(|place| {
                // A phase only depends on phases with smaller numbers, so what holds those is known already.
                let inherited = on.get(*place).and_then(Option::as_ref);
                own.get(*place).and_then(Option::as_ref).into_iter().chain(inherited).max_by_key(|hold| hold.is_final)
            });
            let hold = holds.max_by_key(|hold| (hold.is_final, std::cmp::Reverse(hold.number))).cloned();
            on.push(hold);
        }
        Self { on }
    }

    pub(super) fn on(&self, place: usize) -> Option<&Hold> {
        self.on.get(place).and_then(Option::as_ref)
    }
}

/// The keys of the phases whose values its conditions and its calculation use; what cannot be read uses none.
fn used_values(phase: &PhaseState) -> Vec<String> {
    let calculation = match &phase.definition.kind {
        PhaseKind::Calculation { expression, .. } => Some(expression),
        _ => None,
    };
    let read = phase.conditions.iter().chain(calculation).filter_map(|text| Expression::parse(text).ok());
    read.flat_map(|expression| expression.phases().into_iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The numbers of the phases that the deviation with this code keeps from going on now.
#[must_use]
pub fn held_by(phases: &[PhaseState], code: &str) -> Vec<u32> {
    let standings = super::standings(phases);
    let is_held = |standing: &super::Standing| match standing {
        super::Standing::Held(hold) => hold.deviation.as_deref() == Some(code),
        _ => false,
    };
    phases.iter().zip(&standings).filter(|(_, standing)| is_held(standing)).map(|(phase, _)| phase.number).collect()
}

/// What follows for a batch from a deviation that was just dispositioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Phases whose status follows from it.
    pub phases: Vec<(PhaseId, PhaseStatus)>,
    pub batch_status: BatchStatus,
    pub record_status: RecordStatus,
}

/// What follows from the phases as they stand now, with `batch` and `record` as they were.
///
/// A batch in review whose phase is to be executed again goes back into execution; one that is on hold, blocked or
/// completed stays what it is.
#[must_use]
pub fn settle(batch: BatchStatus, record: RecordStatus, phases: &[PhaseState]) -> Settlement {
    let (phases, finishes) = follow_ups(phases);
    let (batch_status, record_status) = match (finishes, batch) {
        (true, BatchStatus::InProgress | BatchStatus::Delayed) => (BatchStatus::QcReview, RecordStatus::Complete),
        (false, BatchStatus::QcReview) => (BatchStatus::InProgress, RecordStatus::Incomplete),
        _ => (batch, record),
    };
    Settlement { phases, batch_status, record_status }
}
