//! Tests of quality control, from their assignment to the warehouse's shelf: who may take which step, and when.

use crate::role::words;

words! {
    /// Where a sample stands in the laboratory.
    SampleStatus {
        Pending = "Pending",
        InProgress = "In Progress",
    }
}

words! {
    /// Where a test stands.
    TestStatus {
        NotStarted = "Not Started",
        InProgress = "In Progress",
        SubmittedForReview = "Submitted for Review",
        Approved = "Approved",
        Rejected = "Rejected",
        ReturnedForCorrection = "Returned for Correction",
        SubmittedToQaManager = "Submitted to QA Manager",
        QaOfficerReview = "QA Officer Review",
        QaRecommendationSubmitted = "QA Recommendation Submitted",
        AcceptedWarehouse = "Accepted - Warehouse",
        RejectedReturnToSupplier = "Rejected - Return to Supplier",
    }
}

words! {
    /// What a QC Manager makes of a submitted test.
    ReviewAction {
        Approve = "Approve",
        Reject = "Reject",
        Return = "Return",
        SendToQa = "SendToQA",
    }
}

words! {
    /// What quality assurance recommends, and what it decides.
    Verdict {
        Approve = "Approve",
        Reject = "Reject",
    }
}

words! {
    /// What the warehouse did with the material.
    WarehouseAction {
        Accepted = "Accepted",
        Rejected = "Rejected",
    }
}

/// One step of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Assign,
    Start,
    Submit,
    Review(ReviewAction),
    AssignOfficer,
    Recommend(Verdict),
    Decide(Verdict),
    Store(WarehouseAction),
}

/// A test as it stands before a step; whoever is not named has not acted yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing<'a> {
    /// The word that is kept; absent counts as not started.
    pub status: Option<&'a str>,
    pub assigned_to: Option<&'a str>,
    pub submitted_by: Option<&'a str>,
    pub reviewed_by: Option<&'a str>,
    pub qa_officer: Option<&'a str>,
    pub warehouse_action: Option<&'a str>,
}

/// Why a step is not taken, in the words that old clients show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Cannot {step} test with status: {status}")]
    WrongStatus { step: &'static str, status: String },
    #[error("Cannot assign sample with status: {status}")]
    SampleNotOpen { status: String },
    #[error("This test is not assigned to you.")]
    NotYours,
    #[error("This test is not assigned to you for QA review.")]
    NotYourReview,
    #[error("You cannot judge your own work.")]
    OwnWork,
    #[error("This test is not awaiting warehouse action.")]
    NotAwaitingWarehouse,
    #[error("QA has rejected this material; it can only be rejected.")]
    RejectedByQa,
}

impl Refusal {
    /// Whether it is the person who may not, at whatever time.
    #[must_use]
    pub fn is_about_the_person(&self) -> bool {
        matches!(self, Self::NotYours | Self::NotYourReview | Self::OwnWork)
    }
}

/// Whether a sample may be given to an analyst, also to another one than before.
///
/// # Errors
/// [`Refusal::SampleNotOpen`].
pub fn assign_sample(status: Option<&str>) -> Result<SampleStatus, Refusal> {
    match status.map_or(Ok(SampleStatus::Pending), str::parse) {
        Ok(SampleStatus::Pending | SampleStatus::InProgress) => Ok(SampleStatus::InProgress),
        Err(_) => Err(Refusal::SampleNotOpen { status: status.unwrap_or_default().to_owned() }),
    }
}

/// Where the test stands after the step of this person, whose role allows it.
///
/// # Errors
/// [`Refusal`]: the step does not follow, or this person may not take it on this test.
pub fn step(test: &Standing<'_>, step: Step, person: &str) -> Result<TestStatus, Refusal> {
    if let Step::Store(action) = step {
        return store(test, action);
    }
    let status = test.status.map_or(Ok(TestStatus::NotStarted), str::parse);
    let next = status.ok().and_then(|status| follows(status, step));
    let next = next.ok_or_else(|| Refusal::WrongStatus {
        step: step.verb(),
        status: test.status.unwrap_or(TestStatus::NotStarted.as_str()).to_owned(),
    });
    let is = |other: Option<&str>| other == Some(person);
    match step {
        Step::Start | Step::Submit if !is(test.assigned_to) => Err(Refusal::NotYours),
        Step::Recommend(_) if !is(test.qa_officer) => Err(Refusal::NotYourReview),
        Step::Review(_) if is(test.submitted_by) => Err(Refusal::OwnWork),
        Step::Recommend(_) if is(test.submitted_by) || is(test.reviewed_by) => Err(Refusal::OwnWork),
        Step::Decide(_) if is(test.submitted_by) || is(test.reviewed_by) || is(test.qa_officer) => {
            Err(Refusal::OwnWork)
        }
        _ => next,
    }
}

