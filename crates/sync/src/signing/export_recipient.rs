//! The key to which a station seals what it has not sent, so that nobody but the server reads the file on its way.

use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_api::server::ExportRecipient;

use super::{Domain, SlotError, fixed, key_id, sign, to_base64, verify};

/// The server's word that the recipient is its own.
#[must_use]
pub fn publish_recipient(recipient: &str, server: &SigningKey) -> ExportRecipient {
    ExportRecipient {
        recipient: recipient.to_owned(),
        key_id: key_id(&server.verifying_key()),
        signature: to_base64(&sign(Domain::ExportRecipient, recipient.as_bytes(), server)),
    }
}

/// The recipient, when one of the server's keys signed it.
///
/// # Errors
/// [`SlotError`].
pub fn verify_recipient<'a>(published: &'a ExportRecipient, keys: &[VerifyingKey]) -> Result<&'a str, SlotError> {
    let key = keys.iter().find(|key| key_id(key) == published.key_id);
    let key = key.ok_or_else(|| SlotError::UnknownKey(published.key_id.clone()))?;
    let signature = fixed(&published.signature, "signature")?;
    verify(Domain::ExportRecipient, published.recipient.as_bytes(), &signature, key)?;
    Ok(&published.recipient)
}
