//! What holds for every body and every answer, walked over the OpenAPI document instead of listed by hand.

use std::collections::{BTreeMap, BTreeSet};

use http::{HeaderValue, Method, Request, header};
use serde_json::{Map, Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;
use viruj_domain::{
    ids::{StationId, UserId},
    role::Role,
};
use viruj_server::{Environment, caller::Authorisation, openapi, routes};
use viruj_test_support::{Reach, TestApp, TestStation};

use crate::{
    matrix::{Knocker, add_people, methods_of, token_of, with_ids},
    raw,
};

/// One operation of the document.
struct Operation {
    method: Method,
    path: String,
    authorisation: Authorisation,
    /// The schema of its JSON body.
    body: Option<Value>,
}

struct Document(Value);

impl Document {
    fn read() -> Self {
        Self(serde_json::from_str(&openapi::text().unwrap()).unwrap())
    }

    fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for route in routes::all() {
            let (_, paths, _) = &route.operation;
            for (path, item) in &paths.paths {
                // The document has every method of the path, each of a route with a rule of its own.
                let own = methods_of(item);
                for (method, operation) in self.0["paths"][path].as_object().unwrap() {
                    let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
                    if !own.contains(&method) {
                        continue;
                    }
                    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                    operations.push(Operation {
                        method,
                        path: path.clone(),
                        authorisation: route.authorisation,
                        body: (!schema.is_null()).then(|| schema.clone()),
                    });
                }
            }
        }
        assert!(operations.len() > 60, "the document is walked: {}", operations.len());
        operations
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// Something that the schema allows, every property of it.
    fn sample(&self, schema: &Value) -> Value {
        let schema = self.resolved(schema);
        if let Some(example) = schema.get("example") {
            return example.clone();
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(first) = schema[choice].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"))
            {
                return self.sample(first);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let samples = parts.iter().filter_map(|part| self.sample(part).as_object().cloned());
            return Value::Object(samples.flatten().collect());
        }
        if let Some(word) = schema["enum"].as_array().and_then(|words| words.first()) {
            return word.clone();
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.clone(),
            kind => vec![kind.clone()],
        };
        let kind = kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("object");
        match kind {
            "string" => match schema["format"].as_str() {
                Some("uuid") => json!(Uuid::now_v7()),
                Some("date-time") => json!("2026-11-24T08:00:00Z"),
                Some("date") => json!("2026-11-24"),
                Some("decimal") => json!("1.0"),
                _ => json!("sample of a text"),
            },
            "integer" | "number" => json!(1),
            "boolean" => json!(true),
            "array" => json!([self.sample(&schema["items"])]),
            _ => {
                let properties = schema["properties"].as_object().cloned().unwrap_or_default();
                let sampled = properties.iter().map(|(name, of)| (name.clone(), self.sample(of)));
                Value::Object(sampled.collect::<Map<_, _>>())
            }
        }
    }
}

/// The sample with one more field, once for each object in it; one without fields of its own is a map with free names.
fn with_one_more(sample: &Value, name: &str) -> Vec<Value> {
    match sample {
        Value::Object(fields) => {
            let mut all = Vec::new();
            if !fields.is_empty() && !fields.contains_key(name) {
                let mut more = fields.clone();
                more.insert(name.to_owned(), json!("System Admin"));
                all.push(Value::Object(more));
            }
            for (key, value) in fields {
                all.extend(with_one_more(value, name).into_iter().map(|inner| {
                    let mut changed = fields.clone();
                    changed.insert(key.clone(), inner);
                    Value::Object(changed)
                }));
            }
            all
        }
        Value::Array(items) => items
            .first()
            .map_or_else(Vec::new, |item| with_one_more(item, name).into_iter().map(|it| json!([it])).collect()),
        _ => Vec::new(),
    }
}

/// People of every role, and a station: whoever a route lets in.
struct Door<'a> {
    app: &'a TestApp,
    people: BTreeMap<Role, UserId>,
    station: StationId,
}

impl<'a> Door<'a> {
    async fn of(app: &'a TestApp) -> Self {
        let client = app.client(Reach::InProcess);
        let mut people = add_people(app).await;
        // One who sees all plants, since some work needs that.
        let mut superuser = app.database.superuser().await;
        let administrator: String = sqlx::query_scalar(
            "SELECT id FROM users WHERE role = 'System Admin' AND is_active
               AND NOT EXISTS (SELECT FROM user_plants WHERE user_id = users.id) ORDER BY id LIMIT 1",
        )
        .fetch_one(&mut superuser)
        .await
        .unwrap();
        people.insert(Role::SystemAdmin, UserId(administrator));
        let station = TestStation::register(app, &client).await.id;
        Self { app, people, station }
    }

    async fn token(&self, authorisation: Authorisation) -> Option<String> {
        use Authorisation::{
            AnyOf, AnySession, Capability, LegacyCapability, LegacySignedIn, Public, SignedIn, Station,
        };
        let holder = |capability| {
            let can = |role: &&Role| role.capabilities().contains(&capability);
            Some(&Role::SystemAdmin).filter(can).or_else(|| Role::ALL.iter().find(can)).copied().unwrap()
        };
        let knocker = match authorisation {
            Public => return None,
            Station => {
                let state = self.app.application.state();
                return Some(state.access_tokens.for_station(self.station, state.clock.now()).unwrap().token);
            }
            AnySession | SignedIn => Knocker::Person(Role::SystemAdmin),
            LegacySignedIn => Knocker::OldClient(Role::SystemAdmin),
            Capability(capability) => Knocker::Person(holder(capability)),
            AnyOf(capabilities) => Knocker::Person(holder(*capabilities.first()?)),
            LegacyCapability(capability) => Knocker::OldClient(holder(capability)),
        };
        let (Knocker::Person(role) | Knocker::OldClient(role)) = knocker else { return None };
        Some(token_of(self.app, &self.people[&role], knocker).await)
    }

    async fn ask(&self, operation: &Operation, path: &str, body: &Value) -> raw::Answer {
        let mut request = Request::builder()
            .method(operation.method.clone())
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::IF_MATCH, "\"of another moment\"")
            .header("idempotency-key", Uuid::now_v7().to_string());
        if let Some(token) = self.token(operation.authorisation).await {
            request = request.header(header::AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}")).unwrap());
        }
        raw::send_request(self.app, request.body(axum::body::Body::from(body.to_string())).unwrap()).await
    }
}

