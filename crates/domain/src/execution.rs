//! The rules by which a phase of a batch is executed.
//!
//! [`decide`] answers before anything is recorded: may this person record this entry now?
//! [`judge`] answers for an entry that a station has already recorded: what a person did on the floor happened, so a
//! second completion becomes a deviation and not an error.

use crate::{
    batch::{BatchStatus, RecordStatus},
    capability::Capability,
    decimal::ExactDecimal,
    deviation::{DeviationCause, Severity},
    ids::PhaseId,
    phase::{LimitCheck, NumberParameter, PhaseDefinition, PhaseEntry, PhaseKind, PhaseStatus, RecordedEntry},
    role::Role,
    unit::Unit,
};

/// The person who executes, as the decider knows them.
#[derive(Clone, Copy, Debug)]
pub struct Executor {
    pub role: Role,
    pub is_active: bool,
}

/// One phase of a batch as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseState {
    pub id: PhaseId,
    /// From 1, dense within the batch.
    pub number: u32,
    pub definition: PhaseDefinition,
    pub status: PhaseStatus,
    /// Counts the changes of the phase; a statement names the version its author saw.
    pub version: i64,
    pub entries: Vec<RecordedEntry>,
}

/// What somebody wants to record, or has recorded.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    pub phase: PhaseId,
    pub entry: &'a PhaseEntry,
    pub reason: Option<&'a str>,
    /// Whether a valid signature with the phase's meaning comes with the entry.
    pub is_signed: bool,
}

/// What recording the entry brings about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub phase_status: PhaseStatus,
    pub batch_status: BatchStatus,
    pub record_status: RecordStatus,
    pub deviation: Option<OpenedDeviation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedDeviation {
    pub cause: DeviationCause,
    pub severity: Severity,
}

/// Why an entry may not be recorded now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("this person may not execute batches")]
    NotAuthorised,
    #[error("the phase is not part of this batch")]
    PhaseUnknown,
    #[error("the batch is {0} and cannot be executed")]
    BatchNotExecutable(BatchStatus),
    #[error("phase {number} comes first")]
    EarlierPhaseOpen { number: u32 },
    #[error("the phase is already completed")]
    AlreadyCompleted,
    #[error("the entry is of another kind than the phase asks for")]
    WrongEntryKind,
    #[error("the phase is recorded in {expected:?}")]
    WrongUnit { expected: Unit },
    #[error("at most {allowed} decimal places are recorded here")]
    TooManyPlaces { allowed: u32 },
    #[error("the lot that was charged is missing")]
    LotRequired,
    #[error("the container of the sample is missing")]
    ContainerRequired,
    #[error("the timer has not been started")]
    TimerNotStarted,
    #[error("the timer is already running")]
    TimerRunning,
    #[error("a value outside its limits needs a reason")]
    ReasonRequired,
    #[error("the phase must be signed")]
    SignatureRequired,
}

impl Refusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::PhaseUnknown => "phase_unknown",
            Self::BatchNotExecutable(_) => "batch_not_executable",
            Self::EarlierPhaseOpen { .. } => "earlier_phase_open",
            Self::AlreadyCompleted => "already_completed",
            Self::WrongEntryKind => "wrong_entry_kind",
            Self::WrongUnit { .. } => "wrong_unit",
            Self::TooManyPlaces { .. } => "too_many_places",
            Self::LotRequired => "lot_required",
            Self::ContainerRequired => "container_required",
            Self::TimerNotStarted => "timer_not_started",
            Self::TimerRunning => "timer_running",
            Self::ReasonRequired => "reason_required",
            Self::SignatureRequired => "signature_required",
        }
    }
}

/// What becomes of an entry that a station has already recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The entry takes effect.
    Applied(Outcome),
    /// The entry is kept beside what the phase already holds and opens a deviation; the phase stays as it is.
    KeptWithDeviation(OpenedDeviation),
    /// The entry takes no effect and is kept as evidence.
    NotApplied(Refusal),
}

/// Decides whether the entry may be recorded; `phases` are all phases of the batch in order of their numbers.
///
/// # Errors
/// The first [`Refusal`] that holds, authority before order before content.
pub fn decide(
    batch: BatchStatus,
    phases: &[PhaseState],
    attempt: Attempt<'_>,
    executor: Executor,
) -> Result<Outcome, Refusal> {
    if !executor.is_active || !executor.role.can(Capability::BatchExecute) {
        return Err(Refusal::NotAuthorised);
    }
    let phase = phases.iter().find(|phase| phase.id == attempt.phase).ok_or(Refusal::PhaseUnknown)?;
    if phase.status == PhaseStatus::Completed {
        return Err(Refusal::AlreadyCompleted);
    }
    if !batch.is_executable() {
        return Err(Refusal::BatchNotExecutable(batch));
    }
    outcome_of(batch, phases, phase, attempt)
}

