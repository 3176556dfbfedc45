//! What the lists of batches and the execution of one show and send.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{
    attachment::{AcceptedFiles, MediaType},
    batch::{BatchStatus, RecordStatus, ReleaseStatus},
    deviation::DeviationCause,
    device::DeviceClass,
    phase::{LimitCheck, PhaseStatus},
    signature::{SessionEvent, SignatureMeaning, SignatureMethod},
};

use super::{
    NamedValue,
    batch_steps::{BatchStepView, LeaseView},
};

view! {
    pub struct BatchListQuery {
        pub search: String,
        pub statuses: Vec<BatchStatus>,
        pub sort: BatchSort,
        pub descending: bool,
        /// Only batches assigned to the person who is signed in.
        pub only_mine: bool,
    }

    pub struct BatchList {
        pub items: Vec<BatchListItem>,
        /// How many batches each status holds before the status filter.
        pub counts: Vec<StatusCount>,
        /// The time of the last synchronisation that brought these rows.
        pub as_of: Option<String>,
        /// The first synchronisation has not finished: the list may still grow.
        pub is_loading: bool,
    }

    pub struct StatusCount {
        pub status: BatchStatus,
        pub count: u32,
    }

    pub struct BatchListItem {
        pub id: String,
        pub number: String,
        pub product: String,
        pub quantity: String,
        pub unit: String,
        pub status: BatchStatus,
        pub release_status: ReleaseStatus,
        pub started_at: String,
        pub completed_phases: u32,
        pub phase_count: u32,
        /// Title of the phase to be executed next.
        pub next_phase: Option<String>,
        pub assigned_to_name: Option<String>,
        pub is_mine: bool,
        pub hold_reason: Option<String>,
        pub open_deviations: u32,
        pub unsent: u32,
    }

    /// A batch with all its phases, as the execution screen shows it.
    pub struct BatchView {
        pub id: String,
        pub number: String,
        pub product: String,
        pub quantity: String,
        pub unit: String,
        pub status: BatchStatus,
        pub record_status: RecordStatus,
        pub release_status: ReleaseStatus,
        pub hold_reason: Option<String>,
        pub completed_phases: u32,
        pub phases: Vec<PhaseView>,
        /// The phase to be executed next.
        pub next_phase_id: Option<Uuid>,
        /// Why nothing can be executed, as a code; `None` when the next phase can be.
        pub blocked_code: Option<String>,
        /// Absent for batches of the legacy system.
        pub planned_start: Option<String>,
        pub planned_end: Option<String>,
        /// Passed back with a step of the whole batch, as the version that the person saw.
        pub version: String,
        /// What the person may do with the whole batch now; each needs the server.
        pub steps: Vec<BatchStepView>,
        /// The server is away and the person has no key here to sign with.
        pub signing_needs_server: bool,
        /// Absent where no station needs to have the batch: it is executed no more, or the station is its own server.
        pub lease: Option<LeaseView>,
    }

    pub struct PhaseView {
        pub id: Uuid,
        pub number: u32,
        pub unit_procedure: String,
        pub operation: String,
        pub title: String,
        pub instruction: String,
        pub status: PhaseStatus,
        /// Passed back with the entry, as the version that the operator saw.
        pub version: String,
        pub task: PhaseTask,
        /// What the person does with the phase when it is their turn.
        pub turn: PhaseTurn,
        /// The meaning of the signature that this needs.
        pub signature: Option<SignatureMeaning>,
        /// The meaning of the signature that a correction of what is recorded needs.
        pub correction_signature: Option<SignatureMeaning>,
        /// Whether a second person verifies what is recorded.
        pub is_verified: bool,
        /// Why this phase cannot be executed now, as a code with its values; `None` when it can.
        pub waits_for: Option<Waiting>,
        /// What the phase leans on that is not fit for it, whether its turn has come or not.
        pub obstacle: Option<Waiting>,
        /// Every entry ever recorded, oldest first.
        pub entries: Vec<EntryView>,
    }

    /// Where the record of a batch was written, in both its forms.
    pub struct BatchRecordFiles {
        pub pdf: String,
        pub json: String,
        /// What the printed record's QR code says.
        pub record_sha256: String,
    }

    pub struct ChoiceView {
        pub text: String,
        /// Another answer opens a deviation.
        pub is_expected: bool,
    }

    /// A phase that is looked at, with what it recorded.
    pub struct NamedPhase {
        pub number: u32,
        pub title: String,
    }

    pub struct Waiting {
        pub code: String,
        pub values: Vec<NamedValue>,
    }

    /// Limits as they are printed.
    pub struct NumberView {
        pub unit: String,
        pub places: u32,
        pub low: Option<String>,
        pub target: Option<String>,
        pub high: Option<String>,
        /// What the value is read from; typed instead, it needs a reason and a second person.
        pub device: Option<DeviceClass>,
    }

    pub struct EntryView {
        pub operation_id: Uuid,
        /// `Confirmed`, a number with its unit, an elapsed time: what the record shows.
        pub kind: EntryKind,
        pub value: Option<String>,
        pub unit: Option<String>,
        pub lot: Option<String>,
        pub container: Option<String>,
        /// A text, an answer, a date or a piece of equipment, as it was recorded.
        pub text: Option<String>,
        pub elapsed_seconds: Option<u32>,
        pub person_name: String,
        pub recorded_at: String,
        pub reason: Option<String>,
        pub deviation: Option<DeviationCause>,
        pub signature: Option<SignatureView>,
        /// The server has not yet given its verdict.
        pub is_unsent: bool,
        /// The code of a verdict other than accepted.
        pub verdict_code: Option<String>,
        /// The entry counts; a duplicate that was kept beside another does not.
        pub is_effective: bool,
        /// It came in the place of an earlier one.
        pub is_correction: bool,
        /// Another one came in its place.
        pub is_corrected: bool,
        /// The person may correct it.
        pub can_be_corrected: bool,
        /// Of a file: what it is. Its name is the text.
        pub file: Option<FileView>,
        /// The device that the value comes from.
        pub source: Option<SourceView>,
        /// Typed although a device measures the value.
        pub is_manual: bool,
    }

    pub struct SourceView {
        pub device: String,
        pub serial_number: String,
        /// In the device's own figures and unit.
        pub told: String,
    }

    pub struct FileView {
        pub media_type: MediaType,
        pub size_bytes: u32,
        /// Lower-case hex.
        pub sha256: String,
    }

    /// Where a file was written.
    pub struct SavedFile {
        pub path: String,
    }

    /// Where what is unsent was written.
    pub struct SavedExport {
        pub path: String,
        pub entries: u32,
    }

    /// A signature as it prints (21 CFR 11.50).
    pub struct SignatureView {
        pub person_name: String,
        pub meaning: SignatureMeaning,
        pub method: SignatureMethod,
        pub signed_at: String,
        pub time_zone: String,
    }

    /// A number as it was typed or scanned, read in the person's locale.
    pub struct CheckNumber {
        pub batch_id: String,
        pub phase_id: Uuid,
        pub text: String,
        /// `.` or `,`: the decimal key of the locale.
        pub decimal_separator: String,
    }

    /// A lot or a piece of equipment as it was scanned or typed.
    pub struct CheckResource {
        pub batch_id: String,
        pub phase_id: Uuid,
        pub text: String,
    }

    pub struct ResourceCheck {
        /// Why it may not be charged or used; absent when it may.
        pub refusal: Option<Waiting>,
        /// The plant's register holds it.
        pub is_known: bool,
    }

    pub struct NumberCheck {
        /// The number as it will be recorded; `None` when the text is not one.
        pub value: Option<String>,
        pub check: Option<LimitCheck>,
        /// `not_a_number`, `too_many_digits`, `too_many_places`.
        pub problem: Option<String>,
        /// Where the value lies between the limits, 0 to 1000, for the drawing only.
        pub position: Option<u32>,
        /// Typed, it counts only after a second person has looked at it.
        pub needs_second_look: bool,
    }

    pub struct RecordEntry {
        pub batch_id: String,
        pub phase_id: Uuid,
        /// [`PhaseView::version`] as it was shown.
        pub version: String,
        pub entry: EntryInput,
        /// The operation whose entry is corrected.
        pub corrects: Option<Uuid>,
        /// Required outside limits and for a correction.
        pub reason: Option<String>,
        pub signature: Option<SignatureInput>,
        /// The sentence that the signer saw, in the language shown.
        pub shown_text: String,
        /// BCP 47, for example `te`.
        pub language: String,
    }

    pub struct SignatureInput {
        /// Both components are needed at the first signing of a session (21 CFR 11.200).
        pub email: Option<String>,
        pub password: String,
    }

    /// What became of an entry, said only after it is durable on this station.
    pub struct EntryReceipt {
        pub operation_id: Uuid,
        pub state: ReceiptState,
        /// Operations that wait for the server, this one included.
        pub unsent: u32,
        pub verdict_code: Option<String>,
        pub deviation: Option<DeviationCause>,
        pub signature: Option<SignatureView>,
        pub batch: BatchView,
    }

    pub struct UnsentEntry {
        pub operation_id: Uuid,
        /// What happened to a session without the server; such an entry belongs to no batch.
        pub event: Option<SessionEvent>,
        pub batch_number: String,
        pub phase_number: u32,
        pub phase_title: String,
        pub person_name: String,
        pub recorded_at: String,
        pub attempts: u32,
        /// The code of what the last attempt failed with.
        pub last_problem: Option<String>,
    }
}

