//! What the server is told from outside: the environment and `.env`.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use chrono::{NaiveTime, TimeDelta};

use crate::{
    backup::Recipients,
    mail::{MailSettings, MailSettingsError},
    proxies::{NotAnAddress, TrustedProxies},
    secrets::{Secret, SecretKey, SecretKeyError},
    single_sign_on::{SingleSignOnSettings, SingleSignOnSettingsError},
};

/// The folder of the checkpoints, in the key folder unless it is told.
const CHECKPOINTS: &str = "checkpoints";

/// Longer than a station is away: the certificates of people's keys live 30 days.
const FEED_KEPT: TimeDelta = TimeDelta::days(90);

/// The port of the old backend, kept.
pub const DEFAULT_PORT: u16 = 8000;

/// Everything the server is told. A station that runs the router in process uses [`ServerSettings::embedded`].
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// `DATABASE_URL`; carries a password.
    pub database_url: Secret,
    /// `MIGRATION_DATABASE_URL`, `DATABASE_URL` when absent: a role that may make roles and tables.
    pub migration_database_url: Option<Secret>,
    /// `SECRET_KEY`, with `SECRET_KEY_SECOND` while it is exchanged.
    pub secret_key: SecretKey,
    /// `VIRUJ_KEY_DIR`: where the wrapped signing keys lie; the same for every replica.
    pub key_dir: PathBuf,
    /// `VIRUJ_CHECKPOINT_DIR`: where signed heads of the audit trail are written, best on a disk of its own;
    /// `checkpoints` in the key folder when absent.
    pub checkpoint_dir: PathBuf,
    /// `VIRUJ_BACKUP_RECIPIENT` and `VIRUJ_BACKUP_DIR`; nothing is backed up by itself without them.
    pub backup: Option<BackupSettings>,
    /// `ENVIRONMENT`.
    pub environment: Environment,
    /// `FRONTEND_URL`: the origin of the old web client, the only one whose pages may call the server.
    pub frontend_url: Option<String>,
    /// `TRUSTED_PROXIES`: whose `X-Forwarded-For` is believed; nobody's when absent.
    pub trusted_proxies: TrustedProxies,
    /// `SMTP_URL` and `SMTP_FROM`; without them no message is sent.
    pub mail: Option<MailSettings>,
    /// `OIDC_ISSUER` and its neighbours: the company's identity provider.
    pub single_sign_on: Option<SingleSignOnSettings>,
    /// Loopback unless told otherwise.
    pub bind: IpAddr,
    /// `BACKEND_PORT`.
    pub port: u16,
    /// `LOG_LEVEL`, a `tracing` filter; `info` when absent.
    pub log_level: String,
    /// `VIRUJ_FEED_DAYS`: how long ago a change may be that a feed still tells. A station that was away longer makes a new
    /// copy; nothing is deleted from the trail.
    pub feed_kept: TimeDelta,
    /// `VIRUJ_RELEASE_DIR`: where the packages lie that stations are updated with, and in `keys` the public keys of their
    /// builders. Without it nothing is published.
    pub release_dir: Option<PathBuf>,
}

/// `ENVIRONMENT`; every word but `production` is a place where nothing real is at stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Production,
    Other,
}

impl Environment {
    /// The word as `ENVIRONMENT` has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Other => "development",
        }
    }
}

