//! What the screens of deviations and of corrective and preventive actions show and send.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{
    deviation::{
        DeviationStatus, Disposition, Severity,
        capa::{CapaStatus, Effectiveness},
    },
    signature::SignatureMeaning,
};

use super::{EntryView, NumberView};
use crate::{
    capas::{Capa, CapaRow},
    deviations::{DeviationRecord, DeviationSummary, NamedPerson},
};

view! {
    /// Which deviations, and which page of them.
    pub struct DeviationListQuery {
        pub status: Option<DeviationStatus>,
        pub severity: Option<Severity>,
        pub only_open: bool,
        pub search: Option<String>,
        /// [`DeviationList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct DeviationList {
        pub items: Vec<DeviationSummary>,
        pub next_cursor: Option<String>,
        /// The person may report deviations.
        pub may_report: bool,
    }

    /// One deviation as the person who is signed in sees it.
    pub struct DeviationView {
        pub record: DeviationRecord,
        pub evidence: Option<DeviationEvidenceView>,
        /// The zone of its plant.
        pub time_zone: String,
        /// The steps that the person's role takes, and why one cannot be taken now.
        pub steps: Vec<DeviationStepView>,
        /// The person may read corrective and preventive actions.
        pub may_read_capas: bool,
        /// Who may own an action.
        pub people: Vec<NamedPerson>,
    }

    /// The phase as it was executed.
    pub struct DeviationEvidenceView {
        pub phase_number: u32,
        pub phase_title: String,
        pub instruction: String,
        pub limits: Option<NumberView>,
        /// In the order in which the server received them.
        pub entries: Vec<EntryView>,
    }

    pub struct DeviationStepView {
        pub step: DeviationStepName,
        /// What the step is signed with; absent for a step without a signature.
        pub meaning: Option<SignatureMeaning>,
        /// Why the step cannot be taken now, as a code; absent when it can.
        pub refusal: Option<String>,
    }

    pub struct DeviationReport {
        pub batch_id: Option<String>,
        pub severity: Severity,
        pub description: String,
        pub immediate_action: Option<String>,
        /// Belongs to the form: sent again, it reports nothing twice.
        pub request_key: Uuid,
    }

    pub struct DeviationEdit {
        pub id: Uuid,
        /// Of the deviation as it was shown.
        pub version: u32,
        pub immediate_action: Option<String>,
        pub investigation: Option<String>,
        pub root_cause: Option<String>,
        pub impact_assessment: Option<String>,
        pub affected_batches: Vec<String>,
        pub disposition: Option<Disposition>,
        pub disposition_reason: Option<String>,
        pub no_capa_reason: Option<String>,
        pub reason: String,
    }

    pub struct TakeDeviationStep {
        pub id: Uuid,
        /// Of the deviation as it was shown.
        pub version: u32,
        pub step: DeviationStepName,
        pub reason: String,
        /// For `change_severity`.
        pub severity: Option<Severity>,
        /// For a step that is signed.
        pub signature: Option<RecordSignatureInput>,
    }

    pub struct RecordSignatureInput {
        /// The content as it was shown.
        pub content_hash: String,
        /// The sentence that the person saw, in the language shown.
        pub shown_text: String,
        /// BCP 47.
        pub language: String,
        /// Needed at the first signing of a session.
        pub email: Option<String>,
        pub password: String,
    }

    /// Which actions, and which page of them.
    pub struct CapaListQuery {
        pub status: Option<CapaStatus>,
        pub only_mine: bool,
        pub search: Option<String>,
        pub cursor: Option<String>,
    }

    pub struct CapaList {
        pub items: Vec<CapaRow>,
        pub next_cursor: Option<String>,
    }

    /// One action as the person who is signed in sees it.
    pub struct CapaView {
        pub capa: Capa,
        pub time_zone: String,
        pub steps: Vec<CapaStepView>,
        pub people: Vec<NamedPerson>,
    }

    pub struct CapaStepView {
        pub step: CapaStepName,
        pub meaning: Option<SignatureMeaning>,
        pub refusal: Option<String>,
    }

    pub struct NewCapa {
        pub deviation_id: Uuid,
        pub title: String,
        pub problem: String,
        pub owner_id: String,
        /// A day in the plant's zone, `2026-12-01`.
        pub due_on: String,
        pub reason: String,
        pub request_key: Uuid,
    }

    pub struct TakeCapaStep {
        pub id: Uuid,
        /// Of the action as it was shown.
        pub version: u32,
        pub step: CapaStepName,
        pub reason: String,
        /// For `plan`.
        pub action: Option<String>,
        pub owner_id: Option<String>,
        pub due_on: Option<String>,
        /// For `judge`.
        pub effectiveness: Option<Effectiveness>,
        /// For `close`.
        pub signature: Option<RecordSignatureInput>,
    }
}

choice! {
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum DeviationStepName {
        BeginInvestigation,
        Edit,
        ChangeSeverity,
        OpenCapa,
        Submit,
        Review,
        SendBack,
        Approve,
        Reject,
    }

    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum CapaStepName {
        BeginInvestigation,
        Plan,
        ReportDone,
        Judge,
        Close,
    }
}
