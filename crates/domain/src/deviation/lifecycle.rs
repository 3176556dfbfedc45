//! How a deviation is brought to its end, and who may do what on the way (21 CFR 211.192, ICH Q10 3.2.2).
//!
//! Three people take part at least: whoever investigates does not review, and whoever reviewed does not approve.

use super::{DeviationCause, DeviationStatus, Disposition, Severity, capa::CapaStatus};
use crate::{capability::Capability, ids::UserId, person::Acting, signature::SignatureMeaning};

/// What is done to a deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviationStep {
    /// Somebody takes it on.
    BeginInvestigation,
    /// What was found out, and what is proposed, is written down.
    Edit,
    /// How much it may harm is judged anew.
    ChangeSeverity,
    /// Something corrective or preventive is opened from it.
    OpenCapa,
    /// The investigation is complete.
    Submit,
    /// A manager signs that the investigation holds.
    Review,
    /// It goes back one step, to be completed.
    SendBack,
    /// Quality assurance signs the disposition; it holds from then on.
    Approve,
    /// Quality assurance signs that it is no deviation.
    Reject,
}

/// What the rules need to know of a deviation.
#[derive(Clone, Copy, Debug)]
pub struct Deviation<'a> {
    pub status: DeviationStatus,
    pub cause: DeviationCause,
    pub severity: Severity,
    /// Whoever recorded the value or reported the deviation.
    pub opened_by: Option<&'a UserId>,
    /// Everybody who has begun or written the investigation.
    pub investigators: &'a [UserId],
    /// Whoever signed the review that stands.
    pub reviewed_by: Option<&'a UserId>,
    pub root_cause: Option<&'a str>,
    pub disposition: Option<Disposition>,
    /// Why this disposition.
    pub disposition_reason: Option<&'a str>,
    /// Why nothing corrective or preventive is needed.
    pub no_capa_reason: Option<&'a str>,
    /// Where the corrective and preventive actions stand that were opened from it.
    pub capas: &'a [CapaStatus],
}

/// What a deviation lacks to be submitted, reviewed and approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    RootCause,
    Disposition,
    DispositionReason,
    /// The cause does not let the phase be executed again.
    RepeatImpossible,
    /// High and Critical ones need a corrective or preventive action, or the reason why there is none.
    Capa,
    /// A corrective or preventive action is open without a plan: nobody knows yet what will be done.
    CapaPlan,
}

impl Missing {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::RootCause => "root_cause_missing",
            Self::Disposition => "disposition_missing",
            Self::DispositionReason => "disposition_reason_missing",
            Self::RepeatImpossible => "repeat_impossible",
            Self::Capa => "capa_missing",
            Self::CapaPlan => "capa_plan_missing",
        }
    }
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviationRefusal {
    #[error("this person may not do that with deviations")]
    NotAuthorised,
    #[error("the deviation is {0}")]
    NotInThisStatus(DeviationStatus),
    #[error("who recorded the value does not decide about its deviation")]
    OwnValue,
    #[error("who has investigated a deviation neither reviews nor approves it")]
    OwnInvestigation,
    #[error("who has reviewed a deviation does not approve it")]
    OwnReview,
    #[error("something is missing: {}", .0.code())]
    Incomplete(Missing),
}

impl DeviationRefusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::NotInThisStatus(_) => "step_not_allowed",
            Self::OwnValue => "own_value",
            Self::OwnInvestigation => "own_investigation",
            Self::OwnReview => "own_review",
            Self::Incomplete(missing) => missing.code(),
        }
    }
}

impl DeviationStep {
    pub const ALL: [Self; 9] = [
        Self::BeginInvestigation,
        Self::Edit,
        Self::ChangeSeverity,
        Self::OpenCapa,
        Self::Submit,
        Self::Review,
        Self::SendBack,
        Self::Approve,
        Self::Reject,
    ];

    /// What the person signs with the step.
    #[must_use]
    pub fn meaning(self) -> Option<SignatureMeaning> {
        match self {
            Self::Review => Some(SignatureMeaning::Reviewed),
            Self::Approve => Some(SignatureMeaning::Approved),
            Self::Reject => Some(SignatureMeaning::Rejected),
            _ => None,
        }
    }

