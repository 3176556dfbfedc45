//! What is unsent, in a file for a station whose network does not come back: sealed to the server, which alone opens it.

use std::path::Path;

use viruj_api::{
    server::{ExportRecipient, ServerIdentity},
    statement::FORMAT_VERSION,
    station::SavedExport,
    sync::{ExportedFile, UnsentExport},
};
use viruj_sync::{
    signing::{to_base64, verify_recipient},
    store::OperationLog,
};

use super::{
    StationCore,
    batch_record::{safe_name, write_all},
    blocking,
};
use crate::{StationError, store::facts};

/// More than a station records in a month.
const MOST: usize = 100_000;

impl StationCore {
    /// Writes what is unsent into a new file in the folder. It stays unsent here: the server takes nothing twice.
    ///
    /// # Errors
    /// `export_not_set_up` where the server has never said what to seal to, `nothing_unsent`, or the file cannot be
    /// written; there is none then.
    pub async fn export_unsent(&self, folder: &Path) -> Result<SavedExport, StationError> {
        let identity = self.registered()?;
        let published: Option<ExportRecipient> = self.store.fact(facts::EXPORT_RECIPIENT).await?;
        let published = published.ok_or(StationError::ExportNotSetUp)?;
        self.store.settle().await?;
        let mut log = self.store.clone();
        let unsent = log.without_verdict(identity.station_id, MOST).await;
        let unsent = unsent.map_err(|error| StationError::BrokenOff(error.to_string()))?;
        let mut named: Vec<_> = unsent.iter().map(|operation| operation.operation_id).collect();
        named.extend(self.store.unsent_files().await?.into_iter().map(|file| file.operation_id));
        let mut files = Vec::new();
        for operation in named {
            if let Some((batch_id, sha256, content)) = self.store.kept_file(operation).await? {
                files.push(ExportedFile { batch_id, sha256, content: to_base64(&content) });
            }
        }
        if unsent.is_empty() && files.is_empty() {
            return Err(StationError::NothingUnsent);
        }
        let entries = u32::try_from(unsent.len()).unwrap_or(u32::MAX);
        let export = UnsentExport {
            format: FORMAT_VERSION,
            station_id: identity.station_id,
            exported_at: self.now(),
            envelopes: unsent.into_iter().map(|operation| operation.signed).collect(),
            files,
        };
        let name = format!("viruj-unsent-{}-{}.age", safe_name(&identity.name), self.now().format("%Y%m%d-%H%M%S%3f"));
        let path = folder.join(name);
        let saved = SavedExport { path: path.display().to_string(), entries };
        blocking(move || write_all(&[(path, sealed(&published.recipient, &export)?)])).await??;
        Ok(saved)
    }

    /// Keeps what the server says that exports are sealed to, when a pinned key signed it.
    pub(super) async fn learn_recipient(&self, server: &ServerIdentity) -> Result<(), StationError> {
        let (Some(identity), Some(published)) = (self.identity(), &server.export_recipient) else { return Ok(()) };
        let known: Option<ExportRecipient> = self.store.fact(facts::EXPORT_RECIPIENT).await?;
        if known.as_ref().is_some_and(|known| known.recipient == published.recipient) {
            return Ok(());
        }
        verify_recipient(published, &Self::pinned_keys(&identity)).map_err(|_| StationError::ServerChanged)?;
        Ok(self.store.set_fact(facts::EXPORT_RECIPIENT, published).await?)
    }
}

fn sealed(recipient: &str, export: &UnsentExport) -> Result<Vec<u8>, StationError> {
    let broken_off = |problem: String| StationError::BrokenOff(problem);
    let recipient: age::x25519::Recipient =
        recipient.parse().map_err(|problem: &str| broken_off(problem.to_owned()))?;
    let bytes = serde_json::to_vec(export).map_err(|error| broken_off(error.to_string()))?;
    age::encrypt(&recipient, &bytes).map_err(|error| broken_off(error.to_string()))
}
