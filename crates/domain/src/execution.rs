//! The rules by which a phase of a batch is executed.
//!
//! [`decide`] answers before anything is recorded: may this person record this entry now?
//! [`judge`] answers for an entry that a station has already recorded: what a person did on the floor happened, so a
//! second completion becomes a deviation and not an error.

use chrono::DateTime;
use uuid::Uuid;

use crate::{
    attachment::{self, AttachmentFault},
    batch::{BatchStatus, RecordStatus},
    capability::Capability,
    decimal::ExactDecimal,
    deviation::{DeviationCause, Severity},
    device::{DeviceReading, is_manual, needs_second_look},
    expression::{Expression, Value},
    ids::PhaseId,
    person::Acting,
    phase::{LimitCheck, NumberParameter, PhaseDefinition, PhaseEntry, PhaseKind, PhaseStatus, RecordedEntry},
    role::Role,
    signature::SignatureMeaning,
    unit::Unit,
};

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
    /// The numbers of the phases that must be settled directly before.
    pub after: Vec<u32>,
    /// Expressions that must all hold for the phase to be executed.
    pub conditions: Vec<String>,
    /// Those that count, oldest first.
    pub entries: Vec<RecordedEntry>,
    /// What is known of the deviations that its entries have opened.
    pub deviations: Vec<PhaseDeviation>,
}

/// What somebody wants to record, or has recorded.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    pub phase: PhaseId,
    pub entry: &'a PhaseEntry,
    /// The entry in whose place this one comes.
    pub corrects: Option<Uuid>,
    pub reason: Option<&'a str>,
    /// Whether a valid signature with the meaning of [`signed_with`] comes with the entry.
    pub is_signed: bool,
}

