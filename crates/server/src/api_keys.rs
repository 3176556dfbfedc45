//! API keys: how a machine or a report proves itself, and how often it may ask (check 14).
//!
//! A key's text is `vk_`, its id and 260 bits of chance, so a scanner finds one that was left in a file. Of it a hash is
//! kept. Each request looks its key up by the id, in one statement, so a key that was revoked or has run out is refused
//! by every replica from the commit on. A key reads rows of its plants and is nobody: what signs or changes anything
//! asks for a [`crate::caller::Caller`], which no key becomes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use viruj_domain::{capability::Capability, ids::ApiKeyId, plant::PlantScope};
use viruj_storage::api_keys::{self, KnownApiKey};

use crate::{
    alerts,
    application::AppState,
    attempts::Kind,
    caller::Address,
    error::{ApiError, ProblemCode},
    secrets::{Secret, letters},
};

/// What every key begins with, and no other token.
pub const PREFIX: &str = "vk_";
const ID_LETTERS: usize = 32;
/// Five bits each.
const SECRET_LETTERS: usize = 52;
/// So many requests are taken from the key's limit at once, so that not every request writes.
pub const REQUESTS_AT_ONCE: u32 = 20;
/// More keys than an installation has; beyond it everything is forgotten, which costs a statement each.
const MOST_COUNTED: usize = 10_000;

/// A new key, and what is kept of it.
pub struct NewKey {
    pub text: Secret,
    pub hash: [u8; 32],
}

/// A text that looks like a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PresentedKey {
    id: ApiKeyId,
    hash: [u8; 32],
}

/// A machine or a report that has shown a key which is good now.
#[derive(Clone, Debug)]
pub struct KeyCaller {
    pub id: ApiKeyId,
    pub scopes: Vec<Capability>,
    /// The plants whose rows it reads; never all.
    pub plants: PlantScope,
}

/// Makes the text of a key.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn make(id: ApiKeyId) -> Result<NewKey, getrandom::Error> {
    let text = format!("{PREFIX}{}_{}", id.0.simple(), letters::<SECRET_LETTERS>()?);
    Ok(NewKey { hash: Sha256::digest(&text).into(), text: Secret::new(text) })
}

fn read(text: &str) -> Option<PresentedKey> {
    let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
    if id.len() != ID_LETTERS || secret.len() != SECRET_LETTERS {
        return None;
    }
    // The hash is over the whole text, so another spelling of the id is another key.
    Some(PresentedKey { id: ApiKeyId(Uuid::try_parse(id).ok()?), hash: Sha256::digest(text).into() })
}

/// Whoever shows this key.
///
/// # Errors
/// 401 `invalid_token` for a text that is no key, an unknown one, a revoked one and one that has run out; 429 when too
/// many such come from the address, or when the key has asked too often.
pub async fn caller_of(app: &AppState, text: &str, address: Address) -> Result<KeyCaller, ApiError> {
    let now = app.clock.now();
    let Some((id, key)) = usable(app, text, now).await? else {
        return Err(refuse(app, address, now).await?);
    };
    // Whose request it is stands in its log lines.
    tracing::Span::current().record("api_key", tracing::field::display(id));
    app.key_rates.take(app, id, now).await?;
    api_keys::note_use(&app.database, id, &key, now).await?;
    Ok(KeyCaller { id, scopes: key.scopes, plants: PlantScope::Only(key.plant_ids.into_iter().collect()) })
}

async fn usable(app: &AppState, text: &str, now: DateTime<Utc>) -> Result<Option<(ApiKeyId, KnownApiKey)>, ApiError> {
    let Some(presented) = read(text) else { return Ok(None) };
    let Some(known) = api_keys::known_key(&app.database, presented.id, now).await? else { return Ok(None) };
    let is_it = bool::from(known.secret_hash.ct_eq(&presented.hash));
    if is_it && !known.state.is_usable() {
        // Only who has the key learns that it has ended, and only from the log.
        tracing::info!(api_key = %presented.id, state = ?known.state, "a key that has ended was shown");
    }
    Ok((is_it && known.state.is_usable()).then_some((presented.id, known)))
}

