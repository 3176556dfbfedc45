//! The keys to which a station seals: what it has not sent, so that nobody but the server reads the file on its way, and
//! its own keys, so that the site can put them back.

use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_api::server::{ExportRecipient, RecoveryRecipients};

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

/// The server's word for the site's recovery keys.
#[must_use]
pub fn publish_recovery(recipients: &str, server: &SigningKey) -> RecoveryRecipients {
    RecoveryRecipients {
        recipients: recipients.to_owned(),
        key_id: key_id(&server.verifying_key()),
        signature: to_base64(&sign(Domain::RecoveryRecipients, recipients.as_bytes(), server)),
    }
}

/// Whether one of the server's keys signed the recipients.
///
/// # Errors
/// [`SlotError`].
pub fn verify_recovery(published: &RecoveryRecipients, server_keys: &[VerifyingKey]) -> Result<(), SlotError> {
    let key = key_of(&published.key_id, server_keys)?;
    let signature = fixed(&published.signature, "signature")?;
    Ok(verify(Domain::RecoveryRecipients, published.recipients.as_bytes(), &signature, key)?)
}
