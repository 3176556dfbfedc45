//! The old backend's recording, played again: `VIRUJ_LEGACY_DIR` names the folder where it lies.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;
use viruj_test_support::{TestApp, database::empty_database, legacy};

use crate::legacy_people::Plant;

/// The old system's database as it was recorded, or before the recording began.
async fn taken_over(dump: &Path, is_before: bool) -> Plant {
    let test = empty_database().await;
    legacy::load(&test.migration_url, dump);
    if is_before {
        sqlx::raw_sql(
            "DELETE FROM quality_tests; DELETE FROM quality_samples; DELETE FROM goods_receipt_notes;
             DELETE FROM gate_entries; DELETE FROM notifications; DELETE FROM users WHERE name = 'Asha Rao'",
        )
        .execute(&mut test.superuser().await)
        .await
        .unwrap();
    }
    viruj_storage::migrate::migrate(&test.migration_url, &test.url).await.unwrap();
    let url = test.url.clone();
    Plant::of(TestApp::over(test, &url).await)
}

/// Holds answers against recorded ones: ids, times and days differ, and differ alike everywhere.
#[derive(Default)]
struct Comparison {
    ids: BTreeMap<String, String>,
}

impl Comparison {
    const RECORDED_ON: &str = "2026-11-23";
    const REPLAYED_ON: &str = "2026-11-24";

    fn same(&mut self, recorded: &Value, given: &Value, at: &str) {
        match (recorded, given) {
            (Value::Object(recorded), Value::Object(given)) => {
                let names = |fields: &serde_json::Map<String, Value>| fields.keys().cloned().collect::<BTreeSet<_>>();
                assert_eq!(names(given), names(recorded), "{at}");
                for (name, value) in recorded {
                    self.same(value, &given[name], &format!("{at}.{name}"));
                }
            }
            (Value::Array(recorded), Value::Array(given)) => {
                assert_eq!(given.len(), recorded.len(), "{at}");
                for (index, (recorded, given)) in recorded.iter().zip(given).enumerate() {
                    self.same(recorded, given, &format!("{at}[{index}]"));
                }
            }
            (Value::String(recorded), Value::String(given)) => self.same_text(recorded, given, at),
            _ => assert_eq!(given, recorded, "{at}"),
        }
    }

    fn same_text(&mut self, recorded: &str, given: &str, at: &str) {
        let is_id = |text: &str| text.parse::<Uuid>().is_ok();
        if is_id(recorded) && is_id(given) {
            let known = self.ids.entry(recorded.to_owned()).or_insert_with(|| given.to_owned());
            assert_eq!(known, given, "{at}");
        } else if let Some(form) = time_form(recorded) {
            assert_eq!(time_form(given), Some(form), "{at}: {given} for {recorded}");
        } else if let (Ok(recorded), Ok(given)) = (recorded.parse::<NaiveDate>(), given.parse::<NaiveDate>()) {
            let days = |date: NaiveDate, from: &str| (date - from.parse::<NaiveDate>().unwrap()).num_days();
            assert_eq!(days(given, Self::REPLAYED_ON), days(recorded, Self::RECORDED_ON), "{at}");
        } else if recorded != "<jwt>" {
            assert_eq!(given, recorded, "{at}");
        }
    }

    /// The recorded ids in a path or a body, as they are here.
    fn here(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (recorded, here)| text.replace(recorded, here))
    }
}

/// With a `T`, or a space where the old backend named no type.
fn time_form(text: &str) -> Option<char> {
    let zoned = if text.ends_with('Z') || text.contains('+') { text.to_owned() } else { format!("{text}Z") };
    DateTime::parse_from_rfc3339(&zoned.replacen(' ', "T", 1)).ok().and_then(|_| text.chars().nth(10))
}

