//! `station.toml`: which database or server the station works with, and how its screens look.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use viruj_api::station::{DataSource, Density, Theme, devices::StationDevice};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "station.toml";

/// The file's content; a missing file is the first start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Absent until the first start has been answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<DataSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_url: Option<String>,
    /// Where the embedded database is backed up to; `backups` in the data folder without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_folder: Option<String>,
    /// Who can open these backups beside the station's own identity (age, `age1…`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub backup_recipients: Vec<String>,
    /// The time of the day, in UTC, that the nightly one is due at; 21:00 without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_at: Option<String>,
    pub station_name: String,
    pub language: String,
    pub theme: Theme,
    pub density: Density,
    /// Those that values are read from; in TOML a list of tables comes last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<StationDevice>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            source: None,
            database_url: None,
            server_url: None,
            backup_folder: None,
            backup_recipients: Vec::new(),
            backup_at: None,
            station_name: "Station 1".to_owned(),
            language: "en".to_owned(),
            theme: Theme::System,
            density: Density::Comfortable,
            devices: Vec::new(),
        }
    }
}

/// Why the settings cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path} is not a valid settings file: {source}", path = path.display())]
    Malformed { path: PathBuf, source: Box<toml::de::Error> },
    #[error("{path} cannot be written: {source}", path = path.display())]
    Unwritable { path: PathBuf, source: io::Error },
}

impl SettingsError {
    /// The code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "settings_unreadable",
            Self::Malformed { .. } => "settings_malformed",
            Self::Unwritable { source, .. } if source.kind() == io::ErrorKind::StorageFull => "disk_full",
            Self::Unwritable { .. } => "settings_unwritable",
        }
    }
}

/// Reads the file; a missing one gives the defaults.
///
/// # Errors
/// [`SettingsError::Unreadable`] and [`SettingsError::Malformed`]: a damaged file is never replaced silently.
pub fn load(path: &Path) -> Result<Settings, SettingsError> {
    match fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|source| SettingsError::Malformed { path: path.to_owned(), source: Box::new(source) }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(source) => Err(SettingsError::Unreadable { path: path.to_owned(), source }),
    }
}

/// Writes the file whole or not at all: a new file is synced and takes the old one's place.
///
/// # Errors
/// [`SettingsError::Unwritable`]; the old file then still stands.
pub fn save(path: &Path, settings: &Settings) -> Result<(), SettingsError> {
    let unwritable = |source| SettingsError::Unwritable { path: path.to_owned(), source };
    let text = toml::to_string_pretty(settings).map_err(|error| unwritable(io::Error::other(error)))?;
    let beside = path.with_extension("toml.new");
    let write = || -> io::Result<()> {
        let mut file = private_file(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(unwritable)
}

/// A database URL may carry a password, so nobody else may read the file.
fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use viruj_domain::device::DeviceClass;

    use super::*;

    #[test]
    fn what_is_saved_is_loaded_and_a_damaged_file_is_named_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("station.toml");
        assert_eq!(load(&path).unwrap(), Settings::default());

        let wanted = Settings {
            source: Some(DataSource::Server),
            server_url: Some("https://plant.example".to_owned()),
            devices: vec![StationDevice {
                code: "BAL-02".to_owned(),
                class: DeviceClass::Balance,
                address: "tcp://10.0.4.17:8001".to_owned(),
            }],
            ..Settings::default()
        };
        save(&path, &wanted).unwrap();
        assert_eq!(load(&path).unwrap(), wanted);

        fs::write(&path, "source = \"somewhere\"").unwrap();
        let error = load(&path).unwrap_err();
        assert_eq!(error.code(), "settings_malformed");
        assert!(error.to_string().contains("station.toml"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "source = \"somewhere\"");
    }
}
