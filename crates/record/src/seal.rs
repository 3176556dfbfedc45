//! The server's signature over a record, in its JSON form and in its printed form, and how anybody checks it.
//!
//! Ed25519 (RFC 8032) signs deterministically, so the same record sealed twice is the same bytes.

use ed25519_dalek::{SigningKey, VerifyingKey};
use serde_json::Value;
use viruj_api::batch_record::{BatchRecord, RecordSeal, SignedRecord};
use viruj_sync::{
    canonical::{is_canonical, to_canonical},
    signing::{self, ALGORITHM, Domain, from_base64, key_id, sha256, to_base64},
};

use crate::RecordError;

/// A comment of the PDF; readers pass over it, and it stands where it moves nothing that the file's own table points to.
const PRINT_MARK: &str = "%Viruj-Seal ";
const PRINT_END: &[u8] = b"startxref";

/// Who sealed a record, and which one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub key_id: String,
    /// SHA-256 of the record's canonical JSON, lower-case hex.
    pub record_sha256: String,
}

/// The record with the server's signature.
///
/// # Errors
/// [`RecordError::NotCanonical`] for a record that has no canonical form.
pub fn seal(record: BatchRecord, key: &SigningKey) -> Result<SignedRecord, RecordError> {
    let bytes = to_canonical(&record)?;
    let signature = RecordSeal {
        algorithm: ALGORITHM.to_owned(),
        key_id: key_id(&key.verifying_key()),
        record_sha256: hex::encode(sha256(&bytes)),
        value: to_base64(&signing::sign(Domain::BatchRecord, &bytes, key)),
    };
    Ok(SignedRecord { record, signature })
}

/// The sealed record as a file: canonical JSON, so that there is one file for one record.
///
/// # Errors
/// [`RecordError::NotCanonical`] for a record that has no canonical form.
pub fn to_file(record: &SignedRecord) -> Result<Vec<u8>, RecordError> {
    Ok(to_canonical(record)?)
}

/// The printed record with the server's signature over all its other bytes.
///
/// # Errors
/// [`RecordError::NotPrintable`] for bytes that are no PDF.
pub(crate) fn seal_print(pdf: &[u8], record_sha256: &str, key: &SigningKey) -> Result<Vec<u8>, RecordError> {
    let place = last(pdf, PRINT_END).ok_or_else(|| RecordError::NotPrintable("the file has no end".to_owned()))?;
    let value = signing::sign(Domain::PrintedRecord, &printed(record_sha256, &[pdf]), key);
    let mark =
        format!("{PRINT_MARK}{ALGORITHM} {} {record_sha256} {}\n", key_id(&key.verifying_key()), to_base64(&value));
    Ok([&pdf[..place], mark.as_bytes(), &pdf[place..]].concat())
}

/// Checks a sealed record, whichever its form, with the server's public keys and without the server.
///
/// # Errors
/// What is wrong with the file: [`RecordError::NotARecord`], [`RecordError::UnknownKey`], [`RecordError::Altered`].
pub fn verify(file: &[u8], keys: &[VerifyingKey]) -> Result<Verified, RecordError> {
    if file.starts_with(b"%PDF-") { verify_print(file, keys) } else { verify_json(file, keys) }
}

fn verify_json(file: &[u8], keys: &[VerifyingKey]) -> Result<Verified, RecordError> {
    // Read as the types say, so that a program of another format is not taken for an altered file …
    let sealed: SignedRecord =
        serde_json::from_slice(file).map_err(|error| RecordError::NotARecord(error.to_string()))?;
    // … and verified as it is written: a member that the types do not know, or one that stands twice, is an alteration.
    let mut read: Value = serde_json::from_slice(file).map_err(|error| RecordError::NotARecord(error.to_string()))?;
    let bytes = to_canonical(&read["record"].take())?;
    let seal = sealed.signature;
    if !is_canonical(file) || seal.algorithm != ALGORITHM || seal.record_sha256 != hex::encode(sha256(&bytes)) {
        return Err(RecordError::Altered);
    }
    check(Domain::BatchRecord, &seal.key_id, &seal.value, &bytes, keys)?;
    Ok(Verified { key_id: seal.key_id, record_sha256: seal.record_sha256 })
}

fn verify_print(file: &[u8], keys: &[VerifyingKey]) -> Result<Verified, RecordError> {
    let unsealed = || RecordError::NotARecord("the PDF carries no seal".to_owned());
    let start = last(file, PRINT_MARK.as_bytes()).ok_or_else(unsealed)?;
    let length = file[start..].iter().position(|byte| *byte == b'\n').ok_or_else(unsealed)? + 1;
    let (mark, behind) = file[start..].split_at(length);
    // The seal stands right before the end; anywhere else it is not the one that the server wrote.
    if !behind.starts_with(PRINT_END) || last(file, PRINT_END) != Some(start + length) {
        return Err(RecordError::Altered);
    }
    let mark = std::str::from_utf8(mark).map_err(|_| unsealed())?;
    let parts: Vec<&str> = mark.trim_end().trim_start_matches(PRINT_MARK).split(' ').collect();
    let [ALGORITHM, key_id, record_sha256, value] = parts.as_slice() else { return Err(unsealed()) };
    check(Domain::PrintedRecord, key_id, value, &printed(record_sha256, &[&file[..start], behind]), keys)?;
    Ok(Verified { key_id: (*key_id).to_owned(), record_sha256: (*record_sha256).to_owned() })
}

/// What is signed of a print: which record it shows, and its bytes.
fn printed(record_sha256: &str, parts: &[&[u8]]) -> Vec<u8> {
    [record_sha256.as_bytes(), b"\0", &parts.concat()].concat()
}

fn check(domain: Domain, id: &str, value: &str, bytes: &[u8], keys: &[VerifyingKey]) -> Result<(), RecordError> {
    let key = keys.iter().find(|key| key_id(key) == id).ok_or_else(|| RecordError::UnknownKey(id.to_owned()))?;
    let signature = from_base64(value, "signature").map_err(|_| RecordError::Altered)?;
    signing::verify(domain, bytes, &signature, key).map_err(|_| RecordError::Altered)
}

fn last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}
