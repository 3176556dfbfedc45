//! What is done to a whole batch, beside the entries of its phases: holds, and the decision of quality assurance.

use super::{BatchStatus, RecordStatus, ReleaseStatus};
use crate::{capability::Capability, person::Acting};

/// What is written of where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchCourse {
    pub status: BatchStatus,
    /// Where a batch on hold came from, and goes back to; unknown for one that the legacy system put on hold.
    pub held_from: Option<BatchStatus>,
    pub release: ReleaseStatus,
    pub record: RecordStatus,
    /// Whether anything has been recorded for it.
    pub has_begun: bool,
}

/// What is done to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStep {
    /// Nothing more is recorded until quality assurance has looked at it.
    Hold,
    /// It goes on where it was stopped.
    Resume,
    /// Quality assurance certifies it (21 CFR 211.22, EU GMP Annex 16).
    Release,
    /// Quality assurance turns it down.
    Reject,
}

/// Why a step is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourseRefusal {
    #[error("this person may not do that with batches")]
    NotAuthorised,
    #[error("the batch is {0}")]
    NotInThisStatus(BatchStatus),
    #[error("quality assurance has decided: {0}")]
    Decided(ReleaseStatus),
}

impl CourseRefusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::NotInThisStatus(_) => "step_not_allowed",
            Self::Decided(_) => "batch_decided",
        }
    }
}

impl BatchStep {
    /// Whoever is answerable for a batch stops it; that it goes on is for quality assurance to say.
    fn capability(self) -> Capability {
        match self {
            Self::Hold => Capability::BatchHold,
            Self::Resume => Capability::BatchResume,
            Self::Release | Self::Reject => Capability::BatchRelease,
        }
    }

    fn begins_in(self, status: BatchStatus) -> bool {
        match self {
            Self::Hold => status != BatchStatus::OnHold,
            // Only legacy rows are written as blocked, and nothing else would ever end that.
            Self::Resume => matches!(status, BatchStatus::OnHold | BatchStatus::Blocked),
            Self::Release | Self::Reject => status == BatchStatus::QcReview,
        }
    }
}

impl BatchCourse {
    /// Where the batch goes on: where it was stopped, or as far as its record has come when nobody wrote that down.
    fn goes_on_in(self) -> BatchStatus {
        self.held_from.unwrap_or(match (self.record, self.has_begun) {
            (RecordStatus::Complete, _) => BatchStatus::QcReview,
            (RecordStatus::Incomplete, true) => BatchStatus::InProgress,
            (RecordStatus::Incomplete, false) => BatchStatus::Planned,
        })
    }
}

/// Where the batch stands after the step.
///
/// # Errors
/// The first [`CourseRefusal`] that holds, authority before what is decided before order.
pub fn step(batch: BatchCourse, step: BatchStep, person: Acting<'_>) -> Result<BatchCourse, CourseRefusal> {
    if !person.is_active || !person.role.can(step.capability()) {
        return Err(CourseRefusal::NotAuthorised);
    }
    if batch.release.is_decided() {
        return Err(CourseRefusal::Decided(batch.release));
    }
    if !step.begins_in(batch.status) {
        return Err(CourseRefusal::NotInThisStatus(batch.status));
    }
    Ok(match step {
        BatchStep::Hold => BatchCourse {
            status: BatchStatus::OnHold,
            held_from: Some(batch.status),
            release: ReleaseStatus::Hold,
            ..batch
        },
        BatchStep::Resume => {
            BatchCourse { status: batch.goes_on_in(), held_from: None, release: ReleaseStatus::Pending, ..batch }
        }
        BatchStep::Release => BatchCourse { status: BatchStatus::Completed, release: ReleaseStatus::Released, ..batch },
        BatchStep::Reject => BatchCourse { status: BatchStatus::Completed, release: ReleaseStatus::Rejected, ..batch },
    })
}
