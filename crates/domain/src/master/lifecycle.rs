//! How a version of a master batch record becomes effective, and who may bring it there (21 CFR 211.186(a)).

use super::MasterRecordStatus;
use crate::{capability::Capability, ids::UserId, person::Acting, signature::SignatureMeaning};

/// What is done to a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its content is changed.
    Edit,
    /// An author signs that it is ready to be reviewed.
    Submit,
    /// A reviewer or an author takes it back to be changed.
    Return,
    /// A second person signs that it is right.
    Approve,
    /// It becomes the one by which batches are made.
    MakeEffective,
    /// It is taken out of use.
    Withdraw,
}

/// What the rules need to know of a version.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    pub status: MasterRecordStatus,
    /// Everybody who has written a part of its content.
    pub authors: &'a [UserId],
    pub has_faults: bool,
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LifecycleRefusal {
    #[error("this person may not do that with master batch records")]
    NotAuthorised,
    #[error("the version is {0}")]
    NotInThisStatus(MasterRecordStatus),
    #[error("who has written a version does not approve it")]
    OwnWork,
    #[error("the version has faults")]
    HasFaults,
}

impl LifecycleRefusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::NotInThisStatus(_) => "step_not_allowed",
            Self::OwnWork => "own_work",
            Self::HasFaults => "master_record_has_faults",
        }
    }
}

impl Step {
    /// What the person signs with the step.
    #[must_use]
    pub fn meaning(self) -> Option<SignatureMeaning> {
        match self {
            Self::Submit => Some(SignatureMeaning::Performed),
            Self::Approve => Some(SignatureMeaning::Approved),
            Self::Withdraw => Some(SignatureMeaning::Rejected),
            Self::Edit | Self::Return | Self::MakeEffective => None,
        }
    }

    fn capabilities(self) -> &'static [Capability] {
        match self {
            Self::Edit | Self::Submit => &[Capability::MasterAuthor],
            Self::Return => &[Capability::MasterAuthor, Capability::MasterApprove],
            Self::Approve | Self::MakeEffective | Self::Withdraw => &[Capability::MasterApprove],
        }
    }

    fn begins_in(self) -> &'static [MasterRecordStatus] {
        use MasterRecordStatus::*;
        match self {
            Self::Edit | Self::Submit => &[Draft],
            Self::Return | Self::Approve => &[InReview],
            Self::MakeEffective => &[Approved],
            Self::Withdraw => &[Draft, InReview, Approved, Effective],
        }
    }

    fn leads_to(self) -> MasterRecordStatus {
        match self {
            Self::Edit | Self::Return => MasterRecordStatus::Draft,
            Self::Submit => MasterRecordStatus::InReview,
            Self::Approve => MasterRecordStatus::Approved,
            Self::MakeEffective => MasterRecordStatus::Effective,
            Self::Withdraw => MasterRecordStatus::Withdrawn,
        }
    }
}

/// The status that the step leads to. The version that was effective before becomes superseded with the same change.
///
/// # Errors
/// The first [`LifecycleRefusal`] that holds, authority before order before content.
pub fn step(version: Version<'_>, step: Step, person: Acting<'_>) -> Result<MasterRecordStatus, LifecycleRefusal> {
    if !person.is_active || !step.capabilities().iter().any(|capability| person.role.can(*capability)) {
        return Err(LifecycleRefusal::NotAuthorised);
    }
    if !step.begins_in().contains(&version.status) {
        return Err(LifecycleRefusal::NotInThisStatus(version.status));
    }
    // 21 CFR 211.186(a): prepared by one person and independently checked by a second.
    if step == Step::Approve && version.authors.contains(person.id) {
        return Err(LifecycleRefusal::OwnWork);
    }
    if matches!(step, Step::Submit | Step::Approve) && version.has_faults {
        return Err(LifecycleRefusal::HasFaults);
    }
    Ok(step.leads_to())
}
