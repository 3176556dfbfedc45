//! Ed25519 over exact bytes, with a domain tag before them so that no signature serves for anything else.
//!
//! Statement and envelope, attestation, the certificate of a person's key and the proof of its possession, lease, the
//! recipient of exports, station challenge, server time, the succession of server keys, checkpoint, backup and batch
//! record each have a tag of their own.
//! Version 1 of these bytes does not change; the golden vectors in the tests hold it.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use viruj_api::{
    person_keys::PersonKeyCertificate,
    statement::{Attestation, Envelope, FORMAT_VERSION, PersonSlot, SignedEnvelope, Statement},
};
use viruj_domain::{
    ids::{StationId, UserId},
    signature::{SignatureMeaning, SignatureMethod},
};

use crate::canonical::{CanonicalError, is_canonical, to_canonical};

mod endorsement;
mod lease;
mod person_key;
mod recipients;
mod time_token;
pub use endorsement::{endorse, is_endorsed_by};
pub use lease::{grant, verify_lease};
pub use person_key::{
    certify, prove_possession, read_certificate, sign_statement, verify_certificate, verify_possession,
};
pub use recipients::{publish_recipient, publish_recovery, verify_recipient, verify_recovery};
pub use time_token::{ServerTimeError, server_time, verify_server_time};

/// The only algorithm of format version 1.
pub const ALGORITHM: &str = "ed25519";
/// `prev_hash` of a station's first envelope.
pub const NO_PREVIOUS: [u8; 32] = [0; 32];

/// What a signature is for: the tag stands before the signed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    Envelope,
    Statement,
    Attestation,
    /// The certificate of a person's key.
    PersonKey,
    /// Whoever asks for that certificate holds the key.
    Possession,
    /// A batch, or one of its operations, is a station's to execute.
    Lease,
    /// The key that a station seals what it has not sent to.
    ExportRecipient,
    /// The site's recovery keys.
    RecoveryRecipients,
    StationChallenge,
    Time,
    Succession,
    /// Heads of the audit trail that are kept outside the database.
    Checkpoint,
    /// The end of a backup, over everything before it.
    Backup,
    /// A batch record's canonical JSON.
    BatchRecord,
    /// A printed batch record.
    PrintedRecord,
}

impl Domain {
    #[must_use]
    pub const fn tag(self) -> &'static [u8] {
        match self {
            Self::Envelope => b"viruj-envelope-v1\0",
            Self::Statement => b"viruj-statement-v1\0",
            Self::Attestation => b"viruj-attestation-v1\0",
            Self::PersonKey => b"viruj-person-key-v1\0",
            Self::Possession => b"viruj-person-key-possession-v1\0",
            Self::Lease => b"viruj-lease-v1\0",
            Self::ExportRecipient => b"viruj-export-recipient-v1\0",
            Self::RecoveryRecipients => b"viruj-recovery-recipients-v1\0",
            Self::StationChallenge => b"viruj-station-challenge-v1\0",
            Self::Time => b"viruj-time-v1\0",
            Self::Succession => b"viruj-server-key-v1\0",
            Self::Checkpoint => b"viruj-checkpoint-v1\0",
            Self::Backup => b"viruj-backup-v1\0",
            Self::BatchRecord => b"viruj-batch-record-v1\0",
            Self::PrintedRecord => b"viruj-printed-record-v1\0",
        }
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        [self.tag(), bytes].concat()
    }
}

