//! Where the station and the updater meet. The packages' scripts make these folders.

use std::path::PathBuf;

use semver::Version;
use serde::{Deserialize, Serialize};

/// The folders of the updater.
#[derive(Clone, Debug)]
pub struct Places {
    /// The station's account writes here: `update.deb`, `update.deb.sig`, then `request`; and `health`.
    pub spool: PathBuf,
    /// Root's own.
    pub state: PathBuf,
    /// The builders' public keys, of the installed package.
    pub keys: PathBuf,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            spool: "/var/spool/viruj-station".into(),
            state: "/var/lib/viruj-station-updater".into(),
            keys: "/usr/share/viruj-station/release-keys".into(),
        }
    }
}

impl Places {
    #[must_use]
    pub fn offered(&self) -> PathBuf {
        self.spool.join("update.deb")
    }

    #[must_use]
    pub fn offered_signature(&self) -> PathBuf {
        self.spool.join("update.deb.sig")
    }

    #[must_use]
    pub fn request(&self) -> PathBuf {
        self.spool.join("request")
    }

    /// The version that has started and works.
    #[must_use]
    pub fn health(&self) -> PathBuf {
        self.spool.join("health")
    }

    /// How the last offer ended; the station reads it and tells its server.
    #[must_use]
    pub fn status(&self) -> PathBuf {
        self.state.join("status.json")
    }

    /// The copy that is examined and installed.
    #[must_use]
    pub fn next(&self) -> PathBuf {
        self.state.join("next.deb")
    }

    /// The package of the installed version, when it came this way.
    #[must_use]
    pub fn current(&self) -> PathBuf {
        self.state.join("current.deb")
    }

    #[must_use]
    pub fn previous(&self) -> PathBuf {
        self.state.join("previous.deb")
    }
}

/// How an offer ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub outcome: Outcome,
    /// The version that was offered, as far as it could be read.
    pub version: Option<Version>,
    /// What programs read; empty when all went well.
    pub code: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Installed; its mark of health is waited for.
    Installed,
    Healthy,
    Refused,
    PutBack,
}