/// Why the settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{0} is not set")]
    Missing(&'static str),
    #[error(transparent)]
    SecretKey(#[from] SecretKeyError),
    #[error(transparent)]
    SingleSignOn(#[from] SingleSignOnSettingsError),
    #[error("BACKEND_PORT is {0:?}, which is not a port")]
    Port(String),
    #[error("FRONTEND_URL is {0:?}, which is not one origin, for example https://viruj.example.com")]
    FrontendUrl(String),
    #[error("TRUSTED_PROXIES: {0}")]
    TrustedProxies(#[from] NotAnAddress),
    #[error(transparent)]
    Mail(#[from] MailSettingsError),
    #[error("VIRUJ_BACKUP_RECIPIENT holds {0:?}, which is not an age recipient (age1…)")]
    BackupRecipient(String),
    #[error("VIRUJ_BACKUP_AT is {0:?}, which is not a time of the day in UTC, for example 21:00")]
    BackupAt(String),
    #[error("VIRUJ_FEED_DAYS is {0:?}, which is not a number of days from 31 to 3650")]
    FeedDays(String),
    #[error("VIRUJ_KEY_DIR is not set and there is no home directory to fall back to")]
    KeyDir,
}

impl ServerSettings {
    /// Reads the environment; `.env` in the working directory fills in what it lacks.
    ///
    /// # Errors
    /// [`SettingsError`] names the variable.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let _ = dotenvy::dotenv();
        Self::from_lookup(&|name| std::env::var(name).ok())
    }

    /// Reads the settings through `lookup`; an empty value counts as absent.
    ///
    /// # Errors
    /// [`SettingsError`] names the variable.
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let read =
            |name: &'static str| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Ok(Self {
            database_url: database_url(&read)?,
            migration_database_url: read("MIGRATION_DATABASE_URL").map(Secret::new),
            secret_key: secret_key(&read)?.ok_or(SettingsError::Missing("SECRET_KEY"))?,
            key_dir: key_dir(&read)?,
            checkpoint_dir: checkpoint_dir(&read)?,
            backup: backup(&read)?,
            environment: environment(&read),
            frontend_url: read("FRONTEND_URL").map(|text| origin(&text)).transpose()?,
            trusted_proxies: TrustedProxies::read(&read("TRUSTED_PROXIES").unwrap_or_default())?,
            mail: MailSettings::read(read("SMTP_URL"), read("SMTP_FROM"))?,
            single_sign_on: SingleSignOnSettings::from_lookup(&read)?,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: match read("BACKEND_PORT") {
                Some(text) => text.parse().map_err(|_| SettingsError::Port(text))?,
                None => DEFAULT_PORT,
            },
            log_level: read("LOG_LEVEL").map_or_else(|| "info".to_owned(), |level| level.to_ascii_lowercase()),
            feed_kept: read("VIRUJ_FEED_DAYS").map_or(Ok(FEED_KEPT), |text| feed_days(&text))?,
            release_dir: read("VIRUJ_RELEASE_DIR").map(PathBuf::from),
        })
    }

    /// The settings of a server that lives inside a station, on the database that the station was given.
    #[must_use]
    pub fn embedded(database_url: &str, secret_key: SecretKey, key_dir: PathBuf) -> Self {
        Self {
            database_url: Secret::new(database_url),
            migration_database_url: None,
            secret_key,
            checkpoint_dir: key_dir.join(CHECKPOINTS),
            key_dir,
            backup: None,
            environment: Environment::Other,
            frontend_url: None,
            trusted_proxies: TrustedProxies::default(),
            mail: None,
            single_sign_on: None,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: DEFAULT_PORT,
            log_level: "info".to_owned(),
            feed_kept: FEED_KEPT,
            release_dir: None,
        }
    }

    /// The address for migrations and other work that needs more rights than serving.
    #[must_use]
    pub fn migration_url(&self) -> &Secret {
        self.migration_database_url.as_ref().unwrap_or(&self.database_url)
    }
}

/// What commands need that only touch the database.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `MIGRATION_DATABASE_URL`, or `DATABASE_URL`.
    pub migration_url: Secret,
    /// `DATABASE_URL`.
    pub database_url: Secret,
    pub environment: Environment,
}

impl DatabaseSettings {
    /// # Errors
    /// [`SettingsError::Missing`] without `DATABASE_URL`.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let _ = dotenvy::dotenv();
        let read = |name: &'static str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let database_url = database_url(&read)?;
        Ok(Self {
            migration_url: read("MIGRATION_DATABASE_URL").map_or_else(|| database_url.clone(), Secret::new),
            database_url,
            environment: environment(&read),
        })
    }
}

