//! Where everything lies. The packages' scripts make these folders.

use std::path::PathBuf;

/// The folders of the updater.
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
    pub fn offered(&self) -> PathBuf {
        self.spool.join("update.deb")
    }

    pub fn offered_signature(&self) -> PathBuf {
        self.spool.join("update.deb.sig")
    }

    pub fn request(&self) -> PathBuf {
        self.spool.join("request")
    }

    /// The version that has started and works.
    pub fn health(&self) -> PathBuf {
        self.spool.join("health")
    }

    /// The copy that is examined and installed.
    pub fn next(&self) -> PathBuf {
        self.state.join("next.deb")
    }

    /// The package of the installed version, when it came this way.
    pub fn current(&self) -> PathBuf {
        self.state.join("current.deb")
    }

    pub fn previous(&self) -> PathBuf {
        self.state.join("previous.deb")
    }
}
