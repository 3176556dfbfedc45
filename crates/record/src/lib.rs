//! The batch record as a document: printed as PDF/A-2, sealed by the server, verified by anybody.
//!
//! No I/O: who calls brings the record and the key, and takes the bytes.

mod certificate;
mod print;
mod seal;
mod sheet;

use ed25519_dalek::SigningKey;
use viruj_api::batch_record::SignedRecord;
use viruj_sync::canonical::CanonicalError;

pub use certificate::CertificateKind;
pub use seal::{Verified, seal, to_file, verify};

/// Why a record is not made, or does not hold.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the record has no canonical form: {0}")]
    NotCanonical(#[from] CanonicalError),
    #[error("the record cannot be written as JSON: {0}")]
    NotJson(serde_json::Error),
    #[error("the record cannot be printed: {0}")]
    NotPrintable(String),
    #[error("this is no sealed batch record: {0}")]
    NotARecord(String),
    #[error("the record is sealed with the key {0}, which is not among the given ones")]
    UnknownKey(String),
    #[error("the record is not what was sealed: it was altered")]
    Altered,
}

/// The sealed record as PDF, with the server's signature over the file.
///
/// # Errors
/// [`RecordError::NotPrintable`] when the typesetter refuses, which no content of a record should bring about.
pub fn print(record: &SignedRecord, key: &SigningKey) -> Result<Vec<u8>, RecordError> {
    let sha256 = &record.signature.record_sha256;
    seal::seal_print(&print::print(&record.record, sha256)?, sha256, key)
}

/// A certificate that is drawn from a sealed record, as PDF with the server's signature over the file.
///
/// # Errors
/// As [`print`].
pub fn certificate(record: &SignedRecord, kind: CertificateKind, key: &SigningKey) -> Result<Vec<u8>, RecordError> {
    let sha256 = &record.signature.record_sha256;
    seal::seal_print(&print::print_certificate(&record.record, sha256, kind)?, sha256, key)
}