/// Where the server puts its backups, for whom, and when.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// `VIRUJ_BACKUP_DIR`.
    pub folder: PathBuf,
    /// `VIRUJ_BACKUP_RECIPIENT`.
    pub recipients: Recipients,
    /// `VIRUJ_BACKUP_AT`, in UTC: the nightly backup is due then.
    pub at: NaiveTime,
}

impl BackupSettings {
    /// When the nightly backup is due where nobody has said another time.
    #[must_use]
    pub fn usual_time() -> NaiveTime {
        NaiveTime::from_hms_opt(21, 0, 0).unwrap_or_default()
    }

    /// Reads a time of the day in UTC, for example 21:00.
    ///
    /// # Errors
    /// [`SettingsError::BackupAt`].
    pub fn read_time(text: &str) -> Result<NaiveTime, SettingsError> {
        NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| SettingsError::BackupAt(text.to_owned()))
    }

    /// # Errors
    /// [`SettingsError`] names the variable.
    pub fn from_environment() -> Result<Option<Self>, SettingsError> {
        let _ = dotenvy::dotenv();
        backup(&|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
    }
}

/// `VIRUJ_BACKUP_RECIPIENT` alone, for a command that is told where.
///
/// # Errors
/// [`SettingsError`] names the variable.
pub fn backup_recipients() -> Result<Recipients, SettingsError> {
    let _ = dotenvy::dotenv();
    let text = std::env::var("VIRUJ_BACKUP_RECIPIENT").ok().filter(|value| !value.trim().is_empty());
    recipients(&text.ok_or(SettingsError::Missing("VIRUJ_BACKUP_RECIPIENT"))?)
}

/// What opens the signing keys.
#[derive(Clone, Debug)]
pub struct KeySettings {
    pub key_dir: PathBuf,
    pub secret_key: SecretKey,
}

impl KeySettings {
    /// `None` without `SECRET_KEY`, as for a migration of somebody who only has the database.
    ///
    /// # Errors
    /// [`SettingsError`] names the variable.
    pub fn from_environment() -> Result<Option<Self>, SettingsError> {
        let _ = dotenvy::dotenv();
        let read = |name: &'static str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let Some(secret_key) = secret_key(&read)? else { return Ok(None) };
        Ok(Some(Self { key_dir: key_dir(&read)?, secret_key }))
    }
}

fn secret_key(read: &dyn Fn(&'static str) -> Option<String>) -> Result<Option<SecretKey>, SettingsError> {
    let Some(text) = read("SECRET_KEY") else { return Ok(None) };
    let secret = SecretKey::new(text.trim())?;
    match read("SECRET_KEY_SECOND") {
        Some(second) => Ok(Some(secret.with_second(second.trim())?)),
        None => Ok(Some(secret)),
    }
}

/// What is needed to verify the audit trail.
#[derive(Clone, Debug)]
pub struct TrailSettings {
    pub database: DatabaseSettings,
    pub key_dir: PathBuf,
    pub checkpoint_dir: PathBuf,
}

impl TrailSettings {
    /// # Errors
    /// [`SettingsError`] names the variable.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let database = DatabaseSettings::from_environment()?;
        let read = |name: &'static str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        Ok(Self { database, key_dir: key_dir(&read)?, checkpoint_dir: checkpoint_dir(&read)? })
    }
}

