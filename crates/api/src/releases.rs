//! Releases of the station's program: what is staged, how far it has come, and what a station is offered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use viruj_domain::{
    ids::{ReleaseId, UserId},
    release::{Ring, RolloutState},
};

/// A release as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseRow {
    pub id: ReleaseId,
    /// Three numbers, as the builder signed it.
    pub version: String,
    /// What it runs on, for example `linux-x86_64`.
    pub target: String,
    /// Of the package, lower-case hex.
    pub sha256: String,
    pub size_bytes: i64,
    /// Of the builder's key, as minisign prints it.
    pub builder_key: String,
    pub notes: String,
    pub state: RolloutState,
    pub ring: Ring,
    /// 1 to 100, of the stations of the ring.
    pub percentage: u8,
    /// Why it is not running: a person's words, or `system:` and what of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_because: Option<String>,
    /// `system:command` when it was published at the server itself.
    pub published_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_by_name: Option<String>,
    pub published_at: DateTime<Utc>,
    pub stations: UpdateCounts,
}

/// What comes with a package that is published; needs `release.manage`.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PublishRelease {
    /// The text of the `.sig` file that was built with the package.
    pub signature: String,
    /// What is new, up to 4,000 characters.
    pub notes: String,
    /// The stations that are offered it first.
    #[param(inline)]
    pub ring: Ring,
    /// 1 to 100, of the stations of the ring; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<u8>,
}

/// How a release goes on; needs `release.manage`. What is left out stays.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRollout {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<RolloutState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring: Option<Ring>,
    /// 1 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<u8>,
    /// Up to 500 characters.
    pub reason: String,
}

/// What a station that asks for an update says of itself.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UpdateQuery {
    /// The builders' keys that it trusts, with commas between them.
    pub keys: String,
}

/// An update, in the form that Tauri's updater reads. The signature proves the package; nothing here is believed without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferedUpdate {
    pub version: String,
    pub notes: String,
    pub pub_date: DateTime<Utc>,
    pub url: String,
    pub signature: String,
    /// Of the package, lower-case hex.
    pub sha256: String,
    pub size_bytes: i64,
}

/// What a station tells of an update, once each time something of it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateReport {
    /// For example `linux-x86_64`.
    pub target: String,
    /// Of the update.
    pub version: String,
    pub outcome: ToldOutcome,
    /// Why it went wrong, as a word; empty when nothing did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Up to 500 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// How far an update has come at a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldOutcome {
    /// The package is handed over to whatever installs it.
    Installing,
    /// The new version runs, and works.
    Healthy,
    /// The package was not installed.
    Refused,
    /// The new version did not work, and the one before runs again.
    PutBack,
}

impl ToldOutcome {
    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Installing => "installing",
            Self::Healthy => "healthy",
            Self::Refused => "refused",
            Self::PutBack => "put_back",
        }
    }
}

/// Stations by how a release went with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpdateCounts {
    pub installing: u32,
    pub healthy: u32,
    pub refused: u32,
    pub put_back: u32,
    /// They began and said nothing afterwards.
    pub silent: u32,
}

/// Whom a release was published by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publisher {
    Person(UserId),
    /// Somebody at the server's own command line.
    Command,
}
