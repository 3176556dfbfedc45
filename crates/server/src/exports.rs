//! What stations have not sent, brought here by hand in files that only this server opens.

use age::x25519::{Identity, Recipient};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use bech32::{ToBase32, Variant};
use sha2::{Digest, Sha256};
use viruj_api::{
    server::ExportRecipient,
    statement::FORMAT_VERSION,
    stations::StationState,
    sync::{MAXIMUM_PUSH, PushRequest, UnsentExport, Verdict},
};
use viruj_domain::{attachment, ids::BatchId};
use viruj_storage::{StorageError, attachments, stations};
use viruj_sync::{
    signing::publish_recipient,
    store::{KnownStation, StoreError},
};

use crate::{
    Application,
    application::AppState,
    receiving::{Way, take},
    secrets::SecretKey,
};

const PURPOSE: &str = "viruj export of unsent entries";

/// The keys that open exports.
pub struct ExportKeys {
    sealed_to: Identity,
    /// Of the secret that is only read.
    second: Option<Identity>,
}

/// Why an export was not taken; one line for whoever brought it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file was not sealed to this server, or is damaged; export it again at the station")]
    NotSealedToUs,
    #[error("the file is none of a station's: {0}")]
    Unreadable(serde_json::Error),
    #[error("the file has the format {0}, this server knows {FORMAT_VERSION}; update the server")]
    TooNew(u16),
    #[error("no station {0} is registered here")]
    StationUnknown(String),
    /// Everything before it stands.
    #[error("the chain of the station does not go on here: {code}, the server expects entry {expected}")]
    Stopped { code: String, expected: u64 },
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub station: String,
    pub accepted: usize,
    pub with_deviation: usize,
    pub not_applied: usize,
    pub files: usize,
    /// Files that no entry names, or that are none of the type that it says.
    pub refused_files: usize,
}

impl Imported {
    fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Accepted => self.accepted += 1,
            Verdict::AcceptedWithDeviation { .. } => self.with_deviation += 1,
            Verdict::NotApplied { .. } => self.not_applied += 1,
        }
    }
}

impl ExportKeys {
    #[must_use]
    pub fn new(secret: &SecretKey) -> Option<Self> {
        Some(Self {
            sealed_to: identity(&secret.derive(PURPOSE))?,
            second: secret.derive_second(PURPOSE).and_then(|bytes| identity(&bytes)),
        })
    }

    /// What stations seal to.
    #[must_use]
    pub fn published(&self, app: &AppState) -> ExportRecipient {
        let recipient: Recipient = self.sealed_to.to_public();
        publish_recipient(&recipient.to_string(), app.signing_keys.current())
    }

    fn open(&self, sealed: &[u8]) -> Result<UnsentExport, ImportError> {
        let identities = std::iter::once(&self.sealed_to).chain(&self.second);
        let opened = identities.filter_map(|identity| age::decrypt(identity, sealed).ok()).next();
        let bytes = opened.ok_or(ImportError::NotSealedToUs)?;
        let export: UnsentExport = serde_json::from_slice(&bytes).map_err(ImportError::Unreadable)?;
        if export.format > FORMAT_VERSION { Err(ImportError::TooNew(export.format)) } else { Ok(export) }
    }
}

/// An age identity of 32 bytes; age itself makes them of chance only, and reads them as text.
fn identity(bytes: &[u8; 32]) -> Option<Identity> {
    let text = bech32::encode("age-secret-key-", bytes.to_base32(), Variant::Bech32).ok()?;
    text.to_uppercase().parse().ok()
}

impl Application {
    /// Takes what a station could not send, as if it had pushed it now; a station that is suspended or retired is none the
    /// less heard. Brought twice, nothing changes.
    ///
    /// # Errors
    /// [`ImportError`]; what was taken before it stands.
    pub async fn import_unsent(&self, sealed: &[u8]) -> Result<Imported, ImportError> {
        let app = self.state();
        let keys = app.exports.as_ref().ok_or(ImportError::NotSealedToUs)?;
        let export = keys.open(sealed)?;
        let station = stations::find(&app.database, export.station_id).await?;
        let station = station.ok_or_else(|| ImportError::StationUnknown(export.station_id.to_string()))?;
        let mut imported = Imported { station: station.name, ..Imported::default() };
        let known = KnownStation { state: StationState::Active, ..station.known };
        for part in export.envelopes.chunks(MAXIMUM_PUSH) {
            let request = PushRequest { envelopes: part.to_vec() };
            let answer = take(app, &known, &request, Way::ByHand).await?;
            answer.verdicts.iter().for_each(|given| imported.count(&given.verdict));
            if let Some(stopped) = answer.stopped {
                return Err(ImportError::Stopped { code: stopped.code, expected: stopped.expected_seq });
            }
        }
        for file in &export.files {
            let content = BASE64.decode(&file.content).unwrap_or_default();
            if keep_file(app, &known, (&file.batch_id, &file.sha256, &content)).await? {
                imported.files += 1;
            } else {
                imported.refused_files += 1;
            }
        }
        Ok(imported)
    }
}

/// Whether an entry names the file and it is what the entry says; then it is kept, by whoever recorded the entry.
async fn keep_file(
    app: &AppState,
    station: &KnownStation,
    (batch, sha256, content): (&BatchId, &str, &[u8]),
) -> Result<bool, ImportError> {
    let Ok(media_type) = attachment::media_type(content) else { return Ok(false) };
    let mut unit = Way::ByHand.begin(app, station).await?;
    let Some(named) = attachments::named(&mut unit, batch, sha256).await? else { return Ok(false) };
    let is_it = hex::encode(Sha256::digest(content)) == sha256
        && (named.media_type, named.size_bytes) == (media_type, content.len() as u64);
    if !is_it {
        return Ok(false);
    }
    let now = app.clock.now();
    attachments::keep(&mut unit, batch, (&named, sha256, content), (&named.person, now)).await?;
    unit.commit().await?;
    Ok(true)
}