/// SQLAlchemy, which the old backend used, writes the driver into the scheme.
fn database_url(read: &dyn Fn(&'static str) -> Option<String>) -> Result<Secret, SettingsError> {
    let url = read("DATABASE_URL").ok_or(SettingsError::Missing("DATABASE_URL"))?;
    let plain = match url.split_once("://") {
        Some((scheme, rest)) if scheme.starts_with("postgresql+") => format!("postgresql://{rest}"),
        _ => url,
    };
    Ok(Secret::new(plain))
}

/// As browsers write an origin: scheme, host and a port that is not the scheme's own, in small letters, and nothing else.
fn origin(text: &str) -> Result<String, SettingsError> {
    let refused = || SettingsError::FrontendUrl(text.rsplit_once('@').map_or(text, |(_, rest)| rest).to_owned());
    let address: http::Uri = text.parse().map_err(|_| refused())?;
    let (Some(scheme), Some(authority)) = (address.scheme_str(), address.authority()) else { return Err(refused()) };
    let own_port = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return Err(refused()),
    };
    let is_bare = matches!(address.path(), "" | "/") && address.query().is_none();
    let host = authority.host();
    if !is_bare || host.is_empty() || host.contains('*') || authority.as_str().contains('@') {
        return Err(refused());
    }
    let port = authority.port_u16().filter(|port| *port != own_port).map(|port| format!(":{port}")).unwrap_or_default();
    Ok(format!("{scheme}://{host}{port}").to_ascii_lowercase())
}

