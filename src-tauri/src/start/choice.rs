//! Which database or server the station works with, and who says so.

use std::path::{Path, PathBuf};

use viruj_api::station::{CommandError, DataSource, SaveSettings};

use crate::{launch::LaunchOptions, settings::Settings};

/// What the station works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Embedded,
    /// A PostgreSQL URL; the station is then a trusted server.
    Database(String),
    /// The address of a plant server.
    Server(String),
}

/// The environment before the settings file; `None` until somebody has chosen.
///
/// A plant server before a database: where both are named, the safer one is meant.
#[must_use]
pub fn choice(launch: &LaunchOptions, settings: &Settings) -> Option<Choice> {
    if let Some(url) = &launch.server_url {
        return Some(Choice::Server(url.clone()));
    }
    if let Some(url) = &launch.database_url {
        return Some(Choice::Database(url.clone()));
    }
    match settings.source.as_ref()? {
        DataSource::Embedded => Some(Choice::Embedded),
        DataSource::Database => settings.database_url.clone().map(Choice::Database),
        DataSource::Server => settings.server_url.clone().map(Choice::Server),
    }
}

impl Choice {
    #[must_use]
    pub fn source(&self) -> DataSource {
        match self {
            Self::Embedded => DataSource::Embedded,
            Self::Database(_) => DataSource::Database,
            Self::Server(_) => DataSource::Server,
        }
    }

    /// The folder of the store that belongs to the choice: what one server said is never shown as another's.
    #[must_use]
    pub fn store_folder(&self, data_folder: &Path) -> PathBuf {
        match self {
            Self::Embedded => data_folder.join("embedded"),
            Self::Database(url) => data_folder.join(format!("database-{}", name_of(url))),
            Self::Server(url) => data_folder.join(format!("server-{}", name_of(url))),
        }
    }
}

/// Host, port and database as a folder name; never the password.
fn name_of(url: &str) -> String {
    let plain = without_password(url);
    let (_, place) = plain.split_once("://").unwrap_or(("", plain.as_str()));
    let place = place.split_once('@').map_or(place, |(_, place)| place);
    place
        .trim_end_matches('/')
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '-' })
        .collect()
}

/// What stands for a password on the screen; coming back unchanged, it means the one that is kept.
const HIDDEN: &str = "********";

/// The URL with its password hidden.
#[must_use]
pub fn without_password(url: &str) -> String {
    match password_range(url) {
        Some((start, end)) => format!("{}{HIDDEN}{}", &url[..start], &url[end..]),
        None => url.to_owned(),
    }
}

/// Where the password stands in `scheme://user:password@host`.
fn password_range(url: &str) -> Option<(usize, usize)> {
    let after_scheme = url.find("://")? + 3;
    let authority_end = url[after_scheme..].find('/').map_or(url.len(), |at| after_scheme + at);
    let at_sign = after_scheme + url[after_scheme..authority_end].rfind('@')?;
    let colon = after_scheme + url[after_scheme..at_sign].find(':')?;
    Some((colon + 1, at_sign))
}

/// Checks what the settings screen sends and puts a hidden password back.
///
/// # Errors
/// `database_url_required`, `invalid_database_url`, `server_url_required`, `invalid_server_url`, `unsafe_server_url`.
pub fn checked_choice(mut wanted: SaveSettings, kept: &Settings) -> Result<SaveSettings, CommandError> {
    for url in [&mut wanted.database_url, &mut wanted.server_url] {
        *url = url.take().map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
    }
    if let (Some(url), Some(kept)) = (&wanted.database_url, &kept.database_url)
        && *url == without_password(kept)
    {
        wanted.database_url = Some(kept.clone());
    }
    match wanted.source {
        DataSource::Embedded => {}
        DataSource::Database => {
            let url = wanted.database_url.as_deref().ok_or_else(|| CommandError::new("database_url_required"))?;
            let names_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
            if !names_postgres || url.contains(HIDDEN) {
                return Err(CommandError::new("invalid_database_url"));
            }
        }
        DataSource::Server => {
            let url = wanted.server_url.as_deref().ok_or_else(|| CommandError::new("server_url_required"))?;
            viruj_client::Transport::http(url, &viruj_client::HttpOptions::default())
                .map_err(|error| CommandError::new(error.code()).with_detail(error))?;
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(source: DataSource, database_url: Option<&str>, server_url: Option<&str>) -> SaveSettings {
        SaveSettings {
            source,
            database_url: database_url.map(str::to_owned),
            server_url: server_url.map(str::to_owned),
        }
    }

    #[test]
    fn a_password_is_hidden_on_the_screen_and_put_back_when_it_returns_unchanged() {
        let url = "postgres://viruj:s3cret@db.plant:5432/viruj";
        assert_eq!(without_password(url), "postgres://viruj:********@db.plant:5432/viruj");
        assert_eq!(without_password("postgres://db.plant/viruj"), "postgres://db.plant/viruj");

        let kept = Settings { database_url: Some(url.to_owned()), ..Settings::default() };
        let same = checked_choice(wanted(DataSource::Database, Some(&without_password(url)), None), &kept).unwrap();
        assert_eq!(same.database_url.as_deref(), Some(url));
        let other = wanted(DataSource::Database, Some("postgres://viruj:********@other/viruj"), None);
        assert_eq!(checked_choice(other, &kept).unwrap_err().code, "invalid_database_url");
    }

    #[test]
    fn a_choice_that_cannot_work_is_refused_with_its_code() {
        let kept = Settings::default();
        for (choice, code) in [
            (wanted(DataSource::Database, None, None), "database_url_required"),
            (wanted(DataSource::Database, Some("mysql://x/y"), None), "invalid_database_url"),
            (wanted(DataSource::Server, None, Some(" ")), "server_url_required"),
            (wanted(DataSource::Server, None, Some("http://plant.example")), "unsafe_server_url"),
        ] {
            assert_eq!(checked_choice(choice, &kept).unwrap_err().code, code);
        }
        assert!(checked_choice(wanted(DataSource::Server, None, Some("http://127.0.0.1:8000")), &kept).is_ok());
    }

    #[test]
    fn the_environment_goes_before_the_file_and_a_server_before_a_database() {
        let file = Settings { source: Some(DataSource::Embedded), ..Settings::default() };
        let mut launch = LaunchOptions::default();
        assert_eq!(choice(&launch, &Settings::default()), None);
        assert_eq!(choice(&launch, &file), Some(Choice::Embedded));
        launch.database_url = Some("postgres://x/y".to_owned());
        assert_eq!(choice(&launch, &file), Some(Choice::Database("postgres://x/y".to_owned())));
        launch.server_url = Some("https://plant".to_owned());
        assert_eq!(choice(&launch, &file), Some(Choice::Server("https://plant".to_owned())));
    }

    #[test]
    fn two_servers_have_two_stores_and_no_folder_carries_a_password() {
        let folder = Path::new("/data");
        let one = Choice::Database("postgres://u:s3cret@db:5432/a".to_owned()).store_folder(folder);
        let two = Choice::Database("postgres://u:s3cret@db:5432/b".to_owned()).store_folder(folder);
        assert_ne!(one, two);
        assert!(!one.display().to_string().contains("s3cret"));
        assert_eq!(one, Path::new("/data/database-db-5432-a"));
    }
}
