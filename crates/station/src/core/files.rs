//! Files and photos of entries: to the server behind their entries, and back to whoever looks at them.

use std::path::Path;

use viruj_api::station::{QueryKey, SavedFile};
use viruj_client::ClientError;
use viruj_domain::{
    attachment::{self, MediaType},
    ids::OperationId,
    phase::PhaseEntry,
};
use viruj_sync::{round::backoff, signing::sha256};

use super::{
    StationCore,
    batch_record::{safe_name, write_all},
};
use crate::{StationError, store::StoreFault, store::WaitingFile};

impl StationCore {
    /// Offers the server the files whose entries it knows. Nothing else waits for them: what fails is tried again later,
    /// and what is refused for good stays in the list of what is unsent.
    pub(super) async fn send_files(&self) -> Result<(), StoreFault> {
        for file in self.store.waiting_files(self.now().timestamp()).await? {
            let Some(content) = self.store.own_file(file.operation_id).await? else { continue };
            match self.send_file(&file, content).await {
                Ok(()) => self.store.file_arrived(file.operation_id).await?,
                // Nobody is here in whose name it could be sent.
                Err(StationError::NotSignedIn | StationError::SignInAgain) => return Ok(()),
                Err(error) => {
                    tracing::warn!(code = error.code(), operation = %file.operation_id.0, "a file was not taken");
                    let wait = backoff(file.attempts.saturating_add(1), getrandom::u64().unwrap_or_default());
                    // Rounded up: the store counts in whole seconds.
                    let seconds = i64::try_from(wait.as_secs() + 1).unwrap_or(i64::MAX / 2);
                    let later = self.now().timestamp() + seconds;
                    let retry_at = (!is_refused(&error)).then_some(later);
                    self.store.file_failed(file.operation_id, error.code(), retry_at).await?;
                }
            }
            self.tell(&[QueryKey::Status, QueryKey::Unsent]);
        }
        Ok(())
    }

    async fn send_file(&self, file: &WaitingFile, content: Vec<u8>) -> Result<(), StationError> {
        self.at_server(|client, token| {
            let (batch, sha256, content) = (file.batch_id.clone(), file.sha256.clone(), content.clone());
            async move { client.give_attachment(token.expose(), &batch, &sha256, content).await }
        })
        .await
    }

    /// Writes the file of an entry into the folder, under a name that is made here; its bytes are those that the entry
    /// names.
    ///
    /// # Errors
    /// The entry names no file; the server cannot be reached or has not got it; the file cannot be written.
    pub async fn save_attachment(
        &self,
        batch_id: &str,
        operation: OperationId,
        folder: &Path,
    ) -> Result<SavedFile, StationError> {
        let shown = self.shown_batch(batch_id).await?;
        let named = shown.phases.iter().find_map(|phase| {
            let entry = phase.entries.iter().find(|entry| entry.row.operation_id == operation)?;
            match &entry.row.entry {
                PhaseEntry::Attached { media_type, sha256, .. } => {
                    Some((phase.row.number, *media_type, sha256.clone()))
                }
                _ => None,
            }
        });
        let (phase, media_type, hash) = named.ok_or(StationError::BadInput)?;
        let content = match self.store.own_file(operation).await? {
            Some(content) => content,
            None => {
                let batch = shown.parts.batch.id.clone();
                self.at_server(|client, token| {
                    let (batch, hash) = (batch.clone(), hash.clone());
                    async move { client.attachment(token.expose(), &batch, &hash).await }
                })
                .await?
            }
        };
        if hex::encode(sha256(&content)) != hash {
            let detail = "the file is not the one that the entry names".to_owned();
            return Err(ClientError::BadAnswer { status: 200, detail }.into());
        }
        let name = self.name_of(&shown.parts.batch.number, phase, (media_type, &hash));
        let files = [(folder.join(name), content)];
        let path = files[0].0.display().to_string();
        super::blocking(move || write_all(&files)).await??;
        Ok(SavedFile { path })
    }

    /// Of nothing that a person has typed: a number of the plant, a time, a hash.
    fn name_of(&self, batch: &str, phase: u32, (media_type, hash): (MediaType, &str)) -> String {
        let number = safe_name(batch);
        let short: String = hash.chars().take(12).collect();
        let stamp = self.now().format("%Y%m%d-%H%M%S%3f");
        format!("{number}-step-{phase}-{short}-{stamp}.{}", media_type.ending())
    }
}

/// Whether the server will never take it: the file itself is at fault, not the moment.
fn is_refused(error: &StationError) -> bool {
    let code = error.code();
    code.starts_with("attachment_") || code.starts_with("archive_") || code == "body_too_large"
}

/// The entry of a file that a person has chosen, and its bytes.
pub(super) fn attached(file_name: &str, content: &str) -> Result<(PhaseEntry, Vec<u8>), StationError> {
    use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
    use viruj_domain::execution::Refusal;
    let bytes = BASE64.decode(content).map_err(|_| StationError::BadInput)?;
    let inspected = attachment::inspect(&bytes, file_name).map_err(Refusal::AttachmentUnfit)?;
    let entry = PhaseEntry::Attached {
        file_name: inspected.file_name,
        media_type: inspected.media_type,
        size_bytes: inspected.size_bytes,
        sha256: hex::encode(sha256(&bytes)),
    };
    Ok((entry, bytes))
}
