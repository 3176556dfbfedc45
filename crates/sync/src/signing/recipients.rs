//! The keys to which a station seals: what it has not sent, so that nobody but the server reads the file on its way, and
//! its own keys, so that the site can put them back.

use ed25519_dalek::{SigningKey, VerifyingKey};
use viruj_api::server::{ExportRecipient, RecoveryRecipients};

use super::{Domain, SlotError, fixed, key_id, key_of, sign, to_base64, verify};

/// The server's word that the recipient is its own.
#[must_use]
pub fn publish_recipient(recipient: &str, server: &SigningKey) -> ExportRecipient {
    let (key_id, signature) = word_for(Domain::ExportRecipient, recipient, server);
    ExportRecipient { recipient: recipient.to_owned(), key_id, signature }
}

/// Whether one of the server's keys signed the recipient.
///
/// # Errors
/// [`SlotError`].
pub fn verify_recipient(published: &ExportRecipient, server_keys: &[VerifyingKey]) -> Result<(), SlotError> {
    let word = (published.key_id.as_str(), published.signature.as_str());
    is_word_for(Domain::ExportRecipient, &published.recipient, word, server_keys)
}

/// The server's word for the site's recovery keys.
#[must_use]
pub fn publish_recovery(recipients: &str, server: &SigningKey) -> RecoveryRecipients {
    let (key_id, signature) = word_for(Domain::RecoveryRecipients, recipients, server);
    RecoveryRecipients { recipients: recipients.to_owned(), key_id, signature }
}

/// Whether one of the server's keys signed the recipients.
///
/// # Errors
/// [`SlotError`].
pub fn verify_recovery(published: &RecoveryRecipients, server_keys: &[VerifyingKey]) -> Result<(), SlotError> {
    let word = (published.key_id.as_str(), published.signature.as_str());
    is_word_for(Domain::RecoveryRecipients, &published.recipients, word, server_keys)
}

/// The id of the key, and its signature.
fn word_for(domain: Domain, text: &str, server: &SigningKey) -> (String, String) {
    (key_id(&server.verifying_key()), to_base64(&sign(domain, text.as_bytes(), server)))
}

fn is_word_for(
    domain: Domain,
    text: &str,
    (key_id, signature): (&str, &str),
    server_keys: &[VerifyingKey],
) -> Result<(), SlotError> {
    let key = key_of(key_id, server_keys)?;
    Ok(verify(domain, text.as_bytes(), &fixed(signature, "signature")?, key)?)
}
