//! `viruj-server record`: a sealed batch record is checked without the server, with its public keys alone.

use std::{fs, io::Write, path::Path};

use ed25519_dalek::{
    VerifyingKey,
    pkcs8::{DecodePublicKey, EncodePublicKey, spki::der::pem::LineEnding},
};
use viruj_record::{RecordError, verify as verify_record};
use viruj_sync::signing::key_id;

use super::CommandError;
use crate::{settings::TrailSettings, signing_keys};

const KEY_END: &str = "-----END PUBLIC KEY-----";

/// Why a record was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyRecordError {
    #[error("cannot read {file}: {source}")]
    Unreadable { file: String, source: std::io::Error },
    #[error("{file} holds no public key in PEM form; `viruj-server record key` prints them")]
    NoKey { file: String },
    #[error("{file}: {source}")]
    NotVerified { file: String, source: RecordError },
    #[error("a key has no PEM form: {0}")]
    Pem(#[from] ed25519_dalek::pkcs8::spki::Error),
}

/// Says whether the record is what the server sealed, and with which key.
pub(super) fn verify(record: &Path, key: &Path, out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let keys = keys_of(key)?;
    let file = read(record)?;
    let verified = verify_record(&file, &keys)
        .map_err(|source| VerifyRecordError::NotVerified { file: record.display().to_string(), source })?;
    writeln!(out, "The record is what the server sealed with the key {}.", verified.key_id)?;
    writeln!(out, "SHA-256 of the record: {}", verified.record_sha256)?;
    Ok(())
}

/// Prints the public halves of every signing key of this server, which an inspector is given.
pub(super) fn print_keys(out: &mut (dyn Write + Send)) -> Result<(), CommandError> {
    let settings = TrailSettings::from_environment()?;
    for key in signing_keys::public_halves(&settings.key_dir)? {
        writeln!(out, "# {}", key_id(&key))?;
        out.write_all(key.to_public_key_pem(LineEnding::LF).map_err(VerifyRecordError::Pem)?.as_bytes())?;
    }
    Ok(())
}

/// Every key of the file; what stands between them is no part of them.
fn keys_of(file: &Path) -> Result<Vec<VerifyingKey>, VerifyRecordError> {
    let text = String::from_utf8_lossy(&read(file)?).into_owned();
    let keys: Vec<VerifyingKey> = text
        .split_inclusive(KEY_END)
        .filter_map(|part| part.find("-----BEGIN PUBLIC KEY-----").map(|start| &part[start..]))
        .filter_map(|pem| VerifyingKey::from_public_key_pem(pem).ok())
        .collect();
    if keys.is_empty() { Err(VerifyRecordError::NoKey { file: file.display().to_string() }) } else { Ok(keys) }
}

fn read(file: &Path) -> Result<Vec<u8>, VerifyRecordError> {
    fs::read(file).map_err(|source| VerifyRecordError::Unreadable { file: file.display().to_string(), source })
}
