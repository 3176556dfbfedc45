//! `viruj-server backup` and `restore`, and the backup before a migration.

use std::{io::Write, path::Path, time::Instant};

use chrono::{DateTime, Utc};
use viruj_api::backups::BackupCause;
use viruj_domain::clock::Clock;
use viruj_storage::{
    backup::{NewBackup, note_by_owner},
    migrate,
};

use super::{CommandError, warn_of};
use crate::{
    ServerSettings, SystemClock,
    backup::{Identities, Source, Taken, Target, file_name, restore_file, take},
    logging,
    settings::{BackupSettings, DatabaseSettings, KeySettings, backup_recipients},
};

/// Writes a backup into `file`.
pub(super) async fn backup(file: &Path, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = ServerSettings::from_environment()?;
    let recipients = backup_recipients()?;
    logging::start("warn");
    let now = SystemClock.now();
    let url = settings.migration_url().expose();
    let source = Source { url, recipients: &recipients, keys: Some((&settings.key_dir, &settings.secret_key)) };
    let taken = take(&source, file, now).await?;
    tell(&taken, out)?;
    // A database of an older program has no place for it.
    if taken.manifest.migration_version() == migrate::known_version() {
        note_by_owner(url, &taken.noted(BackupCause::Command, SystemClock.now())).await?;
    }
    Ok(())
}

/// Takes a backup when `migrate` would change something; gives back what is to be written down afterwards.
pub(super) async fn before_migrating(
    database: &DatabaseSettings,
    out: &mut (dyn Write + Send),
) -> Result<Option<NewBackup>, CommandError> {
    let url = database.migration_url.expose();
    if !migrate::would_change(url).await? {
        return Ok(None);
    }
    let Some(settings) = BackupSettings::from_environment()? else {
        writeln!(
            out,
            "Warning: no backup was taken before the migration; set VIRUJ_BACKUP_RECIPIENT and VIRUJ_BACKUP_DIR."
        )?;
        return Ok(None);
    };
    let keys = KeySettings::from_environment()?;
    if keys.is_none() {
        writeln!(out, "Warning: SECRET_KEY is not set, so the backup carries no signing keys.")?;
    }
    let now = SystemClock.now();
    let source = Source {
        url,
        recipients: &settings.recipients,
        keys: keys.as_ref().map(|keys| (keys.key_dir.as_path(), &keys.secret_key)),
    };
    let taken = take(&source, &settings.folder.join(file_name(now)), now).await?;
    tell(&taken, out)?;
    Ok(Some(taken.noted(BackupCause::Migrate, SystemClock.now())))
}

fn tell(taken: &Taken, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let Taken { path, manifest, whole } = taken;
    let point = moment(manifest.recovery_point);
    writeln!(out, "{} holds {} rows as of {point}, {} bytes.", path.display(), whole.row_count, whole.size_bytes)?;
    writeln!(out, "SHA-256 {}", whole.sha256)?;
    for table in &manifest.left_out {
        writeln!(out, "Warning: the table {table} is none of this program's and is not in the backup.")?;
    }
    Ok(())
}

/// Restores `file` into the empty database of DATABASE_URL.
pub(super) async fn restore(file: &Path, identity: &Path, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = ServerSettings::from_environment()?;
    logging::start("warn");
    let identities = Identities::read_file(identity)?;
    let target = Target {
        migration_url: settings.migration_url().expose(),
        serving_url: settings.database_url.expose(),
        key_dir: &settings.key_dir,
        secret: &settings.secret_key,
    };
    let begun = Instant::now();
    let (opened, restored) = restore_file(file, &identities, &target, SystemClock.now()).await?;
    let rows: u64 = restored.rows.values().sum();
    writeln!(out, "{rows} rows of {} tables were restored.", restored.rows.len())?;
    writeln!(out, "{} entries of the audit trail were verified.", restored.verified_entries)?;
    writeln!(out, "Recovery point: {}", moment(restored.recovery_point))?;
    writeln!(out, "Recovery time: {:.1} seconds", begun.elapsed().as_secs_f64())?;
    match &opened.signed_by {
        Some(key) => writeln!(out, "Signed with the server's key {key}; {} keys were restored.", opened.key_count())?,
        None => writeln!(out, "Warning: the backup is not signed and carries no signing keys.")?,
    }
    writeln!(out, "Stations fetch their copies anew; everybody signs in again.")?;
    warn_of(&restored.migrated, out)
}

fn moment(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
