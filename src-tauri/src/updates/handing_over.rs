//! The folder that the updater looks into (`crates/updater`), and what it tells.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use viruj_release::{KeyId, Refusal, TrustedKeys, Version};

const SPOOL: &str = "/var/spool/viruj-station";
const STATUS: &str = "/var/lib/viruj-station-updater/status.json";
const KEYS: &str = "/usr/share/viruj-station/release-keys";
const REPORTED: &str = "reported.json";

/// The ways to the updater.
pub struct Spool(PathBuf);

/// How the last offer ended, as the updater tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub outcome: String,
    pub version: Option<String>,
    pub code: String,
    pub detail: String,
}

/// The builders' keys of the installed package.
pub struct Keys {
    pub texts: Vec<String>,
    pub trusted: TrustedKeys,
}

impl Keys {
    /// The text of the key, as the plugin wants it.
    pub fn text_of(&self, id: KeyId) -> Option<&str> {
        let place = self.trusted.ids().iter().position(|known| *known == id)?;
        self.texts.get(place).map(String::as_str)
    }
}

impl Spool {
    /// `None` where no updater is installed.
    pub fn of_this_machine() -> Option<Self> {
        (Path::new(SPOOL).is_dir() && Path::new(KEYS).is_dir()).then(|| Self(SPOOL.into()))
    }

    pub fn keys(&self) -> Result<Keys, Refusal> {
        let mut texts = Vec::new();
        for entry in fs::read_dir(KEYS)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "pub") {
                texts.push(fs::read_to_string(path)?.trim().to_owned());
            }
        }
        texts.sort_unstable();
        let trusted = TrustedKeys::parse(texts.iter().map(String::as_str))?;
        Ok(Keys { texts, trusted })
    }

    /// The mark of health.
    pub fn mark_healthy(&self, version: &str) -> io::Result<()> {
        self.put("health", version.as_bytes())
    }

    /// Offers the package. The updater looks for `request`, so it comes last.
    pub fn hand_over(&self, package: &Path, signature: &str) -> io::Result<()> {
        let place = self.0.join("update.deb");
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::copy(package, &place)?;
        File::open(&place)?.sync_all()?;
        self.put("update.deb.sig", signature.as_bytes())?;
        self.put("request", b"")
    }

    pub fn told(&self) -> Option<Told> {
        serde_json::from_slice(&fs::read(STATUS).ok()?).ok()
    }

    /// Whether the updater has had this version and it is the release's fault that nothing came of it: it is not offered
    /// again, as it is after a power cut or with a full disk.
    pub fn has_failed(&self, version: &Version) -> bool {
        self.told().is_some_and(|told| {
            told.version.as_deref() == Some(&version.to_string())
                && matches!(told.outcome.as_str(), "refused" | "put_back")
                && told.code.starts_with("release_")
        })
    }

    fn put(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let new = self.0.join(format!(".{name}.new"));
        let mut file = File::create(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(new, self.0.join(name))
    }
}

impl Told {
    pub fn was_reported(&self, folder: &Path) -> bool {
        let kept = fs::read(folder.join(REPORTED)).ok();
        kept.and_then(|kept| serde_json::from_slice::<Self>(&kept).ok()).as_ref() == Some(self)
    }

    pub fn keep_as_reported(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join(REPORTED), serde_json::to_vec(self)?)
    }
}