choice! {
    #[serde(rename_all = "snake_case")]
    pub enum BatchSort {
        Number,
        Product,
        Status,
        StartedAt,
        Progress,
    }

    #[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub enum PhaseTask {
        Confirmation,
        Value { number: NumberView, },
        InProcessCheck { number: NumberView, },
        MaterialCharge { material: String, material_code: String, number: NumberView, },
        Timer {
            minimum_seconds: u32,
            maximum_seconds: Option<u32>,
            /// When the running timer was started; `None` while it has not been.
            started_at: Option<String>,
        },
        SampleRequest { sample: String, tests: Vec<String>, },
        Text { longest: u32, },
        Choice { options: Vec<ChoiceView>, },
        Date,
        EquipmentUse { equipment_class: String, must_be_clean: bool, },
        CleaningCheck { equipment_class: String, },
        Attachment { accepts: AcceptedFiles, },
        SecondPersonCheck { of: Vec<NamedPhase>, },
        Calculation {
            number: NumberView,
            expression: String,
            /// As it will be recorded; absent while a value is missing.
            result: Option<String>,
            check: Option<LimitCheck>,
        },
    }

    #[serde(rename_all = "snake_case")]
    pub enum PhaseTurn {
        Execute,
        Verify,
        Correct,
        /// A disposition asks for it once more.
        Repeat,
    }

    #[serde(rename_all = "snake_case")]
    pub enum EntryKind {
        Confirmed,
        Number,
        TimerStarted,
        TimerStopped,
        SampleRequested,
        Text,
        Chosen,
        Date,
        EquipmentUsed,
        FoundClean,
        Attached,
        Checked,
    }

    #[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub enum EntryInput {
        Confirm,
        Number { text: String, decimal_separator: String, lot: Option<String>, },
        /// What a device told, by the number of the reading.
        TakeReading { reading: Uuid, lot: Option<String>, },
        StartTimer,
        StopTimer,
        RequestSample { container: String, },
        WriteText { text: String, },
        Choose { option: String, },
        EnterDate { date: String, },
        UseEquipment { equipment: String, },
        FindClean { equipment: String, },
        /// The result as it is calculated here.
        Calculate,
        Check,
        /// A file with its name and its bytes as base64; both are looked at before anything is kept.
        Attach { file_name: String, content: String, },
    }

    #[serde(rename_all = "snake_case")]
    pub enum ReceiptState {
        /// Durable here; the server has not answered yet.
        Saved,
        Accepted,
        AcceptedWithDeviation,
        NotApplied,
    }
}