/// Names that stand in answers and in no body: who one is, where one belongs, when something was done.
const NOT_FOR_THE_CALLER: &[&str] = &[
    "role",
    "plant_id",
    "signed_at",
    "created_at",
    "id",
    "person_id",
    "password_hash",
    "is_active",
    "verdict",
    "surplus",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_21_no_body_takes_a_field_that_is_not_the_callers_to_set() {
    let app = TestApp::start().await;
    let door = Door::of(&app).await;
    let document = Document::read();
    let (mut bodies, mut tried, mut wrong) = (0, 0, Vec::new());
    for operation in document.operations().iter().filter(|operation| operation.path.starts_with("/api/v1/")) {
        let Some(schema) = &operation.body else { continue };
        let (path, sample) = (with_ids(&operation.path), document.sample(schema));
        bodies += 1;
        // The sample itself is read: what is refused below is refused for its surplus alone.
        let answer = door.ask(operation, &path, &sample).await;
        let detail = answer.body["detail"].as_str().unwrap_or_default();
        for unread in ["missing field", "unknown field", "invalid type", "unknown variant", "did not match"] {
            assert!(!detail.contains(unread), "{} {path} {sample}: {}", operation.method, answer.text);
        }
        for name in NOT_FOR_THE_CALLER {
            for body in with_one_more(&sample, name) {
                let answer = door.ask(operation, &path, &body).await;
                tried += 1;
                let names_it = answer.body["detail"]
                    .as_str()
                    .is_some_and(|text| text.contains(&format!("unknown field `{name}`")));
                if (answer.status.as_u16(), answer.code(), names_it) != (422, "invalid_body", true) {
                    wrong.push(format!("{} {path} took {name}: {} {}", operation.method, answer.status, answer.text));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(bodies >= 18 && tried > bodies * 5, "{bodies} bodies were tried {tried} times");
}

/// Columns whose names sound secret and whose content everybody may know: the audit trail's chain, and hashes of what
/// is signed.
const OPEN_COLUMNS: &[&str] = &["content_hash", "hash", "head_hash", "prev_hash", "to_hash"];

/// Names in answers that sound secret: what is shown once by design, and the open hashes.
const OPEN_NAMES: &[&str] = &[
    "one_time_secret",
    "must_change_password",
    "password_changed_at",
    "hash",
    "to_hash",
    "envelope_hash",
    "content_hash",
    "sha256",
];

/// Everything in the database that nobody may see, in the forms in which it could be written down.
async fn kept_secrets(app: &TestApp) -> BTreeSet<String> {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    let mut superuser = app.database.superuser().await;
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type IN ('bytea', 'text', 'character varying')
           AND column_name ~ '(password|secret|hash|sealed|totp|token)' AND NOT column_name = ANY($1)",
    )
    .bind(OPEN_COLUMNS)
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    let mut secrets = BTreeSet::new();
    for (table, column, kind) in columns {
        let of_column = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL");
        if kind == "bytea" {
            let values: Vec<Vec<u8>> =
                sqlx::query_scalar(AssertSqlSafe(of_column)).fetch_all(&mut superuser).await.unwrap();
            secrets.extend(
                values
                    .iter()
                    .flat_map(|value| [hex::encode(value), STANDARD.encode(value), URL_SAFE_NO_PAD.encode(value)]),
            );
        } else {
            let values: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(of_column)).fetch_all(&mut superuser).await.unwrap();
            secrets.extend(values);
        }
    }
    // A column of words, not of secrets, would be found everywhere.
    secrets.retain(|secret| secret.len() >= 16);
    secrets
}

/// The names in a JSON text that sound secret.
fn secret_names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let sounds = ["password", "secret", "hash", "salt", "sealed", "totp", "private"];
            if sounds.iter().any(|sound| name.to_lowercase().contains(sound)) && !OPEN_NAMES.contains(&name.as_str()) {
                found.insert(name.clone());
            }
            secret_names(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| secret_names(item, found)),
        _ => {}
    }
}

/// The address with something that is there in the place of each parameter; something that is not, where there is none.
async fn with_known_ids(app: &TestApp, path: &str) -> String {
    let known = [
        ("{user_id}", "SELECT id FROM users WHERE id NOT LIKE 'matrix-%' ORDER BY id LIMIT 1"),
        ("{plant_id}", "SELECT id FROM plants ORDER BY id LIMIT 1"),
        ("{batch_id}", "SELECT id FROM production_batches ORDER BY id LIMIT 1"),
        ("{grn_id}", "SELECT id::text FROM goods_receipt_notes ORDER BY id LIMIT 1"),
        ("{sample_id}", "SELECT id::text FROM quality_samples ORDER BY id LIMIT 1"),
        ("{test_id}", "SELECT id::text FROM quality_tests ORDER BY id LIMIT 1"),
        ("{deviation_id}", "SELECT id::text FROM deviations WHERE plant_id = 'plant-a' ORDER BY id LIMIT 1"),
        (
            "{master_record_id}",
            "SELECT id::text FROM master_batch_records WHERE plant_id = 'plant-a' AND product_code = 'MET500'",
        ),
        ("{notification_id}", "SELECT id::text FROM notifications ORDER BY id LIMIT 1"),
        ("{lot_id}", "SELECT id::text FROM lots WHERE plant_id = 'plant-a' ORDER BY id LIMIT 1"),
        ("{equipment_id}", "SELECT id::text FROM equipment WHERE plant_id = 'plant-a' ORDER BY id LIMIT 1"),
        ("{qualification_id}", "SELECT id::text FROM qualifications WHERE plant_id = 'plant-a' ORDER BY id LIMIT 1"),
        ("{feed}", "SELECT feed FROM feeds WHERE feed <> 'system' ORDER BY feed LIMIT 1"),
    ];
    let mut superuser = app.database.superuser().await;
    let mut path = path.to_owned();
    for (parameter, statement) in
        known.into_iter().filter(|(parameter, _)| path.contains(parameter)).collect::<Vec<_>>()
    {
        let id: Option<String> = sqlx::query_scalar(statement).fetch_optional(&mut superuser).await.unwrap();
        path = path.replace(parameter, &id.unwrap_or_else(|| Uuid::now_v7().to_string()));
    }
    with_ids(&path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_22_no_answer_of_any_route_carries_a_hash_or_a_secret() {
    let app = TestApp::start().await;
    app.application.seed_demo(Environment::Other, true).await.unwrap();
    let door = Door::of(&app).await;
    let document = Document::read();
    let mut secrets = kept_secrets(&app).await;
    let mut answers = Vec::new();
    for operation in document.operations() {
        let body = operation.body.as_ref().map_or_else(|| json!({}), |schema| document.sample(schema));
        let path = with_known_ids(&app, &operation.path).await;
        let answer = door.ask(&operation, &path, &body).await;
        answers.push((format!("{} {path}", operation.method), answer));
    }
    secrets.extend(kept_secrets(&app).await);
    assert!(secrets.iter().any(|secret| secret.starts_with("$argon2")), "the hashes of passwords are among them");
    assert!(secrets.len() > 40, "{} secrets", secrets.len());
    let mut told = Vec::new();
    for (name, answer) in &answers {
        told.extend(
            secrets.iter().filter(|secret| answer.text.contains(*secret)).map(|_| format!("{name} tells a secret")),
        );
        let mut names = BTreeSet::new();
        secret_names(&answer.body, &mut names);
        told.extend(names.into_iter().map(|field| format!("{name} has a field {field}")));
    }
    assert_eq!(told, Vec::<String>::new());
    // Bodies that are only well formed are refused often, which is an answer too; what is read is nearly always there.
    let reads: Vec<_> = answers.iter().filter(|(name, _)| name.starts_with("GET ")).collect();
    let refused: Vec<_> =
        reads.iter().filter(|(_, answer)| !answer.status.is_success()).map(|(name, _)| name).collect();
    assert!(refused.len() * 5 < reads.len(), "of {} reads these were refused: {refused:?}", reads.len());
}
