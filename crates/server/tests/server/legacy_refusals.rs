//! What old clients are refused, and in which words.

use serde_json::{Value, json};
use viruj_domain::{capability::Capability, role::Role};
use viruj_server::{caller::Authorisation, routes};

use crate::legacy_people::{Plant, grn_for, id};

/// Every old route that asks for a capability: its method, a path of it and the capability.
fn guarded() -> Vec<(&'static str, String, Capability)> {
    let mut found = Vec::new();
    for route in routes::all() {
        let Authorisation::LegacyCapability(capability) = route.authorisation else { continue };
        for (path, item) in &route.operation.1.paths {
            let nobody = "00000000-0000-4000-8000-000000000000";
            let path = path.split('/').map(|part| if part.starts_with('{') { nobody } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            for (method, operation) in
                [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)]
            {
                if operation.is_some() {
                    found.push((method, path.clone(), capability));
                }
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_10d_each_old_route_is_for_its_roles() {
    let plant = Plant::start().await;
    let people = plant.get("admin", "/api/users").await;
    let guarded = guarded();
    assert!(guarded.len() > 20, "{guarded:?}");
    for (name, email) in crate::legacy_people::PEOPLE {
        let person = people.as_array().unwrap().iter().find(|person| person["email"] == *email).unwrap();
        let role: Role = person["role"].as_str().unwrap().parse().unwrap();
        for (method, path, capability) in &guarded {
            let answer = plant.call(name, method, path, Value::Null).await;
            if role.can(*capability) {
                assert!([200, 404, 422].contains(&answer.status.as_u16()), "{role} {path}: {}", answer.body);
            } else {
                let roles: Vec<_> = capability.roles().map(Role::as_str).collect();
                let text = format!("Only for: {}", roles.join(", "));
                assert_eq!((answer.status.as_u16(), &answer.body["detail"]), (403, &json!(text)), "{role} {path}");
            }
        }
    }
    for (method, path, _) in &guarded {
        for (token, status, text) in
            [(None, 403, "Not authenticated"), (Some("x"), 401, "Could not validate credentials")]
        {
            let answer = crate::raw::send(&plant.app, method.parse().unwrap(), path, token, "").await;
            assert_eq!((answer.status.as_u16(), &answer.body["detail"]), (status, &json!(text)), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_16_what_is_in_another_plant_is_not_there() {
    let plant = Plant::start().await;
    let roles = [
        ("security", Role::SecurityOfficer),
        ("warehouse", Role::WarehouseManager),
        ("qa_manager", Role::QaManager),
        ("qa_operator", Role::QaOperator),
        ("qc_manager", Role::QcManager),
        ("qc_operator", Role::QcOperator),
    ];
    for (name, role) in roles {
        let email = format!("{name}@dublin.example");
        let user = json!({"name": name, "email": email, "role": role.as_str(), "department": "Security",
            "plant_id": "plant-b", "password": "of the other plant"});
        plant.post("admin", "/api/users", 201, user).await;
    }
    sqlx::raw_sql(
        "SET viruj.actor = 'test'; SET viruj.reason = 'changed by its owner'; UPDATE users SET must_change_password = false",
    )
    .execute(&mut plant.app.database.superuser().await)
    .await
    .unwrap();
    let entry = plant.gate_entry().await;
    let grn = plant.grn(&plant.gate_entry().await).await;
    let (sample, test) = plant.sampled().await;
    for (name, _) in roles {
        plant.log_in(&format!("other_{name}"), &format!("{name}@dublin.example"), "of the other plant").await;
    }
    for (name, path) in [
        ("other_security", "/api/security/logs"),
        ("other_warehouse", "/api/grn"),
        ("other_qa_manager", "/api/grn/pending-qa"),
        ("other_qc_manager", "/api/quality-samples/unassigned"),
        ("other_qc_manager", "/api/quality-samples/assigned"),
        ("other_qc_manager", "/api/quality-tests/review?status=Not%20Started"),
    ] {
        assert_eq!(plant.get(name, path).await, json!([]), "{path}");
    }
    let test = |step: &str| format!("/api/quality-tests/{test}/{step}");
    let sample = |what: &str| format!("/api/quality-samples/{sample}/{what}");
    for (name, path, body, what) in [
        ("other_warehouse", "/api/grn".to_owned(), grn_for(&entry), "Gate entry not found"),
        ("other_warehouse", "/api/grn".to_owned(), grn_for(&json!({"id": "no id"})), "Gate entry not found"),
        ("other_qa_manager", format!("/api/grn/{}/request-sampling", id(&grn)), json!({}), "GRN not found"),
        ("other_qc_manager", sample("assign"), json!({"analyst_id": "qc-op-1"}), "Sample not found"),
        ("other_qc_manager", sample("tests/create"), json!([{"test_name": "x"}]), "Sample not found"),
        ("other_qc_manager", test("assign"), json!({"employee_id": "qc-op-1"}), "Test not found"),
        ("other_qc_operator", test("start"), Value::Null, "Test not found"),
        ("other_qc_operator", test("submit"), json!({"result_data": {}}), "Test not found"),
        ("other_qc_manager", test("review"), json!({"action": "Approve"}), "Test not found"),
        ("other_qa_manager", test("qa-assign"), json!({"officer_id": "qa-op-1"}), "Test not found"),
        ("other_qa_operator", test("qa-officer-review"), json!({"recommendation": "Reject"}), "Test not found"),
        ("other_qa_manager", test("qa-manager-decision"), json!({"decision": "Reject"}), "Test not found"),
        ("other_warehouse", test("warehouse-action"), json!({"action": "Rejected"}), "Test not found"),
        ("qc_manager", "/api/quality-tests/nothing/assign".to_owned(), json!({"employee_id": "x"}), "Test not found"),
    ] {
        assert_eq!(plant.refused(name, &path, 404, body).await, what, "{path}");
    }
    let hidden = plant.call("other_qc_manager", "GET", &sample("tests"), Value::Null).await;
    assert_eq!((hidden.status.as_u16(), &hidden.body["detail"]), (404, &json!("Sample not found")));
    // Nobody of another plant is given work here, and no delivery is put down there.
    let other = plant.get("admin", "/api/users").await;
    let other = other.as_array().unwrap().iter().find(|user| user["email"] == "qc_operator@dublin.example").unwrap();
    let refused = plant.refused("qc_manager", &test("assign"), 404, json!({"employee_id": id(other)})).await;
    assert_eq!(refused, "QC Operator not found");
    let there = json!({"material_name": "Lactose", "vehicle_number": "TS 09", "plant_id": "plant-b"});
    assert_eq!(plant.refused("security", "/api/security/logs", 404, there).await, "Plant not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_field_by_field() {
    let plant = Plant::start().await;
    let wrong =
        |loc: Value, kind: &str, msg: &str, input: Value| json!({"type": kind, "loc": loc, "msg": msg, "input": input});
    let body =
        json!({"material_name": "L", "vehicle_number": 7, "quantity": 0, "seal_intact": "yes", "uom": "x".repeat(21)});
    let answer = plant.post("security", "/api/security/logs", 422, body).await;
    assert_eq!(
        answer["detail"],
        json!([
            wrong(
                json!(["body", "material_name"]),
                "string_too_short",
                "String should have at least 2 characters",
                json!("L")
            ),
            wrong(json!(["body", "vehicle_number"]), "string_type", "Input should be a valid string", json!(7)),
            wrong(json!(["body", "quantity"]), "greater_than", "Input should be greater than 0", json!(0)),
            wrong(
                json!(["body", "uom"]),
                "string_too_long",
                "String should have at most 20 characters",
                json!("x".repeat(21))
            ),
            wrong(json!(["body", "seal_intact"]), "bool_type", "Input should be a valid boolean", json!("yes")),
        ])
    );
    let body = json!({
        "gate_entry_id": "x", "po_number": "PO", "quantity_received": 0.0001, "document_date": "24.11.2026",
        "items": [{"description": "Lactose", "quantity": 1, "price": -1, "vat_rate": 101}, 5],
    });
    let answer = plant.post("warehouse", "/api/grn", 422, body).await;
    let told: Vec<_> =
        answer["detail"].as_array().unwrap().iter().map(|error| json!([error["loc"], error["type"]])).collect();
    assert_eq!(
        json!(told),
        json!([
            [["body", "document_date"], "date_from_datetime_parsing"],
            [["body", "items", 0, "price"], "greater_than_equal"],
            [["body", "items", 0, "vat_rate"], "less_than_equal"],
            [["body", "items", 1], "model_attributes_type"],
            [["body", "quantity_received"], "decimal_max_places"],
        ])
    );
    let review = "/api/quality-tests/00000000-0000-4000-8000-000000000000/review";
    let answer = plant.post("qc_manager", review, 422, json!({"action": "Maybe"})).await;
    let words = "Input should be 'Approve', 'Reject', 'Return' or 'SendToQA'";
    assert_eq!(answer["detail"], json!([wrong(json!(["body", "action"]), "literal_error", words, json!("Maybe"))]));
    let create = "/api/quality-samples/00000000-0000-4000-8000-000000000000/tests/create";
    let answer = plant.post("qc_manager", create, 422, json!([{"test_name": "ok"}, {"test_name": ""}])).await;
    assert_eq!(answer["detail"][0]["loc"], json!(["body", 1, "test_name"]));
    let answer = plant.post("qc_manager", create, 422, json!({"test_name": "ok"})).await;
    assert_eq!(answer["detail"][0]["type"], "list_type");
    let stage = plant.call("qc_manager", "GET", "/api/quality-tests/review?stage=warehouse", Value::Null).await;
    assert_eq!((stage.status.as_u16(), &stage.body["detail"][0]["loc"]), (422, &json!(["query", "stage"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_26_what_is_too_much_and_what_cannot_be_kept_is_refused() {
    let plant = Plant::start().await;
    let entry = plant.gate_entry().await;
    let line = |quantity: f64| json!({"description": "Lactose", "quantity": quantity, "price": 999_999.0});
    let note = |items: Vec<Value>| {
        let mut note = grn_for(&entry);
        note["items"] = items.into();
        note
    };
    for (items, kind) in [(vec![line(1.0); 201], "too_long"), (vec![line(999_999_999.0); 2], "value_error")] {
        let answer = plant.post("warehouse", "/api/grn", 422, note(items)).await;
        assert_eq!(
            (&answer["detail"][0]["loc"], &answer["detail"][0]["type"]),
            (&json!(["body", "items"]), &json!(kind))
        );
    }
    let (sample, test) = plant.sampled().await;
    plant
        .post("qc_manager", &format!("/api/quality-tests/{test}/assign"), 200, json!({"employee_id": "qc-op-1"}))
        .await;
    let submit = format!("/api/quality-tests/{test}/submit");
    for results in [json!({"text": "x".repeat(70_000)}), json!({"text": "a\0b"}), json!({"a\0b": 1}), json!([])] {
        let answer = plant.post("qc_operator", &submit, 422, json!({"result_data": results})).await;
        assert_eq!(answer["detail"][0]["loc"], json!(["body", "result_data"]));
    }
    let many = vec![json!({"test_name": "x"}); 101];
    plant.post("qc_manager", &format!("/api/quality-samples/{sample}/tests/create"), 422, json!(many)).await;
    let zero = json!({"material_name": "Lac\0tose", "vehicle_number": "TS 09"});
    plant.post("security", "/api/security/logs", 422, zero).await;
    assert_eq!(plant.get("security", "/api/security/logs?status_filter=a%00b").await, json!([]));
    let empty = plant.post("qc_manager", &format!("/api/quality-samples/{sample}/tests/create"), 200, json!([])).await;
    assert_eq!(empty, json!([]));
}
