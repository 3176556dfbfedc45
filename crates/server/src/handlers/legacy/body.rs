//! Bodies as the old backend took them: unknown fields are ignored, and what is wrong is told field by field.

mod numbers;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use chrono::NaiveDate;
use http::StatusCode;
use serde_json::{Map, Value};
use viruj_api::legacy::{FieldError, Place};

pub use self::numbers::Range;
use crate::error::{ApiError, ProblemCode};

/// A JSON object whose fields are asked for one by one.
pub struct Fields {
    body: Map<String, Value>,
    at: Vec<Place>,
    wrong: Vec<FieldError>,
}

/// A JSON list of such objects.
pub struct ListOfFields(Vec<Fields>);

const NOT_AN_OBJECT: &str = "Input should be a valid dictionary or object to extract fields from";

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match read(request, state).await? {
            Value::Object(body) => Ok(Self::of(body, the_body())),
            _ => Err(refusal(the_body(), "model_attributes_type", NOT_AN_OBJECT, Value::Null)),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for ListOfFields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let Value::Array(items) = read(request, state).await? else {
            return Err(refusal(the_body(), "list_type", "Input should be a valid list", Value::Null));
        };
        let read = items.into_iter().enumerate().map(|(index, item)| object(the_body(), index, item));
        Ok(Self(read.collect::<Result<_, _>>().map_err(in_fields)?))
    }
}

impl ListOfFields {
    /// # Errors
    /// 422 when there are more than `most`.
    pub fn at_most(self, most: usize) -> Result<Vec<Fields>, ApiError> {
        if self.0.len() > most {
            return Err(refusal(the_body(), "too_long", &too_long(most, self.0.len()), Value::Null));
        }
        Ok(self.0)
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Value, ApiError> {
    let bytes = Bytes::from_request(request, state).await.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(ProblemCode::BodyTooLarge),
        _ => ApiError::new(ProblemCode::MalformedJson).caused_by(error),
    })?;
    if bytes.is_empty() {
        return Err(refusal(the_body(), "missing", "Field required", Value::Null));
    }
    serde_json::from_slice(&bytes)
        .map_err(|_| refusal(the_body(), "json_invalid", "JSON decode error", Value::Object(Map::new())))
}

fn the_body() -> Vec<Place> {
    vec![Place::Name("body".to_owned())]
}

/// One field, or a parameter of the query, that is not as it should be.
pub fn refusal(loc: Vec<Place>, kind: &str, msg: &str, input: Value) -> ApiError {
    in_fields(FieldError { kind: kind.to_owned(), loc, msg: msg.to_owned(), input })
}

fn in_fields(error: FieldError) -> ApiError {
    ApiError::new(ProblemCode::InvalidBody).with_fields(vec![error])
}

fn object(mut at: Vec<Place>, index: usize, item: Value) -> Result<Fields, FieldError> {
    at.push(Place::Index(index));
    match item {
        Value::Object(body) => Ok(Fields::of(body, at)),
        other => Err(FieldError {
            kind: "model_attributes_type".to_owned(),
            loc: at,
            msg: NOT_AN_OBJECT.to_owned(),
            input: other,
        }),
    }
}

fn too_long(most: usize, found: usize) -> String {
    format!("List should have at most {most} items after validation, not {found}")
}

/// PostgreSQL keeps no text with a zero byte.
fn holds_zero(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_zero),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_zero(value)),
        _ => false,
    }
}

impl Fields {
    fn of(body: Map<String, Value>, at: Vec<Place>) -> Self {
        Self { body, at, wrong: Vec::new() }
    }

