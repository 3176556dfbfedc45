//! Changes that overwrite nobody else's: an answer carries a tag of what it shows, a change names the tag that it was
//! made from (RFC 9110, 13.1.1).

use axum::{
    Json,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, ProblemCode};

/// A tag of something that can be changed: the same for the same content, on every replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag(String);

impl Etag {
    /// The tag of what a change would overwrite; what changes by itself, a last sign-in for example, is not part of it.
    ///
    /// # Errors
    /// When the content cannot be written as JSON.
    pub fn of(content: &impl Serialize) -> Result<Self, ApiError> {
        let bytes = serde_json::to_vec(content).map_err(ApiError::internal)?;
        Ok(Self(format!("\"{}\"", &hex::encode(Sha256::digest(bytes))[..32])))
    }

    /// The tag of something whose changes are counted.
    #[must_use]
    pub fn counted(revision: impl std::fmt::Display) -> Self {
        Self(format!("\"{revision}\""))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The tags in `If-Match`; a change without them is 428 `if_match_required`.
///
/// `*` is refused like none: it would overwrite whatever is there.
#[derive(Clone, Debug)]
pub struct IfMatch(String);

impl IfMatch {
    /// Whether what is to be changed is still what the caller saw.
    ///
    /// # Errors
    /// 412 `changed_meanwhile`.
    pub fn check(&self, current: &Etag) -> Result<(), ApiError> {
        // Weak tags never match (RFC 9110, 13.1.1).
        let is_same = self.0.split(',').any(|tag| tag.trim() == current.0);
        if is_same { Ok(()) } else { Err(ProblemCode::ChangedMeanwhile.into()) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let tags = parts.headers.get_all(header::IF_MATCH).iter().filter_map(|value| value.to_str().ok());
        let tags = tags.collect::<Vec<_>>().join(",");
        if tags.trim().is_empty() || tags.trim() == "*" {
            return Err(ProblemCode::IfMatchRequired.into());
        }
        Ok(Self(tags))
    }
}

/// An answer with its tag.
pub struct Tagged<T> {
    pub status: StatusCode,
    pub etag: Etag,
    pub body: T,
}

impl<T> Tagged<T> {
    #[must_use]
    pub fn ok(etag: Etag, body: T) -> Self {
        Self { status: StatusCode::OK, etag, body }
    }
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Ok(value) = HeaderValue::from_str(self.etag.as_str()) {
            response.headers_mut().insert(header::ETAG, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    async fn if_match(value: Option<&str>) -> Result<IfMatch, ApiError> {
        let mut request = Request::builder();
        if let Some(value) = value {
            request = request.header(header::IF_MATCH, value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn a_change_names_what_it_was_made_from() {
        let etag = Etag::of(&("name", 1)).unwrap();
        assert_eq!(etag, Etag::of(&("name", 1)).unwrap());
        assert_ne!(etag, Etag::of(&("name", 2)).unwrap());
        for missing in [None, Some("*"), Some(" ")] {
            assert_eq!(if_match(missing).await.unwrap_err().code, ProblemCode::IfMatchRequired, "{missing:?}");
        }
        let listed = format!("\"other\", {}", etag.as_str());
        for same in [etag.as_str(), &listed] {
            assert!(if_match(Some(same)).await.unwrap().check(&etag).is_ok(), "{same}");
        }
        let weak = format!("W/{}", etag.as_str());
        for other in ["\"other\"", etag.as_str().trim_matches('"'), &weak] {
            let refused = if_match(Some(other)).await.unwrap().check(&etag).unwrap_err();
            assert_eq!(refused.code, ProblemCode::ChangedMeanwhile, "{other}");
        }
    }
}