/// What recording the entry brings about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub phase_status: PhaseStatus,
    /// Other phases whose status follows from it: those that need not be executed now, or need to be again.
    pub others: Vec<(PhaseId, PhaseStatus)>,
    pub batch_status: BatchStatus,
    pub record_status: RecordStatus,
    pub deviation: Option<OpenedDeviation>,
    /// What the phase leaned on although it was not fit for it.
    pub unfit: Option<Unfit>,
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
    /// `deviation` is its code, once the server has given one.
    #[error("the deviation of phase {number} is not dispositioned yet")]
    AwaitsDisposition { number: u32, deviation: Option<String> },
    #[error("the disposition of the deviation of phase {number} lets nothing that depends on it go on")]
    StoppedByDisposition { number: u32, deviation: Option<String> },
    #[error("the phase is already completed")]
    AlreadyCompleted,
    #[error("the phase is not executed in this batch")]
    PhaseNotApplicable,
    #[error("nothing has been recorded yet that could be verified")]
    NothingToVerify,
    #[error("who performed a phase does not verify it")]
    SamePerson,
    #[error("there is no such entry to correct")]
    NothingToCorrect,
    #[error("the entry has been corrected already")]
    AlreadyCorrected,
    #[error("the calculation gives {expected}")]
    CalculationDiffers { expected: ExactDecimal },
    #[error("the calculation has no result: {0}")]
    CalculationImpossible(String),
    #[error("this is none of the answers")]
    UnknownOption,
    #[error("the text is missing or has more than {longest} characters")]
    TextUnfit { longest: u32 },
    #[error("the code of the equipment is missing")]
    EquipmentRequired,
    #[error("the entry is of another kind than the phase asks for")]
    WrongEntryKind,
    #[error("the phase is recorded in {expected:?}")]
    WrongUnit { expected: Unit },
    #[error("at most {allowed} decimal places are recorded here")]
    TooManyPlaces { allowed: u32 },
    #[error("the value is not the one that the device told")]
    ReadingDiffers,
    #[error("the lot that was charged is missing")]
    LotRequired,
    #[error("the container of the sample is missing")]
    ContainerRequired,
    #[error("the timer has not been started")]
    TimerNotStarted,
    #[error("the timer is already running")]
    TimerRunning,
    #[error("a value outside its limits, or typed although a device measures it, needs a reason")]
    ReasonRequired,
    #[error("the phase must be signed")]
    SignatureRequired,
    #[error(transparent)]
    AttachmentUnfit(#[from] AttachmentFault),
    /// A lot, a piece of equipment or a qualification.
    #[error(transparent)]
    Unfit(#[from] Unfit),
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
            Self::AwaitsDisposition { .. } => "awaits_disposition",
            Self::StoppedByDisposition { .. } => "stopped_by_disposition",
            Self::AlreadyCompleted => "already_completed",
            Self::PhaseNotApplicable => "phase_not_applicable",
            Self::NothingToVerify => "nothing_to_verify",
            Self::SamePerson => "same_person",
            Self::NothingToCorrect => "nothing_to_correct",
            Self::AlreadyCorrected => "already_corrected",
            Self::CalculationDiffers { .. } => "calculation_differs",
            Self::CalculationImpossible(_) => "calculation_impossible",
            Self::UnknownOption => "unknown_option",
            Self::TextUnfit { .. } => "text_unfit",
            Self::EquipmentRequired => "equipment_required",
            Self::WrongEntryKind => "wrong_entry_kind",
            Self::WrongUnit { .. } => "wrong_unit",
            Self::TooManyPlaces { .. } => "too_many_places",
            Self::ReadingDiffers => "reading_differs",
            Self::LotRequired => "lot_required",
            Self::ContainerRequired => "container_required",
            Self::TimerNotStarted => "timer_not_started",
            Self::TimerRunning => "timer_running",
            Self::ReasonRequired => "reason_required",
            Self::SignatureRequired => "signature_required",
            Self::AttachmentUnfit(fault) => fault.code(),
            Self::Unfit(unfit) => unfit.code(),
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

/// Decides whether the entry may be recorded, whatever the registers say ([`Circumstances::decide`] asks those too);
/// `phases` are all phases of the batch in order of their numbers.
///
/// # Errors
/// The first [`Refusal`] that holds, authority before order before content.
pub fn decide(
    batch: BatchStatus,
    phases: &[PhaseState],
    attempt: Attempt<'_>,
    person: Acting<'_>,
) -> Result<Outcome, Refusal> {
    let phase = phases.iter().find(|phase| phase.id == attempt.phase);
    let deed = phase.map_or(Deed::Entry, |phase| Deed::of(phase, attempt.entry, attempt.corrects));
    if !person.is_active || !deed.is_for(phase.map(|phase| &phase.definition), person.role) {
        return Err(Refusal::NotAuthorised);
    }
    let phase = phase.ok_or(Refusal::PhaseUnknown)?;
    let checked = match deed {
        Deed::Entry => {
            if matches!(phase.status, PhaseStatus::Completed | PhaseStatus::RequiresApproval) {
                return Err(Refusal::AlreadyCompleted);
            }
            executable(batch.is_executable(), batch)?;
            is_its_turn(phases, phase)?;
            check_other_person(phases, phase, person)?;
            check_content(phases, phase, attempt.entry)?
        }
        Deed::Verification => {
            match phase.status {
                PhaseStatus::RequiresApproval => {}
                PhaseStatus::Completed => return Err(Refusal::AlreadyCompleted),
                _ => return Err(Refusal::NothingToVerify),
            }
            executable(batch.is_executable(), batch)?;
            check_is_another(phase, person)?;
            Checked { status: PhaseStatus::Completed, deviation: None }
        }
        Deed::Correction(entry) => {
            check_correctable(phase, entry)?;
            executable(takes_corrections(batch), batch)?;
            is_its_turn(phases, phase)?;
            if is_blank(attempt.reason) {
                return Err(Refusal::ReasonRequired);
            }
            check_other_person(phases, phase, person)?;
            check_content(phases, phase, attempt.entry)?
        }
    };
    let is_typed = is_manual(&phase.definition.kind, attempt.entry);
    if (checked.deviation.is_some() || is_typed) && is_blank(attempt.reason) {
        return Err(Refusal::ReasonRequired);
    }
    if signed_with(phase, attempt.entry, attempt.corrects).is_some() && !attempt.is_signed {
        return Err(Refusal::SignatureRequired);
    }
    let is_verified =
        phase.definition.verification.is_some() || needs_second_look(&phase.definition.kind, attempt.entry);
    let awaits = deed != Deed::Verification && is_verified;
    let status = match checked.status {
        PhaseStatus::Completed if awaits => PhaseStatus::RequiresApproval,
        status => status,
    };
    Ok(outcome(batch, phases, phase, (attempt, person), (status, checked.deviation)))
}

/// Judges an entry that a station has recorded while it may not have known the newest state.
#[must_use]
pub fn judge(batch: BatchStatus, phases: &[PhaseState], attempt: Attempt<'_>, person: Acting<'_>) -> Judgement {
    match decide(batch, phases, attempt, person) {
        Ok(outcome) => Judgement::Applied(outcome),
        Err(Refusal::AlreadyCompleted | Refusal::AlreadyCorrected) => Judgement::KeptWithDeviation(OpenedDeviation {
            cause: DeviationCause::Duplicate,
            severity: Severity::Medium,
        }),
        Err(
            Refusal::BatchNotExecutable(_) | Refusal::AwaitsDisposition { .. } | Refusal::StoppedByDisposition { .. },
        ) => {
            Judgement::KeptWithDeviation(OpenedDeviation { cause: DeviationCause::AfterHold, severity: Severity::High })
        }
        Err(refusal) => Judgement::NotApplied(refusal),
    }
}

/// The meaning with which the entry must be signed, when it must be.
#[must_use]
pub fn signed_with(phase: &PhaseState, entry: &PhaseEntry, corrects: Option<Uuid>) -> Option<SignatureMeaning> {
    match Deed::of(phase, entry, corrects) {
        Deed::Verification => Some(SignatureMeaning::Verified),
        // A timer that is only started completes nothing.
        Deed::Entry if *entry == PhaseEntry::TimerStarted => None,
        Deed::Entry | Deed::Correction(_) => phase.definition.signature,
    }
}

/// The phase that is to be executed or verified next: the first one whose turn it is.
#[must_use]
pub fn next_phase(phases: &[PhaseState]) -> Option<&PhaseState> {
    let standings = standings(phases);
    let is_next = |standing: &Standing| {
        matches!(standing, Standing::Open | Standing::AwaitsVerification | Standing::Outdated | Standing::ToRepeat)
    };
    phases.iter().zip(&standings).find(|(_, standing)| is_next(standing)).map(|(phase, _)| phase)
}

/// What a person can do with a phase now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Execute,
    /// Somebody else executed it.
    Verify,
    /// Its value no longer fits those that it was calculated from.
    Correct,
    /// A disposition asks for it once more.
    Repeat,
}

/// What the person can do with each phase now, or why not; in the order of the phases.
#[must_use]
pub fn turns(batch: BatchStatus, phases: &[PhaseState], person: Acting<'_>) -> Vec<Result<Turn, Refusal>> {
    let allowed = |deed: Deed, phase: &PhaseState| {
        executable(batch.is_executable(), batch)?;
        let is_allowed = person.is_active && deed.is_for(Some(&phase.definition), person.role);
        if is_allowed { Ok(()) } else { Err(Refusal::NotAuthorised) }
    };
    let turn = |(phase, standing): (&PhaseState, Standing)| match standing {
        Standing::Executed => Err(Refusal::AlreadyCompleted),
        Standing::NotApplicable => Err(Refusal::PhaseNotApplicable),
        Standing::WaitsFor(numbers) => {
            Err(Refusal::EarlierPhaseOpen { number: numbers.first().copied().unwrap_or(phase.number) })
        }
        Standing::AwaitsVerification => {
            allowed(Deed::Verification, phase)?;
            check_is_another(phase, person).map(|()| Turn::Verify)
        }
        Standing::Held(hold) => Err(hold.into()),
        Standing::Outdated => allowed(Deed::Entry, phase).map(|()| Turn::Correct),
        Standing::ToRepeat => {
            allowed(Deed::Entry, phase)?;
            check_other_person(phases, phase, person).map(|()| Turn::Repeat)
        }
        Standing::Open => {
            allowed(Deed::Entry, phase)?;
            check_other_person(phases, phase, person).map(|()| Turn::Execute)
        }
    };
    phases.iter().zip(standings(phases)).map(turn).collect()
}

/// The entry that the person may correct now, when there is one.
#[must_use]
pub fn correctable(batch: BatchStatus, phase: &PhaseState, person: Acting<'_>) -> Option<Uuid> {
    let entry = phase.standing_entry()?.operation_id;
    let is_allowed = person.is_active && Deed::Correction(entry).is_for(Some(&phase.definition), person.role);
    (is_allowed && takes_corrections(batch) && check_correctable(phase, entry).is_ok()).then_some(entry)
}

/// The number that the phase's calculation gives now.
///
/// # Errors
/// [`Refusal::WrongEntryKind`] for another kind of phase, [`Refusal::CalculationImpossible`].
pub fn calculated(phases: &[PhaseState], phase: &PhaseState) -> Result<ExactDecimal, Refusal> {
    let PhaseKind::Calculation { expression, rounding, result } = &phase.definition.kind else {
        return Err(Refusal::WrongEntryKind);
    };
    let impossible = |why: &dyn std::fmt::Display| Refusal::CalculationImpossible(why.to_string());
    let expression = Expression::parse(expression).map_err(|fault| impossible(&fault))?;
    match expression.value(&|key| value_of(phases, key)).map_err(|error| impossible(&error))? {
        Value::Number(number) => {
            number.rounded(result.unit, result.places, *rounding).map_err(|error| impossible(&error))
        }
        Value::Text(_) | Value::Truth(_) => Err(impossible(&"the expression gives no number")),
    }
}

/// What an entry is for its phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Entry,
    Verification,
    Correction(Uuid),
}