/// Counts what failed from the address; a key that is good is taken from there all the same (check 12).
async fn refuse(app: &AppState, address: Address, now: DateTime<Utc>) -> Result<ApiError, ApiError> {
    let counted = app.attempts.of(Kind::ApiKeyAddress, &[&address.network()], None);
    Ok(match counted.take(&app.database, now).await? {
        Ok(attempt) => {
            if attempt.is_last {
                let mut unit = app.begin_for_system("api_keys", "keys that fail").await?;
                alerts::keys_closed_at_address(&mut unit, address, attempt, now).await?;
                unit.commit().await?;
            }
            ProblemCode::InvalidToken.into()
        }
        Err(closed) => closed.into(),
    })
}

/// How often each key may ask, by all replicas together.
///
/// The count is kept where the other attempts are; each replica takes some requests at once and lets so many pass
/// before it asks again. So a key gets what [`Kind::ApiKey`] says, and at most [`REQUESTS_AT_ONCE`] more for each replica.
#[derive(Default)]
pub struct KeyRates {
    taken: Mutex<HashMap<ApiKeyId, Arc<tokio::sync::Mutex<Taken>>>>,
}

#[derive(Default)]
struct Taken {
    left: u32,
    until: DateTime<Utc>,
}

impl KeyRates {
    /// # Errors
    /// 429 `too_many_requests`.
    async fn take(&self, app: &AppState, id: ApiKeyId, now: DateTime<Utc>) -> Result<(), ApiError> {
        let taken = self.of(id);
        // Held while the database is asked: requests that come together take once together.
        let mut taken = taken.lock().await;
        if taken.left == 0 || taken.until <= now {
            let counted = app.attempts.of(Kind::ApiKey, &[&id.to_string()], None);
            if let Err(closed) = counted.take(&app.database, now).await? {
                return Err(ApiError::new(ProblemCode::TooManyRequests).retry_after(closed.seconds));
            }
            *taken = Taken { left: REQUESTS_AT_ONCE, until: now + Kind::ApiKey.limit().window };
        }
        taken.left -= 1;
        Ok(())
    }

    fn of(&self, id: ApiKeyId) -> Arc<tokio::sync::Mutex<Taken>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= MOST_COUNTED && !taken.contains_key(&id) {
            taken.clear();
        }
        taken.entry(id).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_14_a_key_is_found_by_scanners_and_never_the_same() {
        let id = ApiKeyId(Uuid::now_v7());
        let (key, other) = (make(id).unwrap(), make(id).unwrap());
        let text = key.text.expose();
        assert!(text.starts_with(&format!("vk_{}_", id.0.simple())), "{text}");
        assert_eq!(text.len(), PREFIX.len() + ID_LETTERS + 1 + SECRET_LETTERS);
        assert_ne!(text, other.text.expose());
        assert_eq!(read(text), Some(PresentedKey { id, hash: key.hash }));
        assert_ne!(read(text).map(|key| key.hash), read(other.text.expose()).map(|key| key.hash));
    }

    #[test]
    fn sec_14_what_is_not_written_like_a_key_is_none() {
        let key = make(ApiKeyId(Uuid::now_v7())).unwrap();
        let text = key.text.expose();
        let longer = format!("{text}a");
        let hyphenated = text.replacen(&text[3..11], &format!("{}-", &text[3..10]), 1);
        for bad in ["", "vk_", "vk__", &text[1..], &text[..text.len() - 1], &longer, &hyphenated, "vk_é_é"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let upper = text.to_uppercase().replacen("VK_", PREFIX, 1);
        assert_ne!(read(&upper).map(|read| read.hash), Some(key.hash), "another spelling is another key");
    }
}
