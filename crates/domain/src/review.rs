//! The review of a finished batch by exception, and what stands against its release (21 CFR 211.192, EU GMP Annex 16).
//!
//! Quality assurance looks at what is out of the ordinary instead of at every line; nothing of it is passed over, and the
//! whole record stays readable. Whoever worked on a batch does not review it, and whoever reviewed it does not decide.

use crate::{
    batch::BatchStatus,
    capability::Capability,
    deviation::{DeviationStatus, Severity},
    ids::UserId,
    person::Acting,
    phase::PhaseStatus,
    role::words,
    signature::SignatureMeaning,
    testing::TestStatus,
};

words! {
    /// Why something in a batch is out of the ordinary.
    ExceptionKind {
        OutOfLimits = "out_of_limits",
        /// A lot, a piece of equipment or a person was not fit for it.
        UnfitResource = "unfit_resource",
        /// An entry that counts beside no other: recorded twice, after a hold, or without authority.
        Conflict = "conflict",
        /// Typed although a device measures the value.
        Manual = "manual",
        Corrected = "corrected",
        /// After the planned end of the batch.
        Late = "late",
        /// Recorded while the station was alone.
        Offline = "offline",
        /// Its condition did not hold.
        Skipped = "skipped",
        Deviation = "deviation",
        /// Changes that nobody has looked at (EU GMP Annex 11, 9).
        TrailNotReviewed = "trail_not_reviewed",
    }
}

words! {
    /// Where a question to production stands.
    QueryStatus {
        Open = "Open",
        Answered = "Answered",
        Closed = "Closed",
    }
}

words! {
    /// What a test of the laboratory says about the batch.
    TestConclusion {
        Pending = "pending",
        Passed = "passed",
        Failed = "failed",
    }
}

/// One thing that stands against the review or the release of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// A phase is not signed, not verified, or not executed.
    PhaseOpen {
        number: u32,
    },
    /// Something out of the ordinary that nobody has judged.
    ExceptionNotReviewed {
        kind: ExceptionKind,
        count: u32,
    },
    QueryOpen {
        number: u32,
    },
    DeviationOpen {
        code: String,
        severity: Severity,
    },
    TestPending {
        test: String,
    },
    TestFailed {
        test: String,
    },
    /// A file that an entry names and that has not arrived at the server.
    AttachmentMissing {
        number: u32,
        file: String,
    },
    /// Nobody has signed the review of the batch as it is now.
    ReviewMissing,
}

impl Blocker {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PhaseOpen { .. } => "phase_open",
            Self::ExceptionNotReviewed { .. } => "exception_not_reviewed",
            Self::QueryOpen { .. } => "query_open",
            Self::DeviationOpen { .. } => "deviation_open",
            Self::TestPending { .. } => "test_pending",
            Self::TestFailed { .. } => "test_failed",
            Self::AttachmentMissing { .. } => "attachment_missing",
            Self::ReviewMissing => "review_missing",
        }
    }

    /// Whether the batch cannot even be signed as reviewed.
    #[must_use]
    pub fn blocks_review(&self) -> bool {
        matches!(self, Self::PhaseOpen { .. } | Self::ExceptionNotReviewed { .. } | Self::QueryOpen { .. })
    }
}

/// What is known of a batch that waits for quality assurance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub phases: Vec<(u32, PhaseStatus)>,
    /// Each exception that nobody has judged as it is now.
    pub unreviewed: Vec<ExceptionKind>,
    pub queries: Vec<(u32, QueryStatus)>,
    pub deviations: Vec<(String, Severity, DeviationStatus)>,
    pub tests: Vec<(String, TestConclusion)>,
    /// Files that have not arrived, each with the number of its phase.
    pub missing_attachments: Vec<(u32, String)>,
    /// A signed review fits the batch as it is now.
    pub is_reviewed: bool,
}

