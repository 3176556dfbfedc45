//! The key to which a station seals what it has not sent, so that nobody but the server reads the file on its way.

use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_api::server::ExportRecipient;

use super::{Domain, SlotError, fixed, key_id, key_of, sign, to_base64, verify};

/// The server's word that the recipient is its own.
#[must_use]
pub fn publish_recipient(recipient: &str, server: &SigningKey) -> ExportRecipient {
    ExportRecipient {
        recipient: recipient.to_owned(),
        key_id: key_id(&server.verifying_key()),
        signature: to_base64(&sign(Domain::ExportRecipient, recipient.as_bytes(), server)),
    }
}

/// Whether one of the server's keys signed the recipient.
///
/// # Errors
/// [`SlotError`].
pub fn verify_recipient(published: &ExportRecipient, server_keys: &[VerifyingKey]) -> Result<(), SlotError> {
    let key = key_of(&published.key_id, server_keys)?;
    let signature = fixed(&published.signature, "signature")?;
    Ok(verify(Domain::ExportRecipient, published.recipient.as_bytes(), &signature, key)?)
}
