//! What the screens of master batch records show and send; the documents in them are those of the interface.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{
    master::{Fault, MasterRecordStatus, Procedure},
    signature::SignatureMeaning,
};

use crate::master_records::{MasterRecord, MasterRecordRow};

view! {
    /// Which versions, and which page of them.
    pub struct MasterRecordListQuery {
        pub status: Option<MasterRecordStatus>,
        pub search: Option<String>,
        /// [`MasterRecordList::next_cursor`] of the page before.
        pub cursor: Option<String>,
    }

    pub struct MasterRecordList {
        pub items: Vec<MasterRecordRow>,
        pub next_cursor: Option<String>,
        /// The person may begin versions.
        pub may_author: bool,
    }

    /// One version as the person who is signed in sees it.
    pub struct MasterRecordView {
        pub record: MasterRecord,
        /// The zone of its plant.
        pub time_zone: String,
        /// The steps that the person may take now, and what each is signed with.
        pub steps: Vec<MasterRecordStepView>,
        /// The other versions of the product, the newest first, to compare with.
        pub others: Vec<MasterRecordRow>,
    }

    pub struct MasterRecordStepView {
        pub step: MasterRecordStepName,
        /// What the step is signed with; absent for a step without a signature.
        pub meaning: Option<SignatureMeaning>,
        /// Why the step cannot be taken now, as a code; absent when it can.
        pub refusal: Option<String>,
    }

    pub struct NewMasterRecord {
        pub procedure: Procedure,
        pub based_on: Option<Uuid>,
        pub reason: String,
        /// Belongs to the form: sent again, it begins no version twice.
        pub request_key: Uuid,
    }

    pub struct MasterRecordEdit {
        pub id: Uuid,
        /// Of the version as it was shown.
        pub revision: u32,
        pub procedure: Procedure,
        pub reason: String,
    }

    pub struct TakeMasterRecordStep {
        pub id: Uuid,
        /// Of the version as it was shown.
        pub revision: u32,
        pub step: MasterRecordStepName,
        pub reason: String,
        /// For `make_effective`: a day in the plant's zone, `2026-12-01`; at once when it is left out.
        pub effective_on: Option<String>,
        /// For a step that is signed.
        pub signature: Option<MasterRecordSignature>,
    }

    pub struct MasterRecordSignature {
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

    pub struct CompareMasterRecords {
        pub id: Uuid,
        /// The older version.
        pub from: Uuid,
    }

    pub struct MasterRecordImport {
        /// The file's text.
        pub file: String,
        pub reason: String,
        pub request_key: Uuid,
    }

    /// A draft, or everything that is wrong with the file.
    pub struct MasterRecordImportOutcome {
        pub record: Option<MasterRecordView>,
        pub faults: Vec<Fault>,
    }

    pub struct MasterRecordExport {
        /// Where the file lies now.
        pub path: String,
    }
}

choice! {
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum MasterRecordStepName {
        Edit,
        Submit,
        Return,
        Approve,
        MakeEffective,
        Withdraw,
    }
}