impl Findings {
    /// Everything that stands against the release, in the order in which it is settled best.
    #[must_use]
    pub fn blockers(&self) -> Vec<Blocker> {
        let is_settled = |status: PhaseStatus| matches!(status, PhaseStatus::Completed | PhaseStatus::NotApplicable);
        let phases = self.phases.iter().filter(|(_, status)| !is_settled(*status));
        let phases = phases.map(|(number, _)| Blocker::PhaseOpen { number: *number });
        let deviations = self.deviations.iter().filter(|(_, severity, status)| status.is_open() && is_grave(*severity));
        let deviations =
            deviations.map(|(code, severity, _)| Blocker::DeviationOpen { code: code.clone(), severity: *severity });
        let exceptions = ExceptionKind::ALL.iter().filter_map(|kind| {
            let count = self.unreviewed.iter().filter(|unreviewed| *unreviewed == kind).count();
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            (count > 0).then_some(Blocker::ExceptionNotReviewed { kind: *kind, count })
        });
        let queries = self.queries.iter().filter(|(_, status)| *status != QueryStatus::Closed);
        let queries = queries.map(|(number, _)| Blocker::QueryOpen { number: *number });
        let tests = self.tests.iter().filter_map(|(test, conclusion)| match conclusion {
            TestConclusion::Passed => None,
            TestConclusion::Pending => Some(Blocker::TestPending { test: test.clone() }),
            TestConclusion::Failed => Some(Blocker::TestFailed { test: test.clone() }),
        });
        let files = self.missing_attachments.iter();
        let files = files.map(|(number, file)| Blocker::AttachmentMissing { number: *number, file: file.clone() });
        let review = (!self.is_reviewed).then_some(Blocker::ReviewMissing);
        phases.chain(deviations).chain(exceptions).chain(queries).chain(tests).chain(files).chain(review).collect()
    }
}

/// Whether a deviation of this severity must be closed before the batch is released.
#[must_use]
pub fn is_grave(severity: Severity) -> bool {
    matches!(severity, Severity::High | Severity::Critical)
}

/// What a test says, by the word that the laboratory keeps of it.
#[must_use]
pub fn conclusion(status: Option<&str>) -> TestConclusion {
    match status.and_then(|status| status.parse().ok()) {
        Some(TestStatus::Approved | TestStatus::AcceptedWarehouse) => TestConclusion::Passed,
        Some(TestStatus::Rejected | TestStatus::RejectedReturnToSupplier) => TestConclusion::Failed,
        _ => TestConclusion::Pending,
    }
}

/// What quality assurance and production do with a batch that waits for its review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewStep {
    /// Judge something out of the ordinary.
    Accept,
    Ask,
    Answer,
    CloseQuery,
    /// Sign that the record was reviewed.
    Sign,
    Release,
    Reject,
}

impl ReviewStep {
    pub const ALL: [Self; 7] =
        [Self::Accept, Self::Ask, Self::Answer, Self::CloseQuery, Self::Sign, Self::Release, Self::Reject];

    #[must_use]
    pub fn capability(self) -> Capability {
        match self {
            Self::Accept | Self::Ask | Self::CloseQuery | Self::Sign => Capability::BatchReview,
            Self::Answer => Capability::BatchAnswer,
            Self::Release | Self::Reject => Capability::BatchRelease,
        }
    }

    /// What the step is signed with, when it is.
    #[must_use]
    pub fn meaning(self) -> Option<SignatureMeaning> {
        match self {
            Self::CloseQuery | Self::Sign => Some(SignatureMeaning::Reviewed),
            Self::Release => Some(SignatureMeaning::Released),
            Self::Reject => Some(SignatureMeaning::Rejected),
            Self::Accept | Self::Ask | Self::Answer => None,
        }
    }
}

/// Who has had a hand in the batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hands {
    /// Everybody who recorded or verified an entry.
    pub workers: Vec<UserId>,
    /// Whoever signed the review that fits the batch as it is now.
    pub reviewers: Vec<UserId>,
}

/// Why a step of the review is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewRefusal {
    #[error("this person may not do that with the review of a batch")]
    NotAuthorised,
    #[error("the batch is {0} and does not wait for its review")]
    NotUnderReview(BatchStatus),
    #[error("whoever worked on a batch does not review or release it")]
    OwnWork,
    #[error("whoever reviewed a batch does not decide about it")]
    OwnReview,
    #[error("the batch is not ready: {} things stand against it", .0.len())]
    BlockersRemain(Vec<Blocker>),
    #[error("the deviation must be closed first")]
    DeviationOpen,
    #[error("a query that is {0} does not take this step")]
    QueryIs(QueryStatus),
    #[error("whoever asked does not answer")]
    OwnQuery,
}

