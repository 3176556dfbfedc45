//! What the screens of the review by exception show and send.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{
    batch::{BatchStatus, ReleaseStatus},
    deviation::{DeviationStatus, Disposition, Severity},
    phase::PhaseStatus,
    review::ExceptionKind,
    signature::SignatureMeaning,
};

use super::deviations::{DeviationEvidenceView, RecordSignatureInput};
use crate::{
    master_records::RecordSignature,
    reviews::{BatchTest, ReleaseBlocker, ReviewException, ReviewQuery, ReviewSummary},
};

view! {
    pub struct ReviewListRequest {
        pub search: Option<String>,
        /// [`ReviewList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct ReviewList {
        pub items: Vec<ReviewSummary>,
        pub next_cursor: Option<String>,
        pub time_zone: String,
    }

    /// One batch as the person who is signed in may review it.
    pub struct ReviewView {
        pub batch_id: String,
        pub number: String,
        pub product: String,
        pub quantity: String,
        pub unit: String,
        pub status: BatchStatus,
        pub release_status: ReleaseStatus,
        /// Of the batch as it was shown.
        pub version: String,
        pub content_hash: String,
        pub time_zone: String,
        /// In the order of their kinds, then of their phases.
        pub exceptions: Vec<ReviewExceptionView>,
        pub queries: Vec<ReviewQueryView>,
        pub tests: Vec<BatchTest>,
        /// On the batch, the oldest first.
        pub signatures: Vec<RecordSignature>,
        pub blockers: Vec<ReleaseBlocker>,
        pub deviations: Vec<ReviewDeviationView>,
        /// Every phase with every entry, the evidence of the exceptions.
        pub phases: Vec<ReviewPhaseView>,
        /// Steps with the whole batch that the person's role takes: `ask`, `sign`, `release`, `reject`.
        pub steps: Vec<ReviewStepView>,
    }

    pub struct ReviewExceptionView {
        pub exception: ReviewException,
        pub phase_number: Option<u32>,
        pub phase_title: Option<String>,
        /// For a deviation: its code.
        pub deviation: Option<String>,
        /// The person's role judges exceptions, and this one waits for it.
        pub waits: bool,
        /// Why it cannot be accepted now, as a code; absent when it can.
        pub refusal: Option<String>,
    }

    pub struct ReviewQueryView {
        pub query: ReviewQuery,
        pub phase_number: Option<u32>,
        /// `answer` or `close_query`, when the person's role takes it.
        pub step: Option<ReviewStepView>,
    }

    pub struct ReviewDeviationView {
        pub id: Uuid,
        pub code: String,
        pub severity: Severity,
        pub status: DeviationStatus,
        pub description: String,
        pub disposition: Option<Disposition>,
        pub phase_number: Option<u32>,
    }

    pub struct ReviewPhaseView {
        pub id: Uuid,
        pub status: PhaseStatus,
        pub evidence: DeviationEvidenceView,
    }

    pub struct ReviewStepView {
        pub step: ReviewStepName,
        /// What the step is signed with; absent for a step without a signature.
        pub meaning: Option<SignatureMeaning>,
        /// Why the step cannot be taken now, as a code; absent when it can.
        pub refusal: Option<String>,
    }

    pub struct AcceptReviewException {
        pub batch_id: String,
        pub kind: ExceptionKind,
        pub subject: Uuid,
        /// As it was shown.
        pub evidence: String,
        pub comment: String,
    }

    pub struct AskAboutBatch {
        pub batch_id: String,
        pub phase_id: Option<Uuid>,
        pub question: String,
        /// Belongs to the form: sent again, it asks nothing twice.
        pub request_key: Uuid,
    }

    pub struct AnswerReviewQuery {
        pub batch_id: String,
        pub query_id: Uuid,
        /// Of the query as it was shown.
        pub version: u32,
        pub answer: String,
    }

    /// A step that is signed: `close_query`, `sign`, `release` or `reject`.
    pub struct SignReviewStep {
        pub batch_id: String,
        pub step: ReviewStepName,
        /// For `close_query`, with the version of the query; otherwise the version of the batch.
        pub query_id: Option<Uuid>,
        pub version: String,
        pub reason: String,
        pub signature: RecordSignatureInput,
    }

    /// The documents of a batch that quality assurance has decided about, as files.
    pub struct ReleaseDocuments {
        pub files: Vec<String>,
    }
}

choice! {
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum ReviewStepName {
        Accept,
        Ask,
        Answer,
        CloseQuery,
        Sign,
        Release,
        Reject,
    }
}
