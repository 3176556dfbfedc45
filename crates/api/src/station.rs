//! What the station's commands give to its own user interface, and take from it.
//!
//! Numbers are text with their scale and already formatted; times are RFC 3339 in UTC with the plant's zone beside them.
//! The user interface computes nothing and holds no rule.

use serde::{Deserialize, Serialize};
use viruj_domain::navigation::{MenuEntry, Screen};

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
        /// A new copy of the plant's records is being read.
        pub copying: Option<Copying>,
        /// The newest time that the server gave, for display beside the station's own.
        pub server_time: Option<String>,
        /// The station's clock shows another time than the server's, by more than a minute.
        pub clock_off: Option<ClockOff>,
        /// Demo data is present: the sign-in screen names the demo people.
        pub is_demo: bool,
        pub source: DataSource,
        /// A newer version of the program is on its way.
        pub update: Option<UpdateView>,
    }

    /// A newer version of the program, and how far it has come.
    pub struct UpdateView {
        pub version: String,
        pub stage: UpdateStage,
    }

    /// How far a new copy of the plant's records has come, in rows.
    pub struct Copying {
        pub read: u32,
        pub expected: u32,
    }

    /// The station's clock is off from the server's.
    pub struct ClockOff {
        pub minutes: u32,
        pub is_ahead: bool,
    }

    pub struct MenuItem {
        pub section: String,
        pub label: String,
        pub screen: Screen,
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
    /// How far a newer version has come.
    #[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub enum UpdateStage {
        Downloading { percent: u8, },
        /// It is there, and something stands against it.
        Waiting { because: UpdateHindrance, },
        /// The station starts anew with it then; whoever works can postpone it.
        Announced { installs_at: String, },
        Installing,
    }

    /// What stands against replacing the program.
    #[serde(rename_all = "snake_case")]
    pub enum UpdateHindrance {
        Unsent,
        /// A phase has begun at this station and is not over.
        PhaseRuns,
        Copying,
        /// Somebody has postponed it.
        Postponed,
    }

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
        ApiKeys,
        Backups,
        MasterRecords,
        Lots,
        Equipment,
        /// Those that this station reads values from.
        Devices,
        Qualifications,
        /// Deviations and the actions that were opened from them.
        Deviations,
        /// Batches that wait for quality assurance.
        Reviews,
        /// Entries that are kept beside others.
        Conflicts,
        /// Of the program.
        Releases,
    }
}

// After the macros, which they use.
mod account;
pub mod administration;
pub mod api_keys;
mod audit;
mod backups;
pub mod batch_steps;
mod batches;
pub mod conflicts;
pub mod deviations;
pub mod devices;
pub mod finding;
mod lists;
pub mod master_records;
mod registration;
pub mod releases;
pub mod resources;
pub mod reviews;

pub use self::{account::*, audit::*, backups::*, batches::*, lists::*, registration::*};

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