    /// Whether the field was sent, even as `null`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.body.contains_key(name)
    }

    fn given(&self, name: &str) -> bool {
        self.body.get(name).is_some_and(|value| !value.is_null())
    }

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
            Some(Value::String(text)) if text.contains('\0') => {
                ("value_error", "Value error, a text holds no zero character".to_owned())
            }
            Some(Value::String(text)) => return text.clone(),
            Some(_) => ("string_type", "Input should be a valid string".to_owned()),
        };
        self.refuse(name, kind, msg);
        String::new()
    }

    /// As [`Self::text`], or none.
    pub fn optional_text(&mut self, name: &str, longest: usize) -> Option<String> {
        self.given(name).then(|| self.text(name, 0, longest))
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

    /// One of the words of a table.
    pub fn word<T: Copy + std::str::FromStr + std::fmt::Display>(&mut self, name: &str, words: &[T]) -> Option<T> {
        let wrong_before = self.wrong.len();
        let text = self.text(name, 0, usize::MAX);
        if self.wrong.len() > wrong_before {
            return None;
        }
        let word = text.parse().ok();
        if word.is_none() {
            let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            let listed = match quoted.split_last() {
                Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
                _ => quoted.join(", "),
            };
            self.refuse(name, "literal_error", format!("Input should be {listed}"));
        }
        word
    }

    /// Yes or no; `default` when it is left out.
    pub fn flag(&mut self, name: &str, default: Option<bool>) -> Option<bool> {
        match self.body.get(name) {
            None => default,
            Some(Value::Null) => None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(_) => {
                self.refuse(name, "bool_type", "Input should be a valid boolean".to_owned());
                None
            }
        }
    }

    /// A day as `2026-11-24`, or none.
    pub fn optional_date(&mut self, name: &str) -> Option<NaiveDate> {
        if !self.given(name) {
            return None;
        }
        let date = self.body.get(name).and_then(Value::as_str).and_then(|text| text.parse().ok());
        if date.is_none() {
            self.refuse(name, "date_from_datetime_parsing", "Input should be a valid date, YYYY-MM-DD".to_owned());
        }
        date
    }

    /// A JSON object of whatever content, of at most `longest` bytes.
    pub fn object(&mut self, name: &str, longest: usize) -> Map<String, Value> {
        let (kind, msg) = match self.body.get(name) {
            None => ("missing", "Field required".to_owned()),
            Some(value @ Value::Object(_)) if holds_zero(value) => {
                ("value_error", "Value error, a text holds no zero character".to_owned())
            }
            Some(value @ Value::Object(_)) if value.to_string().len() > longest => {
                ("value_error", format!("Value error, at most {longest} bytes are kept"))
            }
            Some(Value::Object(fields)) => return fields.clone(),
            Some(_) => ("dict_type", "Input should be a valid dictionary".to_owned()),
        };
        self.refuse(name, kind, msg);
        Map::new()
    }

    /// A list of at most `most` objects, each read by `read`; none when it is left out.
    pub fn list<T>(&mut self, name: &str, most: usize, mut read: impl FnMut(&mut Fields) -> T) -> Vec<T> {
        let items = match self.body.get(name) {
            None => return Vec::new(),
            Some(Value::Array(items)) if items.len() > most => {
                let msg = too_long(most, items.len());
                self.refuse(name, "too_long", msg);
                return Vec::new();
            }
            Some(Value::Array(items)) => items.clone(),
            Some(_) => {
                self.refuse(name, "list_type", "Input should be a valid list".to_owned());
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            match object(self.place(name), index, item) {
                Ok(mut fields) => {
                    found.push(read(&mut fields));
                    self.wrong.append(&mut fields.wrong);
                }
                Err(error) => self.wrong.push(error),
            }
        }
        found
    }

    /// # Errors
    /// 422 with every field that is wrong.
    pub fn check(self) -> Result<(), ApiError> {
        check_all([self])
    }

    /// Says what only a look beyond the field tells.
    pub fn refuse_value(&mut self, name: &str, msg: &str) {
        self.refuse(name, "value_error", format!("Value error, {msg}"));
    }

    fn place(&self, name: &str) -> Vec<Place> {
        self.at.iter().cloned().chain([Place::Name(name.to_owned())]).collect()
    }

    /// The old backend gave back what was sent, passwords too; here they are left out.
    fn refuse(&mut self, name: &str, kind: &str, msg: String) {
        let input = match self.body.get(name) {
            Some(_) if name == "password" => Value::Null,
            // What is long is not sent twice.
            Some(Value::Array(_)) => Value::Null,
            Some(value) => value.clone(),
            None => {
                let others = self.body.iter().filter(|(name, _)| *name != "password");
                Value::Object(others.map(|(name, value)| (name.clone(), value.clone())).collect())
            }
        };
        let loc = self.place(name);
        self.wrong.push(FieldError { kind: kind.to_owned(), loc, msg, input });
    }
}

/// # Errors
/// 422 with every field that is wrong, of all of them.
pub fn check_all(all: impl IntoIterator<Item = Fields>) -> Result<(), ApiError> {
    let wrong: Vec<_> = all.into_iter().flat_map(|fields| fields.wrong).collect();
    if wrong.is_empty() { Ok(()) } else { Err(ApiError::new(ProblemCode::InvalidBody).with_fields(wrong)) }
}
