//! Leases: the server's word that a batch is a station's to execute, which the station shows while the server is away.

use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_api::leases::{LeaseGrant, SignedLease};

use super::{Domain, SigningError, SlotError, bytes_of, fixed, key_id, key_of, read, sign, to_base64, verify};
use crate::canonical::to_canonical;

/// The server's word for the lease.
///
/// # Errors
/// [`SigningError::Canonical`] where it holds a number that has no canonical form.
pub fn grant(lease: &LeaseGrant, server: &SigningKey) -> Result<SignedLease, SigningError> {
    let bytes = to_canonical(lease)?;
    Ok(SignedLease {
        lease: to_base64(&bytes),
        key_id: key_id(&server.verifying_key()),
        signature: to_base64(&sign(Domain::Lease, &bytes, server)),
    })
}

/// The lease, when one of the server's keys signed it.
///
/// # Errors
/// [`SlotError`].
pub fn verify_lease(signed: &SignedLease, server_keys: &[VerifyingKey]) -> Result<LeaseGrant, SlotError> {
    let key = key_of(&signed.key_id, server_keys)?;
    let bytes = bytes_of(&signed.lease, "lease")?;
    verify(Domain::Lease, &bytes, &fixed(&signed.signature, "signature")?, key)?;
    Ok(read(&bytes, "lease")?)
}
