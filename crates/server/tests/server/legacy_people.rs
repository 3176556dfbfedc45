//! People of the demonstration behind old clients.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use viruj_test_support::TestApp;

use crate::raw::{self, Answer};

pub const PASSWORD: &str = "demo123";

/// The demonstration's people by the names that the tests call them, with their addresses.
pub const PEOPLE: &[(&str, &str)] = &[
    ("admin", "admin@pharma.com"),
    ("operator", "david.chen@pharma.com"),
    ("security", "jennifer.lee@pharma.com"),
    ("warehouse", "james.wilson@pharma.com"),
    ("qa_manager", "priya.sharma@pharma.com"),
    ("qa_operator", "emily.brown@pharma.com"),
    ("qc_manager", "robert.taylor@pharma.com"),
    ("qc_operator", "lisa.anderson@pharma.com"),
    ("qa_head", "raj.patel@pharma.com"),
    ("qc_head", "laura.vance@pharma.com"),
    ("production_head", "john.smith@pharma.com"),
    ("production_manager", "sarah.johnson@pharma.com"),
    ("procurement", "maria.garcia@pharma.com"),
    ("plant_head", "thomas.moore@pharma.com"),
    ("finance", "michael.scott@pharma.com"),
    ("management", "jan.levinson@pharma.com"),
    ("sales", "alex.thompson@pharma.com"),
];

/// A server with people who log in when they are first needed.
pub struct Plant {
    pub app: TestApp,
    tokens: Mutex<BTreeMap<String, String>>,
}

impl Plant {
    /// The demonstration.
    pub async fn start() -> Self {
        Self::of(TestApp::with_demo().await)
    }

    /// Whatever database, as long as the demonstration's people are in it.
    pub fn of(app: TestApp) -> Self {
        Self { app, tokens: Mutex::default() }
    }

    /// The token of one of [`PEOPLE`], or of somebody who has logged in by another name.
    pub async fn token(&self, name: &str) -> String {
        let mut tokens = self.tokens.lock().await;
        if let Some(token) = tokens.get(name) {
            return token.clone();
        }
        let (_, email) = PEOPLE.iter().find(|(person, _)| *person == name).unwrap();
        let token = self.token_for(email, PASSWORD).await;
        tokens.insert(name.to_owned(), token.clone());
        token
    }

    /// Logs somebody in, again or by another name.
    pub async fn log_in(&self, name: &str, email: &str, password: &str) {
        let token = self.token_for(email, password).await;
        self.tokens.lock().await.insert(name.to_owned(), token);
    }

    /// In a minute of its own: the sixth login in one waits.
    async fn token_for(&self, email: &str, password: &str) -> String {
        self.app.clock.advance_seconds(60);
        let body = json!({"email": email, "password": password}).to_string();
        let answer = raw::send(&self.app, Method::POST, "/api/auth/login", None, body).await;
        assert_eq!(answer.status, 200, "{email}: {}", answer.body);
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn call(&self, name: &str, method: &str, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        raw::send(&self.app, method.parse().unwrap(), path, Some(&self.token(name).await), body).await
    }

    pub async fn get(&self, name: &str, path: &str) -> Value {
        let answer = self.call(name, "GET", path, Value::Null).await;
        assert_eq!(answer.status, 200, "{name} {path}: {}", answer.body);
        answer.body
    }

    /// Sends what is to be done and gives back the answer of the wanted status.
    pub async fn post(&self, name: &str, path: &str, status: u16, body: Value) -> Value {
        let answer = self.call(name, "POST", path, body).await;
        assert_eq!(answer.status, status, "{name} {path}: {}", answer.body);
        answer.body
    }

    /// As [`Self::post`] for a refusal in a text.
    pub async fn refused(&self, name: &str, path: &str, status: u16, body: Value) -> String {
        let answer = self.post(name, path, status, body).await;
        answer["detail"].as_str().unwrap_or_else(|| panic!("{path}: {answer}")).to_owned()
    }

    pub async fn gate_entry(&self) -> Value {
        let body = json!({"material_name": "Lactose Monohydrate", "vehicle_number": "ts 09 ab 1234"});
        self.post("security", "/api/security/logs", 201, body).await
    }

    pub async fn grn(&self, gate_entry: &Value) -> Value {
        self.post("warehouse", "/api/grn", 201, grn_for(gate_entry)).await
    }

    /// A delivery whose sample waits in the laboratory: the sample and its first test.
    pub async fn sampled(&self) -> (String, String) {
        let grn = self.grn(&self.gate_entry().await).await;
        self.post("qa_manager", &format!("/api/grn/{}/request-sampling", id(&grn)), 200, json!({})).await;
        let samples = self.get("qc_manager", "/api/quality-samples/unassigned").await;
        let sample = samples.as_array().unwrap().iter().find(|sample| sample["grn_id"] == grn["id"]).unwrap();
        let tests = self.get("qc_manager", &format!("/api/quality-samples/{}/tests", id(sample))).await;
        (id(sample).to_owned(), id(&tests[0]).to_owned())
    }

    /// One value of the database, as a superuser reads it.
    pub async fn read(&self, query: &'static str, id: &str) -> Vec<String> {
        sqlx::query_scalar(query).bind(id).fetch_all(&mut self.app.database.superuser().await).await.unwrap()
    }
}

pub fn grn_for(gate_entry: &Value) -> Value {
    json!({"gate_entry_id": gate_entry["id"], "po_number": "PO-1001", "quantity_received": 500.5})
}

pub fn id(row: &Value) -> &str {
    row["id"].as_str().unwrap_or_else(|| panic!("no id: {row}"))
}