fn environment(read: &dyn Fn(&'static str) -> Option<String>) -> Environment {
    match read("ENVIRONMENT") {
        Some(word) if word.eq_ignore_ascii_case("production") => Environment::Production,
        _ => Environment::Other,
    }
}

/// Not less than a station may be away, which is as long as the certificates of people's keys live.
fn feed_days(text: &str) -> Result<TimeDelta, SettingsError> {
    let days = text.parse().ok().filter(|days| (31..=3650).contains(days));
    Ok(TimeDelta::days(days.ok_or_else(|| SettingsError::FeedDays(text.to_owned()))?))
}

fn key_dir(read: &dyn Fn(&'static str) -> Option<String>) -> Result<PathBuf, SettingsError> {
    if let Some(folder) = read("VIRUJ_KEY_DIR") {
        return Ok(PathBuf::from(folder));
    }
    let data = read("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| read("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .ok_or(SettingsError::KeyDir)?;
    Ok(data.join("viruj-server/keys"))
}

fn recipients(text: &str) -> Result<Recipients, SettingsError> {
    Recipients::read(text).map_err(SettingsError::BackupRecipient)
}

fn backup(read: &dyn Fn(&'static str) -> Option<String>) -> Result<Option<BackupSettings>, SettingsError> {
    let (recipient, folder) = (read("VIRUJ_BACKUP_RECIPIENT"), read("VIRUJ_BACKUP_DIR"));
    let recipients = recipient.as_deref().map(recipients).transpose()?;
    let at = match read("VIRUJ_BACKUP_AT") {
        Some(text) => BackupSettings::read_time(&text)?,
        None => BackupSettings::usual_time(),
    };
    match (recipients, folder) {
        (Some(recipients), Some(folder)) => Ok(Some(BackupSettings { folder: PathBuf::from(folder), recipients, at })),
        // Half of it is no wish to have none.
        (None, Some(_)) => Err(SettingsError::Missing("VIRUJ_BACKUP_RECIPIENT")),
        (_, None) => Ok(None),
    }
}

fn checkpoint_dir(read: &dyn Fn(&'static str) -> Option<String>) -> Result<PathBuf, SettingsError> {
    match read("VIRUJ_CHECKPOINT_DIR") {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Ok(key_dir(read)?.join(CHECKPOINTS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1";

    fn read(pairs: &[(&str, &str)]) -> Result<ServerSettings, SettingsError> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ServerSettings::from_lookup(&move |name| {
            pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn the_names_of_the_old_backend_keep_working() {
        let settings = read(&[
            ("DATABASE_URL", "postgresql+psycopg2://app:pw@db/viruj"),
            ("SECRET_KEY", KEY),
            ("BACKEND_PORT", "9000"),
            ("ENVIRONMENT", "Production"),
            ("FRONTEND_URL", "https://viruj.example"),
            ("LOG_LEVEL", "DEBUG"),
            ("REDIS_URL", "redis://ignored"),
            ("HOME", "/home/viruj"),
        ])
        .unwrap();
        assert_eq!(settings.database_url.expose(), "postgresql://app:pw@db/viruj");
        assert_eq!(settings.migration_url().expose(), "postgresql://app:pw@db/viruj");
        assert_eq!((settings.port, settings.environment), (9000, Environment::Production));
        assert_eq!(settings.log_level, "debug");
        assert_eq!(settings.key_dir, PathBuf::from("/home/viruj/.local/share/viruj-server/keys"));
        assert_eq!(settings.checkpoint_dir, settings.key_dir.join("checkpoints"));
        assert!(settings.bind.is_loopback());
        assert!(!format!("{settings:?}").contains("pw@"));
    }

    #[test]
    fn backups_need_a_recipient_that_is_one() {
        let base = [("DATABASE_URL", "postgresql://db/viruj"), ("SECRET_KEY", KEY), ("HOME", "/home/viruj")];
        let with = |more: &[(&'static str, &'static str)]| read(&[&base[..], more].concat());
        assert!(with(&[]).unwrap().backup.is_none());
        let alone = with(&[("VIRUJ_BACKUP_DIR", "/backups")]).unwrap_err();
        assert_eq!(alone, SettingsError::Missing("VIRUJ_BACKUP_RECIPIENT"));
        let wrong = with(&[("VIRUJ_BACKUP_DIR", "/backups"), ("VIRUJ_BACKUP_RECIPIENT", "age1wrong")]).unwrap_err();
        assert_eq!(wrong, SettingsError::BackupRecipient("age1wrong".into()));
        let recipient = age::x25519::Identity::generate().to_public().to_string();
        let pairs = [("VIRUJ_BACKUP_DIR", "/backups"), ("VIRUJ_BACKUP_RECIPIENT", recipient.leak() as &str)];
        let backup = with(&pairs).unwrap().backup.unwrap();
        assert_eq!((backup.folder, backup.at.to_string()), (PathBuf::from("/backups"), "21:00:00".to_owned()));
        let late = with(&[pairs[0], pairs[1], ("VIRUJ_BACKUP_AT", "25:00")]).unwrap_err();
        assert_eq!(late, SettingsError::BackupAt("25:00".into()));
    }

    #[test]
    fn the_frontend_is_one_origin_and_never_a_pattern() {
        for (text, expected) in [
            ("https://Viruj.example", "https://viruj.example"),
            ("https://viruj.example:443/", "https://viruj.example"),
            ("http://localhost:5173", "http://localhost:5173"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(origin(text).as_deref(), Ok(expected), "{text}");
        }
        for text in [
            "*",
            "null",
            "https://*",
            "https://*.example",
            "viruj.example",
            "ftp://viruj.example",
            "https://viruj.example/app",
            "https://viruj.example/?a=1",
            "https://a.example,https://b.example",
            "https://a.example https://b.example",
        ] {
            assert_eq!(origin(text), Err(SettingsError::FrontendUrl(text.into())), "{text}");
        }
        let refused = origin("https://name:password@viruj.example").unwrap_err();
        assert!(!refused.to_string().contains("password"));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(read(&[]).err(), Some(SettingsError::Missing("DATABASE_URL")));
        let database = ("DATABASE_URL", "postgres://db/viruj");
        assert_eq!(read(&[database]).err(), Some(SettingsError::Missing("SECRET_KEY")));
        assert_eq!(read(&[database, ("SECRET_KEY", KEY)]).err(), Some(SettingsError::KeyDir));
        let with_port = [database, ("SECRET_KEY", KEY), ("HOME", "/h"), ("BACKEND_PORT", "eighty")];
        assert_eq!(read(&with_port).err(), Some(SettingsError::Port("eighty".into())));
    }
}