impl Deed {
    fn of(phase: &PhaseState, entry: &PhaseEntry, corrects: Option<Uuid>) -> Self {
        match corrects {
            Some(entry) => Self::Correction(entry),
            None if *entry == PhaseEntry::Checked && phase.is_verified() => Self::Verification,
            None => Self::Entry,
        }
    }

    fn is_for(self, phase: Option<&PhaseDefinition>, role: Role) -> bool {
        let is_check = phase.is_some_and(|phase| matches!(phase.kind, PhaseKind::SecondPersonCheck { .. }));
        let capability =
            if is_check || self == Self::Verification { Capability::BatchVerify } else { Capability::BatchExecute };
        let named = match (self, phase) {
            (_, None) => return role.can(capability),
            (Self::Verification, Some(phase)) => phase.verification.as_ref().map_or(&[][..], |one| &one.by),
            (_, Some(phase)) => &phase.performed_by,
        };
        role.can(capability) && (named.is_empty() || named.contains(&role))
    }
}

fn executable(is_possible: bool, batch: BatchStatus) -> Result<(), Refusal> {
    if is_possible { Ok(()) } else { Err(Refusal::BatchNotExecutable(batch)) }
}

/// Until the record is reviewed, what stands in it may be put right.
fn takes_corrections(batch: BatchStatus) -> bool {
    batch.is_executable() || batch == BatchStatus::QcReview
}