impl ReviewRefusal {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::NotUnderReview(_) => "not_under_review",
            Self::OwnWork => "own_work",
            Self::OwnReview => "own_review",
            Self::BlockersRemain(_) => "blockers_remain",
            Self::DeviationOpen => "deviation_open",
            Self::QueryIs(_) => "query_step_not_allowed",
            Self::OwnQuery => "own_query",
        }
    }
}

/// Whether the person may take the step with the batch as it stands; what stands against the batch itself comes last.
///
/// # Errors
/// The first [`ReviewRefusal`] that holds, authority before order before what is missing.
pub fn check(
    step: ReviewStep,
    status: BatchStatus,
    findings: &Findings,
    hands: &Hands,
    person: Acting<'_>,
) -> Result<(), ReviewRefusal> {
    if !person.is_active || !person.role.can(step.capability()) {
        return Err(ReviewRefusal::NotAuthorised);
    }
    if status != BatchStatus::QcReview {
        return Err(ReviewRefusal::NotUnderReview(status));
    }
    let is_judging = step != ReviewStep::Answer && step != ReviewStep::Ask;
    if is_judging && hands.workers.contains(person.id) {
        return Err(ReviewRefusal::OwnWork);
    }
    if matches!(step, ReviewStep::Release | ReviewStep::Reject) && hands.reviewers.contains(person.id) {
        return Err(ReviewRefusal::OwnReview);
    }
    let missing: Vec<Blocker> = match step {
        ReviewStep::Sign => findings.blockers().into_iter().filter(Blocker::blocks_review).collect(),
        ReviewStep::Release => findings.blockers(),
        // A batch is turned down as it is.
        ReviewStep::Reject | ReviewStep::Accept | ReviewStep::Ask | ReviewStep::Answer | ReviewStep::CloseQuery => {
            Vec::new()
        }
    };
    if missing.is_empty() { Ok(()) } else { Err(ReviewRefusal::BlockersRemain(missing)) }
}

/// Whether somebody may decide about an entry that is kept without effect, in whatever status its batch is.
///
/// # Errors
/// [`ReviewRefusal::NotAuthorised`], [`ReviewRefusal::OwnWork`].
pub fn check_conflict<'a>(
    person: Acting<'_>,
    hands: impl IntoIterator<Item = &'a UserId>,
) -> Result<(), ReviewRefusal> {
    if !person.is_active || !person.role.can(Capability::BatchReview) {
        return Err(ReviewRefusal::NotAuthorised);
    }
    if hands.into_iter().any(|hand| hand == person.id) { Err(ReviewRefusal::OwnWork) } else { Ok(()) }
}

/// Whether something out of the ordinary can be judged: a grave deviation is closed first, by its own three people.
///
/// # Errors
/// [`ReviewRefusal::DeviationOpen`].
pub fn check_acceptable(deviation: Option<(Severity, DeviationStatus)>) -> Result<(), ReviewRefusal> {
    match deviation {
        Some((severity, status)) if is_grave(severity) && status.is_open() => Err(ReviewRefusal::DeviationOpen),
        _ => Ok(()),
    }
}

/// Where a question stands after it was answered or closed.
///
/// # Errors
/// [`ReviewRefusal::QueryIs`], [`ReviewRefusal::OwnQuery`].
pub fn query_step(
    status: QueryStatus,
    asked_by: &UserId,
    step: ReviewStep,
    person: &UserId,
) -> Result<QueryStatus, ReviewRefusal> {
    match (step, status) {
        (ReviewStep::Answer, QueryStatus::Open) if asked_by == person => Err(ReviewRefusal::OwnQuery),
        (ReviewStep::Answer, QueryStatus::Open) => Ok(QueryStatus::Answered),
        (ReviewStep::CloseQuery, QueryStatus::Answered) => Ok(QueryStatus::Closed),
        _ => Err(ReviewRefusal::QueryIs(status)),
    }
}

#[cfg(test)]
mod tests;