/// Judges an entry that a station has recorded while it may not have known the newest state.
#[must_use]
pub fn judge(batch: BatchStatus, phases: &[PhaseState], attempt: Attempt<'_>, executor: Executor) -> Judgement {
    match decide(batch, phases, attempt, executor) {
        Ok(outcome) => Judgement::Applied(outcome),
        Err(Refusal::AlreadyCompleted) => Judgement::KeptWithDeviation(OpenedDeviation {
            cause: DeviationCause::Duplicate,
            severity: Severity::Medium,
        }),
        Err(Refusal::BatchNotExecutable(_)) => {
            Judgement::KeptWithDeviation(OpenedDeviation { cause: DeviationCause::AfterHold, severity: Severity::High })
        }
        Err(refusal) => Judgement::NotApplied(refusal),
    }
}

/// The number of the phase that is to be executed next; `None` when all are completed.
#[must_use]
pub fn next_phase(phases: &[PhaseState]) -> Option<&PhaseState> {
    phases.iter().find(|phase| phase.status != PhaseStatus::Completed)
}

fn outcome_of(
    batch: BatchStatus,
    phases: &[PhaseState],
    phase: &PhaseState,
    attempt: Attempt<'_>,
) -> Result<Outcome, Refusal> {
    if let Some(earlier) = next_phase(phases).filter(|next| next.number < phase.number) {
        return Err(Refusal::EarlierPhaseOpen { number: earlier.number });
    }
    let checked = check_content(phase, attempt.entry)?;
    if checked.deviation.is_some() && attempt.reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Refusal::ReasonRequired);
    }
    if checked.status == PhaseStatus::Completed && phase.definition.signature.is_some() && !attempt.is_signed {
        return Err(Refusal::SignatureRequired);
    }
    let is_last_open = phases.iter().all(|other| other.id == phase.id || other.status == PhaseStatus::Completed);
    let finishes = is_last_open && checked.status == PhaseStatus::Completed;
    Ok(Outcome {
        phase_status: checked.status,
        batch_status: match (finishes, batch) {
            (true, _) => BatchStatus::QcReview,
            (false, BatchStatus::Planned) => BatchStatus::InProgress,
            (false, other) => other,
        },
        record_status: if finishes { RecordStatus::Complete } else { RecordStatus::Incomplete },
        deviation: checked.deviation,
    })
}

struct Checked {
    status: PhaseStatus,
    deviation: Option<OpenedDeviation>,
}

fn check_content(phase: &PhaseState, entry: &PhaseEntry) -> Result<Checked, Refusal> {
    let within = Checked { status: PhaseStatus::Completed, deviation: None };
    match (&phase.definition.kind, entry) {
        (PhaseKind::Confirmation, PhaseEntry::Confirmed) => Ok(within),
        (
            PhaseKind::Value(number) | PhaseKind::InProcessCheck(number),
            PhaseEntry::Number { value, unit, lot: None },
        ) => check_number(number, *value, *unit),
        (PhaseKind::MaterialCharge { quantity, .. }, PhaseEntry::Number { value, unit, lot }) => {
            if lot.as_deref().is_none_or(|lot| lot.trim().is_empty()) {
                return Err(Refusal::LotRequired);
            }
            check_number(quantity, *value, *unit)
        }
        (PhaseKind::Timer { .. }, PhaseEntry::TimerStarted) => match phase.status {
            PhaseStatus::Pending => Ok(Checked { status: PhaseStatus::InProgress, deviation: None }),
            _ => Err(Refusal::TimerRunning),
        },
        (PhaseKind::Timer { minimum_seconds, maximum_seconds }, PhaseEntry::TimerStopped { elapsed_seconds }) => {
            if phase.status != PhaseStatus::InProgress {
                return Err(Refusal::TimerNotStarted);
            }
            let kept =
                elapsed_seconds >= minimum_seconds && maximum_seconds.is_none_or(|most| *elapsed_seconds <= most);
            Ok(Checked {
                status: PhaseStatus::Completed,
                deviation: (!kept)
                    .then_some(OpenedDeviation { cause: DeviationCause::TimerOutOfBounds, severity: Severity::Medium }),
            })
        }
        (PhaseKind::SampleRequest { .. }, PhaseEntry::SampleRequested { container }) => {
            if container.trim().is_empty() {
                return Err(Refusal::ContainerRequired);
            }
            Ok(within)
        }
        _ => Err(Refusal::WrongEntryKind),
    }
}

fn check_number(number: &NumberParameter, value: ExactDecimal, unit: Unit) -> Result<Checked, Refusal> {
    if unit != number.unit {
        return Err(Refusal::WrongUnit { expected: number.unit });
    }
    if value.value().scale() > number.places {
        return Err(Refusal::TooManyPlaces { allowed: number.places });
    }
    let deviation = match number.check(value) {
        LimitCheck::Within => None,
        LimitCheck::Below | LimitCheck::Above => {
            Some(OpenedDeviation { cause: DeviationCause::OutOfLimits, severity: Severity::High })
        }
    };
    Ok(Checked { status: PhaseStatus::Completed, deviation })
}

#[cfg(test)]
mod tests;
