//! Extractors whose refusals are problem documents.

use axum::extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection};
use http::{StatusCode, request::Parts};
use serde::de::DeserializeOwned;

use crate::error::{ApiError, ProblemCode};

/// A JSON body; unknown fields are refused by its type (check 21).
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::JsonDataError(error)) => {
                Err(ApiError::new(ProblemCode::InvalidBody).with_detail(without_prefix(&error.body_text())))
            }
            Err(JsonRejection::JsonSyntaxError(error)) => {
                Err(ApiError::new(ProblemCode::MalformedJson).with_detail(without_prefix(&error.body_text())))
            }
            Err(JsonRejection::MissingJsonContentType(_)) => Err(ProblemCode::UnsupportedMediaType.into()),
            Err(other) if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(ProblemCode::BodyTooLarge.into()),
            Err(other) => Err(ApiError::new(ProblemCode::MalformedJson).caused_by(other)),
        }
    }
}

/// The query of the address; unknown fields are refused by its type.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(error) => Err(ApiError::new(ProblemCode::InvalidQuery).with_detail(without_prefix(&error.body_text()))),
        }
    }
}

/// One segment of the path as text; what it names is looked up by the handler.
pub struct Segment(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::<String>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(segment)) => Ok(Self(segment)),
            Err(_) => Err(ProblemCode::NotFound.into()),
        }
    }
}

/// Two segments of the path as texts.
pub struct Segments(pub String, pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segments {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path((first, second))) => Ok(Self(first, second)),
            Err(_) => Err(ProblemCode::NotFound.into()),
        }
    }
}

/// axum puts a sentence of its own before what is wrong.
fn without_prefix(text: &str) -> String {
    text.split_once(": ").map_or(text, |(_, rest)| rest).to_owned()
}