/// What was recorded of a defect, as it was meant.
fn mended(call: &Value, comparison: &Comparison, responses: &[Value]) -> Option<(u16, Value)> {
    let path = call["path"].as_str().unwrap();
    let reviewed = || {
        let mut test = responses
            .iter()
            .rfind(|response| response[0]["qa_officer"]["id"] == "qa-op-1")
            .map(|response| response[0].clone())
            .unwrap();
        test["status"] = "Accepted - Warehouse".into();
        test["material_disposition"] = "Accepted - Warehouse".into();
        test["qa_officer_notes"] = "complies".into();
        test["qa_officer_recommendation"] = "Approve".into();
        test["qa_manager_decision"] = "Approve".into();
        test["qa_manager_decision_notes"] = "release to store".into();
        test
    };
    let warehouse = |action: Value, notes: Value, at: Value| {
        let mut test = reviewed();
        test["warehouse_action"] = action;
        test["warehouse_notes"] = notes;
        test["warehouse_acknowledged_at"] = at;
        json!([test])
    };
    let time = json!("2026-11-23 16:50:35.000001+00:00");
    if path.ends_with("/request-sampling") {
        // The entry's code stood where the note's belongs; the database held the right one.
        let mut response = call["response"].clone();
        response["grn_code"] = "GRN-26-001".into();
        return Some((200, response));
    }
    let test = comparison.ids.iter().find(|(recorded, _)| path.contains(recorded.as_str())).map(|(id, _)| id.clone());
    match path {
        _ if path.ends_with("/qa-manager-decision") => {
            Some((200, json!({"id": test, "test_name": "Assay", "status": "Accepted - Warehouse"})))
        }
        _ if path.ends_with("/warehouse-action") => Some((
            200,
            json!({"id": test, "test_name": "Assay", "status": "Accepted - Warehouse", "warehouse_action": "Accepted",
                "warehouse_acknowledged_at": time}),
        )),
        _ if path.ends_with("warehouse-decisions?status=pending") => {
            Some((200, warehouse(Value::Null, Value::Null, Value::Null)))
        }
        _ if path.ends_with("warehouse-decisions?status=completed") => {
            Some((200, warehouse("Accepted".into(), "bin A-12".into(), time)))
        }
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_delivery_is_walked_again_with_the_same_answers() {
    let Some(dump) = legacy::recorded_dump() else { return };
    let recorded = std::fs::read(dump.with_file_name("transcript.json")).unwrap();
    let recorded: Vec<Value> = serde_json::from_slice(&recorded).unwrap();
    let plant = taken_over(&dump, true).await;
    let mut comparison = Comparison::default();
    let mut responses = Vec::new();
    for call in &recorded {
        // Two steps in one microsecond would be one time.
        plant.app.clock.advance(chrono::TimeDelta::microseconds(1_234_567));
        let (method, path) = (call["method"].as_str().unwrap(), call["path"].as_str().unwrap());
        let at = format!("{method} {path}");
        let body = if call["body"].is_null() { String::new() } else { comparison.here(&call["body"].to_string()) };
        let token = match call["as"].as_str() {
            Some(name) => Some(plant.token(name).await),
            None => None,
        };
        let answer =
            crate::raw::send(&plant.app, method.parse().unwrap(), &comparison.here(path), token.as_deref(), body).await;
        let mut given = answer.body;
        let (status, mut response) = mended(call, &comparison, &responses)
            .unwrap_or_else(|| (u16::try_from(call["status"].as_u64().unwrap()).unwrap(), call["response"].clone()));
        assert_eq!(answer.status.as_u16(), status, "{at}: {given}");
        if path == "/health" {
            // The version is new, and the login is the test's own.
            given.as_object_mut().unwrap().remove("version");
            response["db_user"] = given["db_user"].clone();
        }
        comparison.same(&response, &given, &at);
        responses.push(response);
    }
    assert_eq!(responses.len(), 33);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_was_stuck_in_the_old_system_goes_on() {
    let Some(dump) = legacy::recorded_dump() else { return };
    let plant = taken_over(&dump, false).await;
    let waiting = plant.get("qa_manager", "/api/quality-tests/review?stage=qa-manager").await;
    let test = crate::legacy_people::id(&waiting[0]).to_owned();
    let at = |step: &str| format!("/api/quality-tests/{test}/{step}");
    plant.post("qa_manager", &at("qa-manager-decision"), 200, json!({"decision": "Approve"})).await;
    plant.post("warehouse", &at("warehouse-action"), 200, json!({"action": "Accepted"})).await;
    // Codes go on where the old system stopped.
    let entry = plant.gate_entry().await;
    let grn = plant.grn(&entry).await;
    assert_eq!((&entry["entry_code"], &grn["grn_code"]), (&json!("1126002"), &json!("GRN-26-002")));
    let old = plant.get("warehouse", "/api/grn").await[1].clone();
    assert_eq!((&old["grn_code"], &old["items"][0]["price"]), (&json!("GRN-26-001"), &json!(3.333)));
    let plants = plant.get("admin", "/api/plants").await;
    assert_eq!((&plants[0]["oee"], &plants[0]["inventory_value"]), (&json!(82.5), &json!(12_500_000.0)));
}
