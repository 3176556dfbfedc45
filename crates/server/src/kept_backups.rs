//! The backups of a running server: one at a time, each written down, whole or failed.

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Days, TimeDelta, Utc};
use tokio::sync::Mutex;
use uuid::Uuid;
use viruj_api::backups::{BackupCause, BackupWarning};
use viruj_storage::{
    StorageError,
    backup::{NewBackup, last_success, note},
    migrate,
};

use crate::{
    ServerSettings,
    application::AppState,
    backup::{BackupError, Source, file_name, take},
    secrets::{Secret, SecretKey},
    settings::BackupSettings,
};

/// An older one is a warning.
const OVERDUE_AFTER: TimeDelta = TimeDelta::hours(24);

/// Where a server keeps its backups, and what it needs to take one.
pub struct KeptBackups {
    settings: Option<BackupSettings>,
    url: Secret,
    key_dir: PathBuf,
    secret_key: SecretKey,
    running: Arc<Mutex<()>>,
}

/// Why a running server took no backup.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error("VIRUJ_BACKUP_RECIPIENT and VIRUJ_BACKUP_DIR are not set")]
    NotConfigured,
    #[error("a backup is being taken already")]
    Running,
    #[error(transparent)]
    Failed(#[from] BackupError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl KeptBackups {
    #[must_use]
    pub fn new(settings: &ServerSettings) -> Self {
        Self {
            settings: settings.backup.clone(),
            url: settings.migration_url().clone(),
            key_dir: settings.key_dir.clone(),
            secret_key: settings.secret_key.clone(),
            running: Arc::default(),
        }
    }

    #[must_use]
    pub fn settings(&self) -> Option<&BackupSettings> {
        self.settings.as_ref()
    }

    /// What somebody should be told.
    #[must_use]
    pub fn warning(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<BackupWarning> {
        match (&self.settings, last) {
            (None, _) => Some(BackupWarning::NotConfigured),
            (Some(_), Some(last)) if now - last <= OVERDUE_AFTER => None,
            (Some(_), _) => Some(BackupWarning::Overdue),
        }
    }

    /// What a backup is due for: none holds a moment since the last time of the day that the nightly one is due at.
    #[must_use]
    pub fn due(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<BackupCause> {
        let settings = self.settings.as_ref()?;
        // A server that has never been backed up does not wait for the night.
        let Some(last) = last else { return Some(BackupCause::First) };
        let today = now.date_naive().and_time(settings.at).and_utc();
        let due = if today <= now { today } else { today.checked_sub_days(Days::new(1))? };
        (last < due).then_some(BackupCause::Nightly)
    }
}

/// Takes a backup into the server's folder and writes down how it went.
///
/// # Errors
/// [`KeepError`].
pub async fn keep(app: &AppState, cause: BackupCause, requested_by: Option<&str>) -> Result<NewBackup, KeepError> {
    let kept = &app.backups;
    let settings = kept.settings.as_ref().ok_or(KeepError::NotConfigured)?;
    let _one_at_a_time = kept.running.clone().try_lock_owned().map_err(|_| KeepError::Running)?;
    let begun = app.clock.now();
    let name = file_name(begun);
    let source = Source {
        url: kept.url.expose(),
        recipients: &settings.recipients,
        keys: Some((&kept.key_dir, &kept.secret_key)),
    };
    let taken = take(&source, &settings.folder.join(&name), begun).await;
    let backup = NewBackup {
        id: Uuid::now_v7(),
        recovery_point: taken.as_ref().map_or(begun, |taken| taken.manifest.recovery_point),
        finished_at: app.clock.now(),
        cause,
        requested_by: requested_by.map(ToOwned::to_owned),
        file_name: name,
        migration_version: migrate::known_version(),
        outcome: taken.as_ref().map(|taken| taken.whole.clone()).map_err(BackupError::code),
    };
    note(&app.database, &backup).await?;
    taken?;
    Ok(backup)
}

/// Takes the first backup, or the nightly one, when it is due; one that another replica has taken counts.
///
/// Replicas that look in the same minutes may each take one, into files of their own.
///
/// # Errors
/// [`KeepError`].
pub async fn keep_when_due(app: &AppState) -> Result<Option<NewBackup>, KeepError> {
    let last = last_success(&app.database).await?;
    let Some(cause) = app.backups.due(last, app.clock.now()) else { return Ok(None) };
    match keep(app, cause, None).await {
        Ok(backup) => Ok(Some(backup)),
        // Somebody has asked for one at this moment, here or at another replica: that one counts.
        Err(KeepError::Running | KeepError::Failed(BackupError::Exists(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::Recipients;

    fn kept(is_configured: bool) -> KeptBackups {
        let recipient = age::x25519::Identity::generate().to_public().to_string();
        let secret = SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").unwrap();
        let mut settings = ServerSettings::embedded("postgres://db/viruj", secret, PathBuf::from("/keys"));
        settings.backup = is_configured.then(|| BackupSettings {
            folder: PathBuf::from("/backups"),
            recipients: Recipients::read(&recipient).unwrap(),
            at: chrono::NaiveTime::from_hms_opt(21, 0, 0).unwrap(),
        });
        KeptBackups::new(&settings)
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-{text}:00Z").parse().unwrap()
    }

    #[test]
    fn a11_7_2_a_backup_is_due_once_a_night_and_at_once_when_there_is_none() {
        let kept = kept(true);
        for (last, now, due) in [
            (None, "24T08:00", Some(BackupCause::First)),
            (Some("23T21:00"), "24T08:00", None),
            (Some("23T20:59"), "24T08:00", Some(BackupCause::Nightly)),
            (Some("23T21:01"), "24T20:59", None),
            (Some("23T21:01"), "24T21:00", Some(BackupCause::Nightly)),
            (Some("24T21:00"), "24T21:01", None),
        ] {
            assert_eq!(kept.due(last.map(at), at(now)), due, "{last:?} {now}");
        }
        assert_eq!(self::kept(false).due(None, at("24T08:00")), None);
    }

    #[test]
    fn a11_7_2_after_24_hours_without_a_backup_there_is_a_warning() {
        let kept = kept(true);
        assert_eq!(kept.warning(Some(at("23T08:00")), at("24T08:00")), None);
        assert_eq!(kept.warning(Some(at("23T07:59")), at("24T08:00")), Some(BackupWarning::Overdue));
        assert_eq!(kept.warning(None, at("24T08:00")), Some(BackupWarning::Overdue));
        let now = at("24T08:00");
        assert_eq!(self::kept(false).warning(Some(now), now), Some(BackupWarning::NotConfigured));
    }
}