fn is_blank(reason: Option<&str>) -> bool {
    reason.is_none_or(|reason| reason.trim().is_empty())
}

fn is_its_turn(phases: &[PhaseState], phase: &PhaseState) -> Result<(), Refusal> {
    let place = phases.iter().position(|other| other.id == phase.id);
    match place.and_then(|place| standings(phases).into_iter().nth(place)) {
        Some(Standing::WaitsFor(numbers)) => {
            Err(Refusal::EarlierPhaseOpen { number: numbers.first().copied().unwrap_or(phase.number) })
        }
        Some(Standing::Held(hold)) => Err(hold.into()),
        Some(Standing::NotApplicable) => Err(Refusal::PhaseNotApplicable),
        _ => Ok(()),
    }
}

/// A check by a second person is none by the first.
fn check_other_person(phases: &[PhaseState], phase: &PhaseState, person: Acting<'_>) -> Result<(), Refusal> {
    let PhaseKind::SecondPersonCheck { of } = &phase.definition.kind else { return Ok(()) };
    let looked_at = phases.iter().filter(|other| of.contains(&other.definition.key));
    let is_own = looked_at.flat_map(PhaseState::performers).any(|performer| performer == person.id.as_str());
    if is_own { Err(Refusal::SamePerson) } else { Ok(()) }
}

