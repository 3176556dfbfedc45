//! A master batch record as a file: its schema, and what is wrong with one, place by place.
//!
//! The schema is made from the wire types. Their descriptions say "one of these" of a kind of phase; here each kind hangs
//! on its `type`, so that whoever validates is told what is wrong inside it and not that nothing fits.

use std::sync::OnceLock;

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};
use viruj_api::master_records::{FILE_FORMAT, FILE_VERSION, MasterRecordFile};
use viruj_domain::master::{self, Fault, FaultCode, Procedure};

/// Where the schema is at home.
const SCHEMA_ID: &str = "urn:viruj:schema:master-batch-record:1";
const DEFINITIONS: &str = "#/$defs/";
/// What `ExactDecimal` reads.
const DECIMAL: &str = r"^-?[0-9]+(\.[0-9]+)?$";
/// Faults that are told of one file; whoever mends them asks again.
const MOST_FAULTS: usize = 1000;
/// A word that was found is told so far.
const LONGEST_WORD: usize = 60;

/// Why a file is no procedure.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the file has {} faults", .0.len())]
    Faults(Vec<Fault>),
    #[error("the schema of the file cannot be used: {0}")]
    Schema(String),
}

/// Reads a file, or tells everything that is wrong with it: what is not of the schema first, and of a file that is, what
/// the rules say.
///
/// # Errors
/// [`ReadError`].
pub fn read(text: &str) -> Result<Procedure, ReadError> {
    let not_a_file = |error: serde_json::Error| {
        // With line and column.
        ReadError::Faults(vec![fault(String::new(), FaultCode::NotAFile, error.to_string())])
    };
    // Depth is bounded by the parser.
    let value: Value = serde_json::from_str(text).map_err(not_a_file)?;
    let mut faults: Vec<Fault> = validator()?.iter_errors(&value).take(MOST_FAULTS).flat_map(told).collect();
    if !faults.is_empty() {
        faults.sort();
        faults.dedup();
        faults.truncate(MOST_FAULTS);
        return Err(ReadError::Faults(faults));
    }
    // From the text, since a field that stands there twice is one in the value.
    let file: MasterRecordFile = serde_json::from_str(text)
        .map_err(|error| ReadError::Faults(vec![fault(String::new(), FaultCode::WrongType, error.to_string())]))?;
    let faults = master::faults(&file.procedure);
    if faults.is_empty() { Ok(file.procedure) } else { Err(ReadError::Faults(faults)) }
}

fn fault(path: String, code: FaultCode, detail: String) -> Fault {
    Fault { path, code, detail }
}

/// The faults of one error of the validator.
fn told(error: ValidationError<'_>) -> Vec<Fault> {
    let place = error.instance_path().to_string();
    let one = |code, detail| vec![placed(&place, None, code, detail)];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| placed(&place, Some(name), FaultCode::UnknownField, shortened(name))).collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![placed(&place, Some(name), FaultCode::FieldMissing, name.to_owned())]
        }
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => match error.instance().as_str() {
            Some(word) => one(FaultCode::UnknownWord, shortened(word)),
            None => one(FaultCode::WrongType, shortened(&error.instance().to_string())),
        },
        ValidationErrorKind::Type { .. } => one(FaultCode::WrongType, error.masked_with("the value").to_string()),
        ValidationErrorKind::Pattern { .. } => one(FaultCode::WrongType, shortened(&error.instance().to_string())),
        other => one(FaultCode::WrongType, other.keyword().to_owned()),
    }
}

/// Places are those of the procedure; what lies beside it in the file is told at the whole, by its name.
fn placed(pointer: &str, field: Option<&str>, code: FaultCode, detail: String) -> Fault {
    let escaped = field.map(|field| format!("/{}", field.replace('~', "~0").replace('/', "~1")));
    let whole = format!("{pointer}{}", escaped.unwrap_or_default());
    match whole.strip_prefix("/procedure") {
        Some(path) if path.is_empty() || path.starts_with('/') => fault(path.to_owned(), code, detail),
        _ => fault(String::new(), code, if detail.is_empty() { whole } else { format!("{whole}: {detail}") }),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_WORD {
        return text.to_owned();
    }
    text.chars().take(LONGEST_WORD).chain(['…']).collect()
}

fn validator() -> Result<&'static Validator, ReadError> {
    static VALIDATOR: OnceLock<Result<Validator, String>> = OnceLock::new();
    let made = VALIDATOR.get_or_init(|| jsonschema::draft202012::new(&schema()).map_err(|error| error.to_string()));
    made.as_ref().map_err(|error| ReadError::Schema(error.clone()))
}

