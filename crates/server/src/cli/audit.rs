//! `viruj-server audit`: the trail is verified, and its heads are written down outside the database.

use std::io::Write;

use ed25519_dalek::VerifyingKey;
use viruj_storage::audit::{self, Verification};

use super::{CommandError, start};
use crate::{checkpoints, logging, settings::TrailSettings, signing_keys};

/// Names everything that does not hold; the first finding is the first broken entry of its feed.
pub(super) async fn verify(out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = TrailSettings::from_environment()?;
    logging::start("warn");
    let trusted = signing_keys::public_halves(&settings.key_dir)?;
    let url = settings.database.migration_url.expose();
    let published: Vec<VerifyingKey> = audit::published_keys(url)
        .await?
        .into_iter()
        .filter_map(|key| <[u8; 32]>::try_from(key).ok())
        .filter_map(|key| VerifyingKey::from_bytes(&key).ok())
        .collect();
    let read = checkpoints::read(&settings.checkpoint_dir, &trusted, &published)?;
    let found = audit::verify_database(url, &read.checkpoints).await?;
    for path in &read.unusable {
        writeln!(out, "The checkpoint {} is damaged or not signed by this server.", path.display())?;
    }
    for path in &read.weak {
        writeln!(out, "Warning: only the database knows the key of the checkpoint {}.", path.display())?;
    }
    report(&found, out)?;
    match read.checkpoints.iter().map(|checkpoint| checkpoint.at).max() {
        Some(newest) => {
            writeln!(out, "Compared with {} checkpoints, the newest of {newest}.", read.checkpoints.len())?;
        }
        None => writeln!(
            out,
            "Warning: there is no checkpoint in {}; a cut tail may go unseen. Make one with: viruj-server audit checkpoint",
            settings.checkpoint_dir.display()
        )?,
    }
    match found.findings.len() + read.unusable.len() {
        0 => Ok(writeln!(out, "The audit trail is whole.")?),
        count => Err(CommandError::NotWhole(count)),
    }
}

fn report(found: &Verification, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    for finding in &found.findings {
        writeln!(out, "Broken: {finding}.")?;
    }
    for lost in &found.lost_in_restore {
        let feed = &lost.feed;
        writeln!(out, "Lost in a restore: entries {} to {} of the feed {feed}.", lost.kept + 1, lost.known)?;
    }
    writeln!(out, "{} entries and {} rows were verified.", found.entries, found.rows)?;
    Ok(())
}

/// Writes a checkpoint now, whether or not the server runs.
pub(super) async fn checkpoint(out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = crate::ServerSettings::from_environment()?;
    logging::start("warn");
    let application = start(&settings).await?;
    let written = application.write_checkpoint().await;
    application.close().await;
    writeln!(out, "The checkpoint is {}", written?.display())?;
    Ok(())
}
