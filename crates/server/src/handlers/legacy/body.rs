//! Bodies as the old backend took them: unknown fields are ignored, and what is wrong is told field by field.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::StatusCode;
use serde_json::{Map, Value};
use viruj_api::legacy::FieldError;

use crate::error::{ApiError, ProblemCode};

/// A JSON object whose fields are asked for one by one.
pub struct Fields {
    body: Map<String, Value>,
    wrong: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(ProblemCode::BodyTooLarge),
            _ => ApiError::new(ProblemCode::MalformedJson).caused_by(error),
        })?;
        let of_the_body = |kind: &str, msg: &str, input: Value| {
            ApiError::new(ProblemCode::InvalidBody).with_fields(vec![FieldError {
                kind: kind.to_owned(),
                loc: vec!["body".to_owned()],
                msg: msg.to_owned(),
                input,
            }])
        };
        if bytes.is_empty() {
            return Err(of_the_body("missing", "Field required", Value::Null));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(body)) => Ok(Self { body, wrong: Vec::new() }),
            Ok(_) => Err(of_the_body(
                "model_attributes_type",
                "Input should be a valid dictionary or object to extract fields from",
                Value::Null,
            )),
            Err(_) => Err(of_the_body("json_invalid", "JSON decode error", Value::Object(Map::new()))),
        }
    }
}

impl Fields {
    /// A text of `shortest` to `longest` characters; what is wrong with it is told by [`Self::check`].
    pub fn text(&mut self, name: &str, shortest: usize, longest: usize) -> String {
        let (kind, msg) = match self.body.get(name) {
            None => ("missing", "Field required".to_owned()),
            Some(Value::String(text)) if text.chars().count() < shortest => {
                let letters = if shortest == 1 { "character" } else { "characters" };
                ("string_too_short", format!("String should have at least {shortest} {letters}"))
            }
            Some(Value::String(text)) if text.chars().count() > longest => {
                ("string_too_long", format!("String should have at most {longest} characters"))
            }
            Some(Value::String(text)) => return text.clone(),
            Some(_) => ("string_type", "Input should be a valid string".to_owned()),
        };
        self.refuse(name, kind, msg);
        String::new()
    }

    /// An e-mail address, as far as its form tells.
    pub fn email(&mut self, name: &str) -> String {
        let wrong_before = self.wrong.len();
        let email = self.text(name, 0, usize::MAX);
        let is_address = email.split_once('@').is_some_and(|(person, host)| {
            !person.is_empty() && !host.is_empty() && !host.contains('@') && !email.contains(char::is_whitespace)
        });
        if self.wrong.len() == wrong_before && !is_address {
            self.refuse(name, "value_error", "value is not a valid email address".to_owned());
        }
        email
    }

    /// # Errors
    /// 422 with every field that is wrong.
    pub fn check(self) -> Result<(), ApiError> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        Err(ApiError::new(ProblemCode::InvalidBody).with_fields(self.wrong))
    }

    /// The old backend gave back what was sent, passwords too; here they are left out.
    fn refuse(&mut self, name: &str, kind: &str, msg: String) {
        let input = match self.body.get(name) {
            Some(_) if name == "password" => Value::Null,
            Some(value) => value.clone(),
            None => {
                let others = self.body.iter().filter(|(name, _)| *name != "password");
                Value::Object(others.map(|(name, value)| (name.clone(), value.clone())).collect())
            }
        };
        let loc = vec!["body".to_owned(), name.to_owned()];
        self.wrong.push(FieldError { kind: kind.to_owned(), loc, msg, input });
    }
}
