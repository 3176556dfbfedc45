//! The way to the updater (`crates/updater`): what is given to it, and what it tells.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    time::SystemTime,
};

use viruj_release::{Outcome, Places, Refusal, Status, TrustedKeys, Version};

const REPORTED: &str = "reported.json";

/// The folders where the station and the updater meet.
pub struct Spool(Places);

impl Spool {
    /// `None` where no updater is installed.
    pub fn of_this_machine() -> Option<Self> {
        let places = Places::default();
        (places.spool.is_dir() && places.keys.is_dir()).then_some(Self(places))
    }

    pub fn keys(&self) -> Result<TrustedKeys, Refusal> {
        TrustedKeys::load(&self.0.keys)
    }

    /// The mark of health.
    pub fn mark_healthy(&self, version: &str) -> io::Result<()> {
        put(&self.0.health(), version.as_bytes())
    }

    /// Offers the package. The updater looks for the request, so it comes last.
    pub fn hand_over(&self, package: &Path, signature: &str) -> io::Result<()> {
        let place = self.0.offered();
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::copy(package, &place)?;
        File::open(&place)?.sync_all()?;
        put(&self.0.offered_signature(), signature.as_bytes())?;
        put(&self.0.request(), b"")
    }

    pub fn told(&self) -> Option<Status> {
        serde_json::from_slice(&fs::read(self.0.status()).ok()?).ok()
    }

    /// When something was told last: what was told before an offer says nothing about it.
    pub fn told_at(&self) -> Option<SystemTime> {
        fs::metadata(self.0.status()).and_then(|known| known.modified()).ok()
    }

    /// Whether the updater has had this version and it is the release's fault that nothing came of it: it is not offered
    /// again, as it is after a power cut or with a full disk.
    pub fn has_failed(&self, version: &Version) -> bool {
        self.told().is_some_and(|told| {
            told.version.as_ref() == Some(version)
                && matches!(told.outcome, Outcome::Refused | Outcome::PutBack)
                && told.code.starts_with("release_")
        })
    }
}

/// Whether the server has heard of it.
pub fn was_reported(told: &Status, folder: &Path) -> bool {
    let kept = fs::read(folder.join(REPORTED)).ok();
    kept.and_then(|kept| serde_json::from_slice::<Status>(&kept).ok()).as_ref() == Some(told)
}

pub fn keep_as_reported(told: &Status, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(REPORTED), serde_json::to_vec(told)?)
}

fn put(place: &Path, content: &[u8]) -> io::Result<()> {
    let new = place.with_added_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(new, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(outcome: Outcome, code: &str) -> Status {
        Status { outcome, version: Some(Version::new(1, 1, 0)), code: code.to_owned(), detail: String::new() }
    }

    #[test]
    fn a_release_that_is_at_fault_is_not_offered_again_and_one_that_met_a_power_cut_is() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let spool = Spool(Places { spool: place("spool"), state: folder.path().to_owned(), keys: place("keys") });
        assert!(!spool.has_failed(&Version::new(1, 1, 0)), "nothing was told");
        for (outcome, code, has_failed) in [
            (Outcome::PutBack, "release_unhealthy", true),
            (Outcome::Refused, "release_signature_wrong", true),
            (Outcome::PutBack, "update_interrupted", false),
            (Outcome::Refused, "disk_full", false),
            (Outcome::Healthy, "", false),
        ] {
            let status = told(outcome, code);
            fs::write(spool.0.status(), serde_json::to_vec(&status).unwrap()).unwrap();
            assert_eq!(spool.told(), Some(status.clone()));
            assert_eq!(spool.has_failed(&Version::new(1, 1, 0)), has_failed, "{code}");
            assert!(!spool.has_failed(&Version::new(1, 2, 0)), "another version");
            assert!(!was_reported(&status, folder.path()));
            keep_as_reported(&status, folder.path()).unwrap();
            assert!(was_reported(&status, folder.path()));
        }
    }
}