/// Why something signed is not what it says.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    #[error("the signature does not fit the bytes and the key")]
    BadSignature,
    #[error("the algorithm {0:?} is not known")]
    UnknownAlgorithm(String),
    #[error("{0} is not valid base64 of the right length")]
    BadEncoding(&'static str),
    #[error("the bytes of the {0} are not canonical")]
    NotCanonical(&'static str),
    #[error("the {what} is not of this format: {problem}")]
    BadFormat { what: &'static str, problem: serde_json::Error },
    /// A newer program wrote it; this one must be updated before it can judge.
    #[error("the {what} has format {format}, this program knows {FORMAT_VERSION}")]
    TooNew { what: &'static str, format: u64 },
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// First 16 hex digits of the SHA-256 of the public key.
#[must_use]
pub fn key_id(key: &VerifyingKey) -> String {
    let mut digits = hex::encode(sha256(key.as_bytes()));
    digits.truncate(16);
    digits
}

/// Signs the bytes under the domain's tag.
#[must_use]
pub fn sign(domain: Domain, bytes: &[u8], key: &SigningKey) -> [u8; 64] {
    key.sign(&domain.message(bytes)).to_bytes()
}

/// Verifies strictly: small-order keys and malleable signatures are refused.
///
/// # Errors
/// [`SigningError::BadSignature`].
pub fn verify(domain: Domain, bytes: &[u8], signature: &[u8; 64], key: &VerifyingKey) -> Result<(), SigningError> {
    key.verify_strict(&domain.message(bytes), &Signature::from_bytes(signature)).map_err(|_| SigningError::BadSignature)
}

/// An Ed25519 public key from its 32 bytes in base64, as it travels.
///
/// # Errors
/// [`SigningError::BadEncoding`] for anything else, points off the curve included.
pub fn public_key(text: &str) -> Result<VerifyingKey, SigningError> {
    VerifyingKey::from_bytes(&fixed(text, "public key")?).map_err(|_| SigningError::BadEncoding("public key"))
}

#[must_use]
pub fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Bytes of a fixed length from base64, as they travel.
///
/// # Errors
/// [`SigningError::BadEncoding`] for anything else.
pub fn from_base64<const LENGTH: usize>(text: &str, what: &'static str) -> Result<[u8; LENGTH], SigningError> {
    fixed(text, what)
}

fn bytes_of(text: &str, what: &'static str) -> Result<Vec<u8>, SigningError> {
    BASE64.decode(text).map_err(|_| SigningError::BadEncoding(what))
}

fn fixed<const LENGTH: usize>(text: &str, what: &'static str) -> Result<[u8; LENGTH], SigningError> {
    bytes_of(text, what)?.try_into().map_err(|_| SigningError::BadEncoding(what))
}

/// Canonical bytes of what a person says; made once, when the person says it.
///
/// # Errors
/// [`SigningError::Canonical`] where it holds a number that has no canonical form.
pub fn statement_bytes(statement: &Statement) -> Result<Vec<u8>, SigningError> {
    Ok(to_canonical(statement)?)
}

/// An envelope that was sealed, with the hash that the next one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEnvelope {
    pub signed: SignedEnvelope,
    /// SHA-256 of the envelope's bytes.
    pub hash: [u8; 32],
}

/// Writes the envelope's canonical bytes and signs them with the station's key.
///
/// # Errors
/// [`SigningError::Canonical`] where it holds a number that has no canonical form.
pub fn seal(envelope: &Envelope, station: &SigningKey) -> Result<SealedEnvelope, SigningError> {
    let bytes = to_canonical(envelope)?;
    Ok(SealedEnvelope {
        signed: SignedEnvelope {
            envelope: to_base64(&bytes),
            algorithm: ALGORITHM.to_owned(),
            signature: to_base64(&sign(Domain::Envelope, &bytes, station)),
        },
        hash: sha256(&bytes),
    })
}

/// An envelope whose signature holds, with the statement as far as it could be read.
#[derive(Debug)]
pub struct OpenedEnvelope {
    pub envelope: Envelope,
    /// SHA-256 of the envelope's bytes.
    pub hash: [u8; 32],
    /// The statement's exact bytes; what the person's slot stands for.
    pub statement_bytes: Vec<u8>,
    /// An unreadable statement is still evidence: it is kept and blocks nobody.
    pub statement: Result<Statement, SigningError>,
}

/// Verifies the station's signature over the exact bytes, then reads them.
///
/// # Errors
/// Everything about the envelope itself; what is wrong with the statement is inside the result.
pub fn open(signed: &SignedEnvelope, station: &VerifyingKey) -> Result<OpenedEnvelope, SigningError> {
    if signed.algorithm != ALGORITHM {
        return Err(SigningError::UnknownAlgorithm(signed.algorithm.clone()));
    }
    let bytes = bytes_of(&signed.envelope, "envelope")?;
    verify(Domain::Envelope, &bytes, &fixed(&signed.signature, "signature")?, station)?;
    let envelope: Envelope = read(&bytes, "envelope")?;
    let statement_bytes = bytes_of(&envelope.statement, "statement")?;
    let statement = read_statement(&statement_bytes);
    Ok(OpenedEnvelope { hash: sha256(&bytes), envelope, statement_bytes, statement })
}

/// Reads a statement's bytes; they must be canonical and of a format that this program knows.
///
/// # Errors
/// [`SigningError::TooNew`], [`SigningError::NotCanonical`] or [`SigningError::BadFormat`].
pub fn read_statement(bytes: &[u8]) -> Result<Statement, SigningError> {
    read(bytes, "statement")
}

/// Reads an attestation out of its slot without verifying it: [`verify_slot`] does that.
///
/// # Errors
/// As [`read_statement`], and [`SigningError::BadEncoding`].
pub fn read_attestation(base64: &str) -> Result<Attestation, SigningError> {
    read(&bytes_of(base64, "attestation")?, "attestation")
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, SigningError> {
    let value: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|problem| SigningError::BadFormat { what, problem })?;
    // The format comes first: a newer one may have members that this program cannot read.
    if let Some(format) = value.get("format").and_then(serde_json::Value::as_u64)
        && format > u64::from(FORMAT_VERSION)
    {
        return Err(SigningError::TooNew { what, format });
    }
    if !is_canonical(bytes) {
        return Err(SigningError::NotCanonical(what));
    }
    serde_json::from_slice(bytes).map_err(|problem| SigningError::BadFormat { what, problem })
}

/// Signs a nonce of the server, so that the station is known by its key.
#[must_use]
pub fn answer_challenge(challenge: &str, station: &SigningKey) -> String {
    to_base64(&sign(Domain::StationChallenge, challenge.as_bytes(), station))
}

/// Verifies a station's answer to a nonce.
///
/// # Errors
/// [`SigningError::BadSignature`] or [`SigningError::BadEncoding`].
pub fn verify_challenge(challenge: &str, signature: &str, station: &VerifyingKey) -> Result<(), SigningError> {
    verify(Domain::StationChallenge, challenge.as_bytes(), &fixed(signature, "signature")?, station)
}

/// The server's word for a statement, as the slot of an envelope.
///
/// # Errors
/// [`SigningError::Canonical`] where it holds a number that has no canonical form.
pub fn attest(attestation: &Attestation, server: &SigningKey) -> Result<PersonSlot, SigningError> {
    let bytes = to_canonical(attestation)?;
    Ok(PersonSlot::ServerAttested {
        attestation: to_base64(&bytes),
        key_id: key_id(&server.verifying_key()),
        signature: to_base64(&sign(Domain::Attestation, &bytes, server)),
    })
}

/// Why a person's slot does not stand for the statement.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// The key is not one of the server's: a signature of another server, or a forged one.
    #[error("the signing key {0:?} is not known")]
    UnknownKey(String),
    #[error("the signature is for another {0}")]
    ForAnother(&'static str),
    #[error(transparent)]
    Signature(#[from] SigningError),
}

/// A signature that holds for a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonSignature {
    pub person_id: UserId,
    /// The printed name (21 CFR 11.50(a)(1)).
    pub person_name: String,
    pub meaning: SignatureMeaning,
    pub method: SignatureMethod,
    pub signed_at: DateTime<Utc>,
    /// The person's key, where it signed; whether it was still to sign then is asked of [`KeyValidity`].
    ///
    /// [`KeyValidity`]: viruj_domain::signature::KeyValidity
    pub key: Option<UsedKey>,
}

/// The key of a person that has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedKey {
    pub key_id: String,
    pub expires_at: DateTime<Utc>,
}

/// Verifies that the slot stands for exactly these statement bytes.
///
/// `None` for an empty slot. `server_keys` are all keys that ever signed here: an old signature stays valid.
///
/// # Errors
/// [`SlotError`] where the slot is filled and does not hold.
pub fn verify_slot(
    slot: &PersonSlot,
    statement: &Statement,
    statement_bytes: &[u8],
    station: StationId,
    server_keys: &[VerifyingKey],
) -> Result<Option<PersonSignature>, SlotError> {
    match slot {
        PersonSlot::None => Ok(None),
        PersonSlot::PersonKey { certificate, signature } => {
            let certificate = verify_certificate(certificate, server_keys)?;
            let key = public_key(&certificate.public_key)?;
            verify(Domain::Statement, statement_bytes, &fixed(signature, "signature")?, &key)?;
            check_fit([
                ("person", certificate.person_id == statement.person_id),
                ("station", certificate.station_id == station),
                ("meaning", statement.meaning.is_some()),
            ])?;
            Ok(signature_by_key(certificate, statement))
        }
        PersonSlot::ServerAttested { attestation, key_id: id, signature } => {
            let key = key_of(id, server_keys)?;
            let bytes = bytes_of(attestation, "attestation")?;
            verify(Domain::Attestation, &bytes, &fixed(signature, "signature")?, key)?;
            let attestation: Attestation = read(&bytes, "attestation")?;
            check_fit([
                ("statement", attestation.statement_sha256 == hex::encode(sha256(statement_bytes))),
                ("operation", attestation.operation_id == statement.operation_id),
                ("person", attestation.person_id == statement.person_id),
                ("meaning", Some(attestation.meaning) == statement.meaning),
                ("station", attestation.station_id == station),
            ])?;
            Ok(Some(signature_by_attestation(attestation)))
        }
    }
}

/// What a slot says, without verifying it: for the screens of the station that verified it before it was recorded.
#[must_use]
pub fn read_slot(slot: &PersonSlot, statement: &Statement) -> Option<PersonSignature> {
    match slot {
        PersonSlot::None => None,
        PersonSlot::ServerAttested { attestation, .. } => {
            read_attestation(attestation).ok().map(signature_by_attestation)
        }
        PersonSlot::PersonKey { certificate, .. } => signature_by_key(read_certificate(certificate).ok()?, statement),
    }
}

/// The server's key of that id: what another server has signed, or somebody else, says nothing here.
fn key_of<'a>(id: &str, server_keys: &'a [VerifyingKey]) -> Result<&'a VerifyingKey, SlotError> {
    server_keys.iter().find(|key| key_id(key) == id).ok_or_else(|| SlotError::UnknownKey(id.to_owned()))
}

fn check_fit<const COUNT: usize>(parts: [(&'static str, bool); COUNT]) -> Result<(), SlotError> {
    match parts.into_iter().find(|(_, holds)| !holds) {
        Some((what, _)) => Err(SlotError::ForAnother(what)),
        None => Ok(()),
    }
}

fn signature_by_attestation(attestation: Attestation) -> PersonSignature {
    PersonSignature {
        person_id: attestation.person_id,
        person_name: attestation.person_name,
        meaning: attestation.meaning,
        method: SignatureMethod::ServerAttested,
        signed_at: attestation.attested_at,
        key: None,
    }
}

/// The time is the station's, as the person saw it: nobody else was there.
fn signature_by_key(certificate: PersonKeyCertificate, statement: &Statement) -> Option<PersonSignature> {
    Some(PersonSignature {
        person_id: certificate.person_id,
        person_name: certificate.person_name,
        meaning: statement.meaning?,
        method: SignatureMethod::PersonKey,
        signed_at: statement.stated_at,
        key: Some(UsedKey { key_id: certificate.key_id, expires_at: certificate.expires_at }),
    })
}

#[cfg(test)]
mod tests;