fn check_is_another(phase: &PhaseState, person: Acting<'_>) -> Result<(), Refusal> {
    let is_own = phase.performers().any(|performer| performer == person.id.as_str());
    if is_own { Err(Refusal::SamePerson) } else { Ok(()) }
}

fn check_correctable(phase: &PhaseState, entry: Uuid) -> Result<(), Refusal> {
    // A time that passed is not measured a second time.
    let is_timer = matches!(phase.definition.kind, PhaseKind::Timer { .. });
    if is_timer || !matches!(phase.status, PhaseStatus::Completed | PhaseStatus::RequiresApproval) {
        return Err(Refusal::NothingToCorrect);
    }
    match phase.standing_entry() {
        Some(standing) if standing.operation_id == entry => Ok(()),
        _ if phase.entries.iter().any(|other| other.corrects == Some(entry)) => Err(Refusal::AlreadyCorrected),
        _ => Err(Refusal::NothingToCorrect),
    }
}

fn outcome(
    batch: BatchStatus,
    phases: &[PhaseState],
    phase: &PhaseState,
    (attempt, person): (Attempt<'_>, Acting<'_>),
    (status, deviation): (PhaseStatus, Option<OpenedDeviation>),
) -> Outcome {
    let mut next = phases.to_vec();
    if let Some(phase) = next.iter_mut().find(|other| other.id == phase.id) {
        phase.status = status;
        phase.entries.push(RecordedEntry {
            operation_id: Uuid::nil(),
            entry: attempt.entry.clone(),
            corrects: attempt.corrects,
            person_id: person.id.0.clone(),
            person_name: String::new(),
            recorded_at: DateTime::UNIX_EPOCH,
            reason: None,
            signature: None,
            deviation: deviation.map(|opened| opened.cause),
        });
    }
    let (others, finishes) = follow_ups(&next);
    Outcome {
        phase_status: status,
        others: others.into_iter().filter(|(other, _)| *other != phase.id).collect(),
        batch_status: batch.after_entry(finishes),
        record_status: if finishes { RecordStatus::Complete } else { RecordStatus::Incomplete },
        deviation,
        unfit: None,
    }
}

/// The phases whose kept status is not the one that follows from the others, and whether the batch is finished.
fn follow_ups(phases: &[PhaseState]) -> (Vec<(PhaseId, PhaseStatus)>, bool) {
    let standings = standings(phases);
    let others = phases.iter().zip(&standings).filter_map(|(other, standing)| match (standing, other.status) {
        (Standing::NotApplicable, PhaseStatus::NotApplicable) => None,
        (Standing::NotApplicable, _) => Some((other.id, PhaseStatus::NotApplicable)),
        (_, PhaseStatus::NotApplicable) => Some((other.id, PhaseStatus::Pending)),
        _ => None,
    });
    (others.collect(), standings.iter().all(Standing::is_settled))
}

struct Checked {
    status: PhaseStatus,
    deviation: Option<OpenedDeviation>,
}

