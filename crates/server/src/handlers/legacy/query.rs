//! Queries as the old backend took them: parameters that it did not know were ignored.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde_json::Value;
use viruj_api::legacy::Place;

use super::body::refusal;
use crate::error::{ApiError, ProblemCode};

/// The parameters of the address by their names.
pub struct Parameters(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            Err(error) => Err(ApiError::new(ProblemCode::InvalidQuery).caused_by(error)),
        }
    }
}

impl Parameters {
    /// The parameter, when it was sent. No row holds a text with a zero byte.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|text| text.replace('\0', "\u{fffd}"))
    }

    /// 422 for a parameter that has none of the values that there are.
    pub fn refuse(&self, name: &str, msg: &str) -> ApiError {
        let place = vec![Place::Name("query".to_owned()), Place::Name(name.to_owned())];
        refusal(place, "value_error", msg, self.text(name).map_or(Value::Null, Value::String))
    }
}
