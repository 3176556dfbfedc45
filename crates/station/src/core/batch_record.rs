//! The record of a batch as files, for whoever must hand it over or keep it.

use std::path::{Path, PathBuf};

use viruj_api::{batch_record::SignedRecord, station::BatchRecordFiles};
use viruj_client::{ClientError, RecordForm};
use viruj_domain::ids::BatchId;

use super::{StationCore, audit::write_new};
use crate::StationError;

impl StationCore {
    /// Writes the sealed record of a batch into the folder, printed and as JSON; both files are new, or there is none.
    ///
    /// # Errors
    /// The server cannot be reached or refuses; a file cannot be written.
    pub async fn write_batch_record(&self, batch: &str, folder: &Path) -> Result<BatchRecordFiles, StationError> {
        let id = BatchId::from(batch);
        let pdf = self.record_file(&id, RecordForm::Pdf).await?;
        let json = self.record_file(&id, RecordForm::Json).await?;
        let bad = |detail: String| StationError::from(ClientError::BadAnswer { status: 200, detail });
        let sealed: SignedRecord = serde_json::from_slice(&json).map_err(|error| bad(error.to_string()))?;
        // Between the two answers the batch may have gone on; the seal of the print names the record that it shows.
        let hash = sealed.signature.record_sha256.as_bytes();
        if !pdf.windows(hash.len()).any(|window| window == hash) {
            return Err(bad("the batch has changed while its record was written".to_owned()));
        }
        let name = format!(
            "batch-record-{}-{}",
            safe_name(&sealed.record.batch.number),
            self.now().format("%Y%m%d-%H%M%S%3f")
        );
        let files = [(folder.join(format!("{name}.json")), json), (folder.join(format!("{name}.pdf")), pdf)];
        let [json, pdf] = [&files[0].0, &files[1].0].map(|path| path.display().to_string());
        super::blocking(move || write_all(&files)).await??;
        Ok(BatchRecordFiles { pdf, json, record_sha256: sealed.signature.record_sha256 })
    }

    pub(super) async fn record_file(&self, id: &BatchId, form: RecordForm) -> Result<Vec<u8>, StationError> {
        self.at_server(|client, token| {
            let id = id.clone();
            async move { client.batch_record(token.expose(), &id, form).await }
        })
        .await
    }
}

/// What every file system takes of a name.
pub(super) fn safe_name(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

pub(super) fn write_all(files: &[(PathBuf, Vec<u8>)]) -> Result<(), StationError> {
    for (done, (path, bytes)) in files.iter().enumerate() {
        if let Err(error) = write_new(path, bytes) {
            // One form of a record without the other, or a part of one, would pass for the whole.
            let begun = if error.kind() == std::io::ErrorKind::AlreadyExists { done } else { done + 1 };
            for (written, _) in &files[..begun] {
                let _ = std::fs::remove_file(written);
            }
            return Err(StationError::ExportNotWritten {
                path: path.display().to_string(),
                problem: error.to_string(),
            });
        }
    }
    Ok(())
}
