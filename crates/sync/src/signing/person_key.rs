//! Keys of people: a station makes one, the server certifies it, and it signs while the server is away.

use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_api::{
    person_keys::{PersonKeyCertificate, SignedCertificate},
    statement::PersonSlot,
};
use viruj_domain::ids::{StationId, UserId};

use super::{
    Domain, SigningError, SlotError, bytes_of, fixed, from_base64, key_id, key_of, public_key, read, sign, to_base64,
    verify,
};
use crate::canonical::to_canonical;

/// The server's word that the key is the person's.
///
/// # Errors
/// [`SigningError::Canonical`] where it holds a number that has no canonical form.
pub fn certify(certificate: &PersonKeyCertificate, server: &SigningKey) -> Result<SignedCertificate, SigningError> {
    let bytes = to_canonical(certificate)?;
    Ok(SignedCertificate {
        certificate: to_base64(&bytes),
        key_id: key_id(&server.verifying_key()),
        signature: to_base64(&sign(Domain::PersonKey, &bytes, server)),
    })
}

/// The certificate, when one of the server's keys signed it and it names the key that it is for.
///
/// # Errors
/// [`SlotError`].
pub fn verify_certificate(
    signed: &SignedCertificate,
    server_keys: &[VerifyingKey],
) -> Result<PersonKeyCertificate, SlotError> {
    let key = key_of(&signed.key_id, server_keys)?;
    let bytes = bytes_of(&signed.certificate, "certificate")?;
    verify(Domain::PersonKey, &bytes, &fixed(&signed.signature, "signature")?, key)?;
    let certificate: PersonKeyCertificate = read(&bytes, "certificate")?;
    if key_id(&public_key(&certificate.public_key)?) != certificate.key_id {
        return Err(SlotError::ForAnother("key"));
    }
    Ok(certificate)
}

/// Reads a certificate out of its slot without verifying it: [`verify_certificate`] does that.
///
/// # Errors
/// [`SigningError`] where it is not one.
pub fn read_certificate(signed: &SignedCertificate) -> Result<PersonKeyCertificate, SigningError> {
    read(&bytes_of(&signed.certificate, "certificate")?, "certificate")
}

/// The person's slot of an envelope, signed by the person's key.
#[must_use]
pub fn sign_statement(statement: &[u8], key: &SigningKey, certificate: SignedCertificate) -> PersonSlot {
    PersonSlot::PersonKey { certificate, signature: to_base64(&sign(Domain::Statement, statement, key)) }
}

/// Shows the server that whoever asks for a certificate holds the key.
#[must_use]
pub fn prove_possession(person: &UserId, station: StationId, key: &SigningKey) -> String {
    to_base64(&sign(Domain::Possession, possession_text(person, station).as_bytes(), key))
}

/// # Errors
/// [`SigningError::BadSignature`] or [`SigningError::BadEncoding`].
pub fn verify_possession(
    possession: &str,
    person: &UserId,
    station: StationId,
    key: &VerifyingKey,
) -> Result<(), SigningError> {
    let signature = from_base64(possession, "possession")?;
    verify(Domain::Possession, possession_text(person, station).as_bytes(), &signature, key)
}

fn possession_text(person: &UserId, station: StationId) -> String {
    format!("{person}\n{station}")
}
