//! A creation that is sent twice is done once: the caller names it with `Idempotency-Key`, and the answer is kept for a
//! day beside it, in the transaction that did the work and for every replica.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use viruj_domain::ids::UserId;
use viruj_storage::{
    UnitOfWork,
    idempotency::{self, Claim, Claimed},
};
use zeroize::Zeroizing;

use crate::{
    error::{ApiError, ProblemCode},
    sealing::Sealer,
    secrets::SecretKey,
};

/// How long an answer is given again.
pub const KEPT_HOURS: i64 = 24;
const SHORTEST_KEY: usize = 8;
const LONGEST_KEY: usize = 128;
/// Says that the answer is one of before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The header `Idempotency-Key`, when there is one.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| {
            (SHORTEST_KEY..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        });
        match key {
            Some(key) => Ok(Self(Some(key.to_owned()))),
            None => Err(ProblemCode::IdempotencyKeyInvalid.into()),
        }
    }
}

/// Seals answers: one may hold a secret that is shown once.
pub struct Answers {
    sealer: Sealer,
}

/// A creation that is under way.
pub struct Creation<'a> {
    answers: &'a Answers,
    person: &'a UserId,
    key: Option<&'a str>,
}

/// What is to be done about a creation.
pub enum Begun<'a> {
    Now(Creation<'a>),
    /// It was done before; this is what was answered.
    Before(Response),
}

#[derive(Serialize, Deserialize)]
struct Kept {
    headers: Vec<(String, String)>,
    body: String,
}

impl Answers {
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self { sealer: Sealer::new(secret, "viruj idempotent answers v1") }
    }

    /// Claims the caller's key for this request, or finds what was answered to it before.
    ///
    /// # Errors
    /// 409 `idempotency_key_reused` for a key of another request.
    pub async fn begin<'a>(
        &'a self,
        unit: &mut UnitOfWork,
        person: &'a UserId,
        IdempotencyKey(key): &'a IdempotencyKey,
        (operation, request): (&str, &impl Serialize),
        now: DateTime<Utc>,
    ) -> Result<Begun<'a>, ApiError> {
        let creation = Creation { answers: self, person, key: key.as_deref() };
        let Some(key) = creation.key else { return Ok(Begun::Now(creation)) };
        let request_hash = Sha256::digest(serde_json::to_vec(request).map_err(ApiError::internal)?).into();
        let expires_at = now + TimeDelta::hours(KEPT_HOURS);
        let claim = Claim { person, key, operation, request_hash, now, expires_at };
        match idempotency::claim(unit, &claim).await? {
            Claimed::New => Ok(Begun::Now(creation)),
            Claimed::OfAnother => Err(ProblemCode::IdempotencyKeyReused.into()),
            Claimed::Done { status, sealed_answer } => {
                let kept = self.open(&sealed_answer, person, key)?;
                Ok(Begun::Before(answer(status, kept, true)?))
            }
        }
    }

    fn seal(&self, kept: &Kept, person: &UserId, key: &str) -> Result<Vec<u8>, ApiError> {
        let bytes = Zeroizing::new(serde_json::to_vec(kept).map_err(ApiError::internal)?);
        self.sealer.seal(&bytes, &belongs_to(person, key)).map_err(ApiError::internal)
    }

    fn open(&self, sealed: &[u8], person: &UserId, key: &str) -> Result<Kept, ApiError> {
        let opened = self.sealer.open(sealed, &belongs_to(person, key));
        let opened =
            opened.ok_or_else(|| ApiError::internal("a kept answer cannot be opened: SECRET_KEY is another one"))?;
        serde_json::from_slice(&opened.bytes).map_err(ApiError::internal)
    }
}

impl Creation<'_> {
    /// Writes the answer down beside its key and gives it back; the caller commits.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn settle(
        self,
        unit: &mut UnitOfWork,
        headers: &[(HeaderName, &str)],
        body: &impl Serialize,
    ) -> Result<Response, ApiError> {
        let status = StatusCode::CREATED.as_u16();
        let headers = headers.iter().map(|(name, value)| (name.to_string(), (*value).to_owned())).collect();
        let body = serde_json::to_string(body).map_err(ApiError::internal)?;
        let kept = Kept { headers, body };
        if let Some(key) = self.key {
            let sealed = self.answers.seal(&kept, self.person, key)?;
            idempotency::settle(unit, self.person, key, status, &sealed).await?;
        }
        answer(status, kept, false)
    }
}

/// An answer that was copied to another row does not open there.
fn belongs_to(person: &UserId, key: &str) -> Vec<u8> {
    [person.as_str().as_bytes(), &[0], key.as_bytes()].concat()
}

fn answer(status: u16, kept: Kept, is_replayed: bool) -> Result<Response, ApiError> {
    let mut response = kept.body.into_response();
    *response.status_mut() = StatusCode::from_u16(status).map_err(ApiError::internal)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in &kept.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(ApiError::internal)?;
        headers.insert(name, HeaderValue::from_str(value).map_err(ApiError::internal)?);
    }
    if is_replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_answer_opens_for_its_person_and_key_only() {
        let answers = Answers::new(&SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").unwrap());
        let other = Answers::new(&SecretKey::new("b3RoZXIgc2VjcmV0IG9mIGFub3RoZXIgcGxhbnQgMDEy").unwrap());
        let body = r#"{"one_time_secret":"abcde"}"#.to_owned();
        let kept = Kept { headers: vec![("etag".into(), "\"x\"".into())], body };
        let person = UserId::from("admin");
        let sealed = answers.seal(&kept, &person, "key-0001").unwrap();
        assert!(!sealed.windows(5).any(|bytes| bytes == b"abcde"));
        assert_eq!(answers.open(&sealed, &person, "key-0001").unwrap().body, kept.body);
        assert!(answers.open(&sealed, &UserId::from("other"), "key-0001").is_err());
        assert!(answers.open(&sealed, &person, "key-0002").is_err());
        assert!(answers.open(&sealed[..8], &person, "key-0001").is_err());
        assert!(other.open(&sealed, &person, "key-0001").is_err());
    }
}
