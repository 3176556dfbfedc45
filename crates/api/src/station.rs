//! What the station's commands give to its own user interface, and take from it.
//!
//! Numbers are text with their scale and already formatted; times are RFC 3339 in UTC with the plant's zone beside them.
//! The user interface computes nothing and holds no rule.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_domain::{
    batch::{BatchStatus, RecordStatus, ReleaseStatus},
    deviation::DeviationCause,
    navigation::{MenuEntry, Screen},
    phase::{LimitCheck, PhaseStatus},
    signature::{SignatureMeaning, SignatureMethod},
};

macro_rules! view {
    ($($(#[$attribute:meta])* pub struct $name:ident { $($(#[$field_attribute:meta])* pub $field:ident: $type:ty,)* })*) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        #[serde(rename_all = "camelCase")]
        pub struct $name { $($(#[$field_attribute])* pub $field: $type,)* }
    )*};
}

view! {
    /// Why a command did not do what was asked; the user interface translates the code and never reads the detail.
    pub struct CommandError {
        /// Stable, snake case, for example `wrong_password` or `server_unreachable`.
        pub code: String,
        /// For a person who repairs things: shown small, never parsed.
        pub detail: Option<String>,
        /// What the translated text names, for example the number of the phase that comes first.
        pub values: Vec<NamedValue>,
    }

    pub struct NamedValue {
        pub name: String,
        pub value: String,
    }

    /// What the header shows, and whether anything can be shown below it.
    pub struct StationStatus {
        pub stage: Stage,
        pub station_name: Option<String>,
        pub plant_id: Option<String>,
        pub plant_name: Option<String>,
        /// IANA name; times on the screens are shown in it.
        pub time_zone: String,
        pub connection: Connection,
        /// Operations recorded here for which the server has given no verdict yet.
        pub unsent: u32,
        pub oldest_unsent_at: Option<String>,
        /// Where the last synchronisation with the server stood.
        pub last_synced_at: Option<String>,
        /// The newest time that the server gave, for display beside the station's own.
        pub server_time: Option<String>,
        /// Demo data is present: the sign-in screen names the demo people.
        pub is_demo: bool,
        pub source: DataSource,
    }

    /// A person who signed in, with what the role may open.
    pub struct SignedInPerson {
        pub id: String,
        pub name: String,
        pub email: String,
        pub role: String,
        pub department: String,
        pub menu: Vec<MenuItem>,
        pub can_execute: bool,
        pub can_register_station: bool,
        pub can_review_audit: bool,
        /// The person was remembered and the server has not confirmed the session yet.
        pub is_offline: bool,
        /// Somebody else chose the password: it must be changed before anything else.
        pub must_change_password: bool,
    }

    /// What a person should know of their own account.
    pub struct AccountView {
        pub password_changed_at: Option<String>,
        pub has_second_factor: bool,
        pub recovery_codes_left: u32,
        pub sessions: Vec<SessionView>,
    }

    /// What the person's device is to hold; shown once.
    pub struct SecondFactorView {
        /// For typing.
        pub secret: String,
        pub picture: PictureView,
    }

    /// A square picture of `size` units: the path of an SVG.
    pub struct PictureView {
        pub size: u32,
        pub path: String,
    }

    /// One sign-in that is still alive.
    pub struct SessionView {
        pub id: String,
        pub opened_at: String,
        pub refreshed_at: String,
        pub expires_at: String,
        pub address: Option<String>,
        pub station_name: Option<String>,
        /// The one at this station, now.
        pub is_current: bool,
    }

    pub struct MenuItem {
        pub section: String,
        pub label: String,
        pub screen: Screen,
    }

    /// The first start without a demo: one plant and its first administrator.
    pub struct PlantSetUp {
        pub plant_name: String,
        pub region: String,
        /// IANA name.
        pub time_zone: String,
        pub administrator_name: String,
        pub administrator_email: String,
        pub administrator_password: String,
        /// An existing, writable folder.
        pub backup_folder: String,
    }

    /// A plant that a station can be registered for.
    pub struct PlantOption {
        pub id: String,
        pub name: String,
        pub time_zone: String,
    }

    /// What a System Admin says when the station is registered.
    pub struct StationRegistration {
        pub station_name: String,
        pub plant_id: String,
    }

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
        /// The meaning of the signature that the phase needs.
        pub signature: Option<SignatureMeaning>,
        /// Why this phase cannot be executed now, as a code with its values; `None` when it can.
        pub waits_for: Option<Waiting>,
        /// Every entry ever recorded, oldest first.
        pub entries: Vec<EntryView>,
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
    }

    pub struct EntryView {
        pub operation_id: Uuid,
        /// `Confirmed`, a number with its unit, an elapsed time: what the record shows.
        pub kind: EntryKind,
        pub value: Option<String>,
        pub unit: Option<String>,
        pub lot: Option<String>,
        pub container: Option<String>,
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

    pub struct NumberCheck {
        /// The number as it will be recorded; `None` when the text is not one.
        pub value: Option<String>,
        pub check: Option<LimitCheck>,
        /// `not_a_number`, `too_many_digits`, `too_many_places`.
        pub problem: Option<String>,
        /// Where the value lies between the limits, 0 to 1000, for the drawing only.
        pub position: Option<u32>,
    }

    pub struct RecordEntry {
        pub batch_id: String,
        pub phase_id: Uuid,
        /// [`PhaseView::version`] as it was shown.
        pub version: String,
        pub entry: EntryInput,
        /// Required outside limits.
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
        pub batch_number: String,
        pub phase_number: u32,
        pub phase_title: String,
        pub person_name: String,
        pub recorded_at: String,
        pub attempts: u32,
        /// The code of what the last attempt failed with.
        pub last_problem: Option<String>,
    }

    /// One row of a read-only list: cells in the order of the columns.
    pub struct TextRow {
        pub id: String,
        pub cells: Vec<Option<String>>,
    }

    pub struct TextList {
        /// Keys that the user interface translates.
        pub columns: Vec<ListColumn>,
        pub rows: Vec<TextRow>,
        /// More rows exist than are shown.
        pub has_more: bool,
    }

    pub struct ListColumn {
        pub key: String,
        pub kind: ColumnKind,
    }

    /// Which entries of the audit trail are wanted; what is left out does not matter.
    pub struct AuditTrailQuery {
        /// A plant's id or `system`.
        pub feed: Option<String>,
        pub entity: Option<String>,
        pub record_id: Option<String>,
        pub actor: Option<String>,
        pub action: Option<String>,
        /// A day of the plant, for example `2026-11-24`.
        pub from: Option<String>,
        /// A day of the plant, the last one that is wanted.
        pub to: Option<String>,
    }

    pub struct AuditTrailPage {
        /// Newest first.
        pub entries: Vec<AuditEntryView>,
        pub next_cursor: Option<String>,
    }

    /// One entry of the trail: who, what, old and new values, where, when and why.
    pub struct AuditEntryView {
        /// The plant's id, `system`, or `unassigned`.
        pub feed: String,
        pub seq: String,
        /// By the server's clock.
        pub at: String,
        /// By the station's clock, where a station recorded the change.
        pub device_at: Option<String>,
        pub actor: String,
        pub actor_name: Option<String>,
        pub station_name: Option<String>,
        pub entity: String,
        pub record_id: String,
        pub action: String,
        pub changes: Vec<AuditChangeView>,
        /// What an event says.
        pub detail: Option<String>,
        pub reason: Option<String>,
        pub hash: String,
        pub reviewed_by: Option<String>,
        pub reviewed_at: Option<String>,
    }

    pub struct AuditChangeView {
        pub field: String,
        pub old: Option<String>,
        pub new: Option<String>,
    }

    /// A review of everything from one entry to another of one feed.
    pub struct AuditReviewInput {
        pub feed: String,
        pub from_seq: String,
        pub to_seq: String,
        /// [`AuditEntryView::hash`] of the last entry, as it was shown.
        pub to_hash: String,
        pub comment: Option<String>,
        pub signature: SignatureInput,
        /// The sentence that the signer saw, in the language shown.
        pub shown_text: String,
        /// BCP 47.
        pub language: String,
    }

    pub struct AuditReviewView {
        pub entry_count: String,
        /// The reviewer's own entries between them, which wait for somebody else.
        pub own_entry_count: String,
        pub person_name: String,
        pub reviewed_at: String,
    }

    /// The newest backups of the server.
    pub struct BackupList {
        pub items: Vec<BackupView>,
        /// On the server.
        pub folder: Option<String>,
        pub last_recovery_point: Option<String>,
        /// `not_configured` or `overdue`.
        pub warning: Option<String>,
    }

    pub struct BackupView {
        pub id: Uuid,
        pub recovery_point: String,
        pub finished_at: String,
        /// `command`, `migrate`, `nightly`, `person`.
        pub cause: String,
        pub requested_by_name: Option<String>,
        pub file_name: String,
        pub size_bytes: Option<String>,
        pub row_count: Option<String>,
        pub sha256: Option<String>,
        /// The code of what went wrong.
        pub failure: Option<String>,
    }

    /// What the settings screen shows and saves; the same choice stands in `station.toml`.
    pub struct StationSettings {
        pub source: DataSource,
        pub database_url: Option<String>,
        pub server_url: Option<String>,
        pub backup_folder: Option<String>,
        pub data_folder: String,
        pub settings_file: String,
        pub language: String,
        pub theme: Theme,
        pub density: Density,
        /// The choice comes from the environment and cannot be changed here.
        pub is_from_environment: bool,
        pub version: String,
    }

    pub struct SaveSettings {
        pub source: DataSource,
        pub database_url: Option<String>,
        pub server_url: Option<String>,
    }

    pub struct Preferences {
        pub language: String,
        pub theme: Theme,
        pub density: Density,
    }
}

macro_rules! choice {
    ($($(#[$attribute:meta])* pub enum $name:ident { $($(#[$variant_attribute:meta])* $variant:ident $({ $($(#[$field_attribute:meta])* $field:ident: $type:ty,)* })?,)* })*) => {$(
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        $(#[$attribute])*
        pub enum $name { $($(#[$variant_attribute])* $variant $({ $($(#[$field_attribute])* $field: $type,)* })?,)* }
    )*};
}

choice! {
    /// How far the start of the program has come.
    #[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub enum Stage {
        /// Nothing is chosen yet: demo, a plant of one's own, or a server.
        FirstStart,
        /// Preparing; the code says what, for example `starting_database`.
        Starting { step: String, },
        Ready,
        /// The program cannot go on; the code has a translated remedy. Nothing recorded is lost.
        Problem { error: CommandError, },
        /// The server knows no such station yet: a System Admin's sign-in registers it.
        NotRegistered,
    }

    #[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub enum Connection {
        Online,
        Offline { since: String, code: String, },
        Connecting,
    }

    #[serde(rename_all = "snake_case")]
    pub enum DataSource {
        Embedded,
        Database,
        Server,
    }

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
    }

    #[serde(rename_all = "snake_case")]
    pub enum EntryKind {
        Confirmed,
        Number,
        TimerStarted,
        TimerStopped,
        SampleRequested,
    }

    #[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub enum EntryInput {
        Confirm,
        Number { text: String, decimal_separator: String, lot: Option<String>, },
        StartTimer,
        StopTimer,
        RequestSample { container: String, },
    }

    #[serde(rename_all = "snake_case")]
    pub enum ReceiptState {
        /// Durable here; the server has not answered yet.
        Saved,
        Accepted,
        AcceptedWithDeviation,
        NotApplied,
    }

    #[serde(rename_all = "snake_case")]
    pub enum ListName {
        GateEntries,
        GoodsReceipts,
        QualitySamples,
        QualityTests,
        Materials,
    }

    #[serde(rename_all = "snake_case")]
    pub enum ColumnKind {
        Text,
        Code,
        Number,
        Date,
        Time,
        Status,
    }

    #[serde(rename_all = "snake_case")]
    pub enum Theme {
        System,
        Light,
        Dark,
    }

    #[serde(rename_all = "snake_case")]
    pub enum Density {
        Comfortable,
        Compact,
    }

    /// Which cached queries of the user interface an event makes stale.
    #[serde(rename_all = "snake_case")]
    pub enum QueryKey {
        Status,
        Person,
        Account,
        Batches,
        Batch,
        Unsent,
        Lists,
        Settings,
        Users,
        Plants,
        AuditTrail,
        Backups,
    }
}

// After the macros, which it uses.
pub mod administration;

impl CommandError {
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), detail: None, values: Vec::new() }
    }

    #[must_use]
    pub fn with_detail(mut self, detail: impl std::fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    #[must_use]
    pub fn with_value(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.values.push(NamedValue { name: name.to_owned(), value: value.to_string() });
        self
    }
}

impl From<MenuEntry> for MenuItem {
    fn from(entry: MenuEntry) -> Self {
        Self { section: entry.section.to_owned(), label: entry.label.to_owned(), screen: entry.screen }
    }
}