fn check_content(phases: &[PhaseState], phase: &PhaseState, entry: &PhaseEntry) -> Result<Checked, Refusal> {
    let within = Checked { status: PhaseStatus::Completed, deviation: None };
    match (&phase.definition.kind, entry) {
        (PhaseKind::Confirmation {}, PhaseEntry::Confirmed)
        | (PhaseKind::SecondPersonCheck { .. }, PhaseEntry::Checked) => Ok(within),
        (PhaseKind::Date {}, PhaseEntry::Date { .. }) => Ok(within),
        (PhaseKind::Text { longest }, PhaseEntry::Text { text }) => {
            let length = text.chars().count();
            if text.trim().is_empty() || length > *longest as usize {
                return Err(Refusal::TextUnfit { longest: *longest });
            }
            Ok(within)
        }
        (PhaseKind::Choice { options }, PhaseEntry::Chosen { option }) => {
            let chosen = options.iter().find(|known| known.text == *option).ok_or(Refusal::UnknownOption)?;
            let deviation = OpenedDeviation { cause: DeviationCause::OutOfLimits, severity: Severity::High };
            Ok(Checked { deviation: (!chosen.is_expected).then_some(deviation), ..within })
        }
        (
            PhaseKind::Value(number) | PhaseKind::InProcessCheck(number),
            PhaseEntry::Number { value, unit, lot: None, reading },
        ) => check_number(number, *value, *unit, reading.as_ref()),
        (PhaseKind::Calculation { result, .. }, PhaseEntry::Number { value, unit, lot: None, reading: None }) => {
            let expected = calculated(phases, phase)?;
            if (*value, *unit) != (expected, result.unit) {
                return Err(Refusal::CalculationDiffers { expected });
            }
            check_number(result, *value, *unit, None)
        }
        (PhaseKind::MaterialCharge { quantity, .. }, PhaseEntry::Number { value, unit, lot, reading }) => {
            if is_blank(lot.as_deref()) {
                return Err(Refusal::LotRequired);
            }
            check_number(quantity, *value, *unit, reading.as_ref())
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
            let deviation = OpenedDeviation { cause: DeviationCause::TimerOutOfBounds, severity: Severity::Medium };
            Ok(Checked { deviation: (!kept).then_some(deviation), ..within })
        }
        (PhaseKind::EquipmentUse { .. }, PhaseEntry::EquipmentUsed { equipment })
        | (PhaseKind::CleaningCheck { .. }, PhaseEntry::FoundClean { equipment }) => {
            if equipment.trim().is_empty() {
                Err(Refusal::EquipmentRequired)
            } else {
                Ok(within)
            }
        }
        (PhaseKind::Attachment(asked), PhaseEntry::Attached { file_name, media_type, size_bytes, sha256 }) => {
            attachment::check_named(asked.accepts, file_name, (*media_type, *size_bytes), sha256)?;
            Ok(within)
        }
        (PhaseKind::SampleRequest { .. }, PhaseEntry::SampleRequested { container }) => {
            if container.trim().is_empty() {
                Err(Refusal::ContainerRequired)
            } else {
                Ok(within)
            }
        }
        _ => Err(Refusal::WrongEntryKind),
    }
}

fn check_number(
    number: &NumberParameter,
    value: ExactDecimal,
    unit: Unit,
    reading: Option<&DeviceReading>,
) -> Result<Checked, Refusal> {
    if unit != number.unit {
        return Err(Refusal::WrongUnit { expected: number.unit });
    }
    if value.value().scale() > number.places {
        return Err(Refusal::TooManyPlaces { allowed: number.places });
    }
    if reading.is_some_and(|reading| !reading.fits(number, value)) {
        return Err(Refusal::ReadingDiffers);
    }
    let deviation = match number.check(value) {
        LimitCheck::Within => None,
        LimitCheck::Below | LimitCheck::Above => {
            Some(OpenedDeviation { cause: DeviationCause::OutOfLimits, severity: Severity::High })
        }
    };
    Ok(Checked { status: PhaseStatus::Completed, deviation })
}

mod holding;
mod resources;
mod standing;

pub use holding::{Hold, PhaseDeviation, Settlement, held_by, settle};
pub use resources::{Circumstances, Registers, Unfit, Wanted};
use standing::value_of;
pub use standing::{Standing, is_stopped, standings};

#[cfg(test)]
mod tests;