/// The schema of a file, JSON Schema 2020-12.
#[must_use]
pub fn schema() -> Value {
    let mut named = Vec::new();
    MasterRecordFile::schemas(&mut named);
    let definitions: Map<String, Value> = named.into_iter().map(|(name, schema)| (name, as_value(schema))).collect();
    let mut document = as_value(MasterRecordFile::schema());
    rewrite(&mut document, &definitions);
    let mut rewritten = definitions.clone();
    for definition in rewritten.values_mut() {
        rewrite(definition, &definitions);
    }
    if let Some(Value::Object(decimal)) = rewritten.get_mut("ExactDecimal") {
        decimal.insert("pattern".to_owned(), DECIMAL.into());
    }
    if let Value::Object(document) = &mut document {
        if let Some(Value::Object(fields)) = document.get_mut("properties") {
            fields.insert("format".to_owned(), json!({ "const": FILE_FORMAT }));
            fields.insert("format_version".to_owned(), json!({ "const": FILE_VERSION }));
        }
        document.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        document.insert("$id".to_owned(), SCHEMA_ID.into());
        document.insert("title".to_owned(), "Master batch record".into());
        document.insert("$defs".to_owned(), Value::Object(rewritten));
    }
    document
}

fn as_value(schema: impl serde::Serialize) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// Makes a schema of the OpenAPI document one that stands for itself.
fn rewrite(schema: &mut Value, definitions: &Map<String, Value>) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, definitions)),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.strip_prefix("#/components/schemas/")
            {
                *reference = format!("{DEFINITIONS}{name}");
            }
            if let Some(Value::Array(choices)) = members.remove("oneOf") {
                choose(members, choices, definitions);
            }
            members.values_mut().for_each(|member| rewrite(member, definitions));
        }
        _ => {}
    }
}

/// "Null or this" and "one of these by its `type`" as conditions; anything else stays one of these.
fn choose(schema: &mut Map<String, Value>, choices: Vec<Value>, definitions: &Map<String, Value>) {
    if let [nothing, something] = &choices[..]
        && nothing["type"] == "null"
    {
        schema.insert("if".to_owned(), json!({ "type": "null" }));
        schema.insert("then".to_owned(), json!(true));
        schema.insert("else".to_owned(), something.clone());
        return;
    }
    let merged: Vec<Map<String, Value>> = choices.iter().map(|choice| merged(choice, definitions)).collect();
    let words: Option<Vec<Value>> =
        merged.iter().map(|choice| Some(choice.get("properties")?["type"]["enum"][0].clone())).collect();
    let Some(words) = words.filter(|words| words.iter().all(Value::is_string)) else {
        schema.insert("oneOf".to_owned(), Value::Array(choices));
        return;
    };
    let conditions = words.iter().zip(merged).map(|(word, choice)| {
        json!({ "if": { "properties": { "type": { "const": word } }, "required": ["type"] }, "then": choice })
    });
    schema.insert("allOf".to_owned(), conditions.collect());
    schema.insert("type".to_owned(), "object".into());
    schema.insert("required".to_owned(), json!(["type"]));
    schema.insert("properties".to_owned(), json!({ "type": { "enum": words } }));
}

/// One object of the parts of an `allOf`, in which no part refuses the fields of another.
fn merged(choice: &Value, definitions: &Map<String, Value>) -> Map<String, Value> {
    let parts = choice["allOf"].as_array().cloned().unwrap_or_else(|| vec![choice.clone()]);
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in &parts {
        let reference = part["$ref"].as_str().and_then(|text| text.strip_prefix("#/components/schemas/"));
        let part = reference.and_then(|name| definitions.get(name)).unwrap_or(part);
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    let mut one = Map::new();
    if let Some(description) = choice.get("description") {
        one.insert("description".to_owned(), description.clone());
    }
    one.insert("type".to_owned(), "object".into());
    one.insert("properties".to_owned(), Value::Object(properties));
    one.insert("required".to_owned(), Value::Array(required));
    one.insert("additionalProperties".to_owned(), false.into());
    one
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// Renew with `VIRUJ_WRITE_BINDINGS=1 cargo test -p viruj-server the_committed_schema`.
    #[test]
    fn the_committed_schema_is_the_one_that_the_types_have() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/master-batch-record.schema.json");
        let made = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if std::env::var_os("VIRUJ_WRITE_BINDINGS").is_some() {
            fs::write(&committed, &made).unwrap();
        }
        assert_eq!(fs::read_to_string(committed).unwrap(), made, "the schema is stale: renew it");
    }

    #[test]
    fn the_schema_is_one() {
        assert!(jsonschema::draft202012::meta::is_valid(&schema()));
        assert!(validator().is_ok());
        assert!(!schema().to_string().contains("#/components/"), "it stands for itself");
    }

    #[test]
    fn sec_21_what_is_no_json_says_where() {
        for (text, place) in [("", "line 1 column 0"), ("{\n  \"format\": nothing", "line 2"), ("{} {}", "line 1")] {
            let ReadError::Faults(faults) = read(text).unwrap_err() else { panic!("{text}") };
            assert_eq!((faults.len(), faults[0].code), (1, FaultCode::NotAFile), "{text}");
            assert!(faults[0].detail.contains(place), "{}", faults[0].detail);
        }
        let deep = "[".repeat(100_000);
        let ReadError::Faults(faults) = read(&deep).unwrap_err() else { panic!("deep") };
        assert!(faults[0].detail.contains("recursion limit"), "{}", faults[0].detail);
    }
}
