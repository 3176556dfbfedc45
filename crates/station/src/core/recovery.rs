//! The station's keys, sealed to whoever the site trusts with its backups.

use std::path::Path;

use viruj_api::server::{RecoveryRecipients, ServerIdentity};
use viruj_sync::signing::verify_recovery;

use super::{StationCore, blocking};
use crate::{
    StationError, StationIdentity,
    durable::take_place,
    keychain::Item,
    recovery_file::{RECOVERY_FILE, seal},
    secrets::SecretKey,
    store::{StoreFault, facts},
};

impl StationCore {
    /// Sees that the keys are sealed to those whom the server names. A station goes on without: it tries again at the next
    /// answer.
    ///
    /// # Errors
    /// `server_changed` where no pinned key signed what the server names.
    pub(super) async fn keep_recovery_file(&self, server: &ServerIdentity) -> Result<(), StationError> {
        let (Some(identity), Some(published)) = (self.identity(), &server.recovery_recipients) else { return Ok(()) };
        let known: Option<RecoveryRecipients> = self.store.fact(facts::RECOVERY_RECIPIENTS).await?;
        let path = self.options.data_dir.join(RECOVERY_FILE);
        if path.exists() && known.as_ref().is_some_and(|known| known.recipients == published.recipients) {
            return Ok(());
        }
        verify_recovery(published, &Self::pinned_keys(&identity)).map_err(|_| StationError::ServerChanged)?;
        match self.seal_keys(&identity, &published.recipients, &path).await {
            Ok(()) => self.store.set_fact(facts::RECOVERY_RECIPIENTS, published).await?,
            Err(error) => tracing::warn!(code = error.code(), %error, "the station's keys are not sealed to the site"),
        }
        Ok(())
    }

    async fn seal_keys(&self, identity: &StationIdentity, recipients: &str, path: &Path) -> Result<(), StationError> {
        let store_key = self.with_keychain(|keychain| keychain.key(Item::StoreKey)).await?;
        let Some(store_key) = store_key else {
            return Err(StoreFault::KeyMissing { file: self.store.file().to_owned() }.into());
        };
        let station_key = SecretKey::new(self.key.to_bytes());
        let station = (identity.station_id.0, identity.name.as_str());
        let sealed = seal(recipients, station, (&store_key, &station_key))
            .map_err(|error| StationError::BrokenOff(error.to_string()))?;
        let path = path.to_owned();
        blocking(move || write_over(&path, &sealed)).await?.map_err(|error| StoreFault::Files(error).into())
    }
}

/// Whoever reads the file meets the old one or the new one, whole.
fn write_over(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = path.with_extension("age-new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(&unfinished)?, bytes)?;
    take_place(&unfinished, path)
}