    /// Any one of them lets a person take the step.
    #[must_use]
    pub fn capabilities(self) -> &'static [Capability] {
        use Capability::{CapaManage, DeviationApprove, DeviationInvestigate, DeviationReview};
        match self {
            Self::BeginInvestigation | Self::Edit | Self::Submit => &[DeviationInvestigate],
            Self::ChangeSeverity => &[DeviationInvestigate, DeviationReview],
            Self::OpenCapa => &[CapaManage],
            Self::Review => &[DeviationReview],
            Self::SendBack => &[DeviationReview, DeviationApprove],
            Self::Approve | Self::Reject => &[DeviationApprove],
        }
    }

    fn begins_in(self) -> &'static [DeviationStatus] {
        use DeviationStatus::{Investigation, Open, PendingFinalApproval, PendingManagerReview};
        match self {
            Self::BeginInvestigation => &[Open],
            Self::Edit | Self::Submit => &[Investigation],
            // What the manager has signed does not change any more without going back.
            Self::ChangeSeverity => &[Open, Investigation, PendingManagerReview],
            Self::OpenCapa => &[Investigation, PendingManagerReview],
            Self::Review => &[PendingManagerReview],
            Self::SendBack => &[PendingManagerReview, PendingFinalApproval],
            Self::Approve => &[PendingFinalApproval],
            // Somebody else has looked at it by then.
            Self::Reject => &[Investigation, PendingManagerReview, PendingFinalApproval],
        }
    }

    fn leads_to(self, from: DeviationStatus) -> DeviationStatus {
        use DeviationStatus::{Closed, Investigation, PendingFinalApproval, PendingManagerReview, Rejected};
        match self {
            Self::BeginInvestigation => Investigation,
            Self::Edit | Self::ChangeSeverity | Self::OpenCapa => from,
            Self::Submit => PendingManagerReview,
            Self::Review => PendingFinalApproval,
            Self::SendBack if from == PendingFinalApproval => PendingManagerReview,
            Self::SendBack => Investigation,
            Self::Approve => Closed,
            Self::Reject => Rejected,
        }
    }
}

/// Everything that the deviation lacks to be submitted, reviewed and approved.
#[must_use]
pub fn missing(deviation: &Deviation<'_>) -> Vec<Missing> {
    let is_blank = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
    let is_repeat = deviation.disposition == Some(Disposition::Repeat);
    let is_grave = matches!(deviation.severity, Severity::High | Severity::Critical);
    let is_unplanned = |status: &CapaStatus| matches!(status, CapaStatus::Open | CapaStatus::Investigation);
    [
        (is_blank(deviation.root_cause), Missing::RootCause),
        (deviation.disposition.is_none(), Missing::Disposition),
        (is_blank(deviation.disposition_reason), Missing::DispositionReason),
        (is_repeat && !deviation.cause.can_be_repeated(), Missing::RepeatImpossible),
        (is_grave && deviation.capas.is_empty() && is_blank(deviation.no_capa_reason), Missing::Capa),
        (deviation.capas.iter().any(is_unplanned), Missing::CapaPlan),
    ]
    .into_iter()
    .filter_map(|(lacks, missing)| lacks.then_some(missing))
    .collect()
}

/// Whether the person's role lets the step be taken at all, wherever the deviation stands.
#[must_use]
pub fn step_allowed(step: DeviationStep, person: Acting<'_>) -> bool {
    person.is_active && step.capabilities().iter().any(|capability| person.role.can(*capability))
}

/// The status that the step leads to.
///
/// # Errors
/// The first [`DeviationRefusal`] that holds, authority before order before content.
pub fn step(
    deviation: &Deviation<'_>,
    step: DeviationStep,
    person: Acting<'_>,
) -> Result<DeviationStatus, DeviationRefusal> {
    if !step_allowed(step, person) {
        return Err(DeviationRefusal::NotAuthorised);
    }
    if !step.begins_in().contains(&deviation.status) {
        return Err(DeviationRefusal::NotInThisStatus(deviation.status));
    }
    let is_signed = step.meaning().is_some();
    if is_signed && deviation.investigators.contains(person.id) {
        return Err(DeviationRefusal::OwnInvestigation);
    }
    let decides = matches!(step, DeviationStep::Approve | DeviationStep::Reject);
    if decides && deviation.opened_by == Some(person.id) {
        return Err(DeviationRefusal::OwnValue);
    }
    if decides && deviation.reviewed_by == Some(person.id) {
        return Err(DeviationRefusal::OwnReview);
    }
    let needs_all = matches!(step, DeviationStep::Submit | DeviationStep::Review | DeviationStep::Approve);
    match missing(deviation).first() {
        Some(missing) if needs_all => Err(DeviationRefusal::Incomplete(*missing)),
        _ => Ok(step.leads_to(deviation.status)),
    }
}