fn follows(status: TestStatus, step: Step) -> Option<TestStatus> {
    use TestStatus::*;
    match (step, status) {
        (Step::Assign, NotStarted | InProgress | ReturnedForCorrection) => Some(InProgress),
        (Step::Start, NotStarted | ReturnedForCorrection) => Some(InProgress),
        (Step::Submit, InProgress) => Some(SubmittedForReview),
        (Step::Review(action), SubmittedForReview) => Some(match action {
            ReviewAction::Approve => Approved,
            ReviewAction::Reject => Rejected,
            ReviewAction::Return => ReturnedForCorrection,
            ReviewAction::SendToQa => SubmittedToQaManager,
        }),
        (Step::AssignOfficer, SubmittedToQaManager | QaOfficerReview) => Some(QaOfficerReview),
        (Step::Recommend(_), QaOfficerReview) => Some(QaRecommendationSubmitted),
        (Step::Decide(Verdict::Approve), QaRecommendationSubmitted) => Some(AcceptedWarehouse),
        (Step::Decide(Verdict::Reject), QaRecommendationSubmitted) => Some(RejectedReturnToSupplier),
        _ => None,
    }
}

/// What quality assurance has rejected is not put on a shelf; the warehouse may reject what it has accepted.
fn store(test: &Standing<'_>, action: WarehouseAction) -> Result<TestStatus, Refusal> {
    match test.status.map(str::parse) {
        _ if test.warehouse_action.is_some() => Err(Refusal::NotAwaitingWarehouse),
        Some(Ok(status @ TestStatus::AcceptedWarehouse)) => Ok(status),
        Some(Ok(status @ TestStatus::RejectedReturnToSupplier)) => match action {
            WarehouseAction::Rejected => Ok(status),
            WarehouseAction::Accepted => Err(Refusal::RejectedByQa),
        },
        _ => Err(Refusal::NotAwaitingWarehouse),
    }
}

impl Step {
    fn verb(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Start => "start",
            Self::Submit => "submit",
            Self::Review(_) => "review",
            Self::AssignOfficer => "assign a QA officer to",
            Self::Recommend(_) => "recommend on",
            Self::Decide(_) => "decide on",
            Self::Store(_) => "store",
        }
    }
}

/// Who looks at submitted tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewStage {
    Qc,
    QaManager,
    QaOfficer,
}

impl ReviewStage {
    /// The tests that wait for somebody of this stage.
    #[must_use]
    pub fn pending(self) -> &'static [TestStatus] {
        match self {
            Self::Qc => &[TestStatus::SubmittedForReview],
            Self::QaManager => &[TestStatus::SubmittedToQaManager, TestStatus::QaRecommendationSubmitted],
            Self::QaOfficer => &[TestStatus::QaOfficerReview],
        }
    }

    /// The tests that have gone through this stage.
    #[must_use]
    pub fn completed(self) -> &'static [TestStatus] {
        use TestStatus::*;
        match self {
            Self::Qc => &[
                Approved,
                Rejected,
                ReturnedForCorrection,
                SubmittedToQaManager,
                QaOfficerReview,
                QaRecommendationSubmitted,
                AcceptedWarehouse,
                RejectedReturnToSupplier,
            ],
            Self::QaManager => &[AcceptedWarehouse, RejectedReturnToSupplier],
            Self::QaOfficer => &[QaRecommendationSubmitted, AcceptedWarehouse, RejectedReturnToSupplier],
        }
    }
}

impl std::str::FromStr for ReviewStage {
    type Err = crate::role::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "qc" => Ok(Self::Qc),
            "qa-manager" => Ok(Self::QaManager),
            "qa-officer" => Ok(Self::QaOfficer),
            _ => Err(crate::role::UnknownWord { kind: "ReviewStage", word: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests;
