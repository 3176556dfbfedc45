//! One delivery from the gate to the shelf, by old clients.

use serde_json::{Value, json};
use viruj_domain::clock::Clock;

use crate::legacy_people::{PASSWORD, Plant, grn_for, id};

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_walks_from_the_gate_to_the_shelf() {
    let plant = Plant::start().await;
    let entry = json!({
        "material_name": "Lactose Monohydrate", "material_category": "Raw Material", "po_number": "PO-7",
        "vehicle_number": "ts 09 ab 1234", "supplier_name": "DFE Pharma", "quantity": 500.5, "uom": "kg",
        "remarks": "2 pallets", "what_nobody_knows": true,
    });
    let entry = plant.post("security", "/api/security/logs", 201, entry).await;
    assert_eq!(
        (&entry["entry_code"], &entry["vehicle_number"], &entry["status"], &entry["plant_id"], &entry["seal_intact"]),
        (&json!("1126001"), &json!("TS 09 AB 1234"), &json!("Awaiting GRN"), &json!("plant-a"), &json!(true))
    );
    assert_eq!((&entry["quantity"], &entry["created_by_name"]), (&json!(500.5), &json!("Jennifer Lee")));
    let waiting = plant.get("warehouse", "/api/security/logs?status_filter=Awaiting%20GRN&page=1").await;
    assert_eq!(waiting, json!([entry]));

    let grn = json!({
        "gate_entry_id": entry["id"], "po_number": "PO-7", "quantity_received": "500.5", "document_date": "2026-11-20",
        "items": [
            {"description": "Lactose 200M", "quantity": 500.5, "price": 3.333, "vat_rate": 18},
            {"description": "Pallet", "quantity": 2, "price": 10},
        ],
    });
    let grn = plant.post("warehouse", "/api/grn", 201, grn).await;
    assert_eq!(
        (&grn["net_total"], &grn["vat_total"], &grn["gross_total"]),
        (&json!(1688.17), &json!(300.27), &json!(1988.44))
    );
    assert_eq!(
        (&grn["grn_code"], &grn["status"], &grn["document_status"], &grn["document_date"], &grn["delivery_date"]),
        (
            &json!("GRN-26-001"),
            &json!("Awaiting QA"),
            &json!("Goods Received"),
            &json!("2026-11-20"),
            &json!("2026-11-24")
        )
    );
    assert_eq!(grn["items"][1]["vat_rate"], json!(0.0));
    assert_eq!(plant.get("warehouse", "/api/grn").await, json!([grn]));
    let pending = plant.get("qa_manager", "/api/grn/pending-qa").await;
    assert_eq!((&pending[0]["grn_id"], &pending[0]["material_name"]), (&grn["id"], &entry["material_name"]));
    assert_eq!(plant.get("security", "/api/security/logs?status_filter=Awaiting%20QA").await[0]["id"], entry["id"]);

    let sampling = format!("/api/grn/{}/request-sampling", id(&grn));
    let sampled = plant.post("qa_manager", &sampling, 200, json!({"qa_notes": "as per SOP-012"})).await;
    assert_eq!(sampled["remarks"], json!("\nQA Notes: as per SOP-012"));
    assert_eq!((&sampled["status"], &sampled["grn_code"]), (&json!("Sampling Requested"), &json!("GRN-26-001")));
    assert_eq!(plant.get("qa_manager", "/api/grn/pending-qa").await, json!([]));
    let refused = plant.refused("qa_manager", &sampling, 400, json!({})).await;
    assert_eq!(refused, "Sampling has already been requested for this GRN");

    let sample = plant.get("qc_manager", "/api/quality-samples/unassigned").await[0].clone();
    assert_eq!(
        (&sample["product_name"], &sample["due_date"], &sample["priority"], &sample["test_count"]),
        (&json!("Lactose Monohydrate"), &json!("2026-11-27"), &json!("Medium"), &json!(3))
    );
    let of_the_sample = |what: &str| format!("/api/quality-samples/{}/{what}", id(&sample));
    let more = json!([{"test_name": "Identification", "method": "FTIR"}, {"test_name": "Appearance"}]);
    let more = plant.post("qc_manager", &of_the_sample("tests/create"), 200, more).await;
    assert_eq!((&more[1]["method"], &more[1]["status"]), (&Value::Null, &json!("Not Started")));
    let tests = plant.get("qc_manager", &of_the_sample("tests")).await;
    let named: Vec<_> = tests.as_array().unwrap().iter().map(|test| (&test["test_name"], &test["method"])).collect();
    assert_eq!(
        json!(named),
        json!([
            ["Assay", "HPLC"],
            ["Related Substances", "HPLC"],
            ["Water Content", "Titration"],
            ["Identification", "FTIR"],
            ["Appearance", null],
        ])
    );
    let analyst = json!({"analyst_id": "qc-op-1"});
    let assigned = plant.post("qc_manager", &of_the_sample("assign"), 200, analyst).await;
    assert_eq!((&assigned["status"], &assigned["analyst_id"]), (&json!("In Progress"), &json!("qc-op-1")));
    assert_eq!(plant.get("qc_manager", "/api/quality-samples/unassigned").await, json!([]));
    assert_eq!(plant.get("qc_manager", "/api/quality-samples/assigned").await[0]["test_count"], json!(5));
    through_the_laboratory(&plant, id(&tests[0])).await;
    through_quality_assurance(&plant, id(&tests[0])).await;
    to_the_shelf(&plant, id(&tests[0])).await;
    the_trail_says_who_did_what_by_an_old_client(&plant, id(&entry), id(&tests[0])).await;
}

async fn through_the_laboratory(plant: &Plant, test: &str) {
    let at = |step: &str| format!("/api/quality-tests/{test}/{step}");
    let results = json!({"result_data": {"assay_percent": 99.7}, "analyst_notes": "within limits"});
    let refused = plant.refused("qc_operator", &at("submit"), 403, results.clone()).await;
    assert_eq!(refused, "This test is not assigned to you.");
    plant.post("qc_manager", &at("assign"), 200, json!({"employee_id": "qc-op-1"})).await;
    let refused = plant.refused("qc_operator", &at("start"), 400, Value::Null).await;
    assert_eq!(refused, "Cannot start test with status: In Progress");
    let submitted = plant.post("qc_operator", &at("submit"), 200, results.clone()).await;
    assert_eq!(submitted["status"], "Submitted for Review");
    let returned = plant.post("qc_manager", &at("review"), 200, json!({"action": "Return"})).await;
    assert_eq!(returned["status"], "Returned for Correction");
    let started = plant.post("qc_operator", &at("start"), 200, Value::Null).await;
    assert_eq!(started["status"], "In Progress");
    plant.post("qc_operator", &at("submit"), 200, results).await;
    let own = plant.get("qc_operator", "/api/quality-tests/my-tests").await;
    assert_eq!(own[0]["result_data"], json!({"assay_percent": 99.7, "analyst_notes": "within limits"}));
    assert_eq!(own[0]["sample"]["status"], "In Progress");
    let waiting = plant.get("qc_manager", "/api/quality-tests/review").await;
    assert_eq!(waiting[0]["analyst"], json!({"id": "qc-op-1", "name": "Lisa Anderson"}));
    let sent = json!({"action": "SendToQA", "manager_notes": "ok"});
    plant.post("qc_manager", &at("review"), 200, sent).await;
    assert_eq!(plant.get("qc_manager", "/api/quality-tests/review").await, json!([]));
    assert_eq!(plant.get("qc_manager", "/api/quality-tests/review?status=completed").await[0]["id"], test);
}

async fn through_quality_assurance(plant: &Plant, test: &str) {
    let at = |step: &str| format!("/api/quality-tests/{test}/{step}");
    let waiting = plant.get("qa_manager", "/api/quality-tests/review?status=pending&stage=qa-manager").await;
    assert_eq!((&waiting[0]["id"], &waiting[0]["reviewer_name"]), (&json!(test), &json!("Robert Taylor")));
    let early = plant.refused("qa_manager", &at("qa-manager-decision"), 400, json!({"decision": "Approve"})).await;
    assert_eq!(early, "Cannot decide on test with status: Submitted to QA Manager");
    let unknown = plant.refused("qa_manager", &at("qa-assign"), 404, json!({"officer_id": "qc-op-1"})).await;
    assert_eq!(unknown, "QA Operator not found");
    let officer = json!({"officer_id": "qa-op-1", "notes": "please check"});
    plant.post("qa_manager", &at("qa-assign"), 200, officer).await;
    let own = plant.get("qa_operator", "/api/quality-tests/review?stage=qa-officer").await;
    assert_eq!((&own[0]["id"], &own[0]["qa_officer_notes"]), (&json!(test), &json!("please check")));
    plant.post("qa_operator", &at("qa-officer-review"), 200, json!({"recommendation": "Approve"})).await;
    let decided = json!({"decision": "Approve", "notes": "release to store"});
    let decided = plant.post("qa_manager", &at("qa-manager-decision"), 200, decided).await;
    assert_eq!(decided["status"], "Accepted - Warehouse");
    plant.refused("qa_manager", &at("qa-manager-decision"), 400, json!({"decision": "Reject"})).await;
}

async fn to_the_shelf(plant: &Plant, test: &str) {
    let tasks = "SELECT concat_ws('|', title, assigned_to, status, priority, plant_id, created_by, completed_by)
                 FROM tasks WHERE entity_id = $1 ORDER BY id";
    assert_eq!(plant.read(tasks, test).await, ["Store Lactose Monohydrate|scm-wh-1|pending|high|plant-a|qa-man-1"]);
    let decisions = plant.get("warehouse", "/api/quality-tests/warehouse-decisions").await;
    assert_eq!(
        (&decisions[0]["id"], &decisions[0]["qa_manager_decision_notes"], &decisions[0]["material_disposition"]),
        (&json!(test), &json!("release to store"), &json!("Accepted - Warehouse"))
    );
    let action = format!("/api/quality-tests/{test}/warehouse-action");
    let stored = json!({"action": "Accepted", "notes": "bin A-12"});
    let answer = plant.post("warehouse", &action, 200, stored.clone()).await;
    assert_eq!((&answer["status"], &answer["warehouse_action"]), (&json!("Accepted - Warehouse"), &json!("Accepted")));
    let again = plant.refused("warehouse", &action, 400, stored).await;
    assert_eq!(again, "This test is not awaiting warehouse action.");
    assert_eq!(
        plant.read(tasks, test).await,
        ["Store Lactose Monohydrate|scm-wh-1|completed|high|plant-a|qa-man-1|scm-wh-1"]
    );
    assert_eq!(plant.get("warehouse", "/api/quality-tests/warehouse-decisions").await, json!([]));
    let done = plant.get("warehouse", "/api/quality-tests/warehouse-decisions?status=completed").await;
    assert_eq!((&done[0]["warehouse_notes"], &done[0]["id"]), (&json!("bin A-12"), &json!(test)));

    let told =
        plant.read("SELECT concat(user_id, ': ', title) FROM notifications WHERE plant_id = $1 ORDER BY id", "plant-a");
    assert_eq!(
        told.await,
        [
            "scm-wh-1: Gate entry awaiting GRN",
            "qa-man-1: GRN awaiting QA",
            "qc-man-1: Sampling request raised",
            "qc-man-1: Test ready for review",
            "qc-man-1: Test ready for review",
            "qa-man-1: QA recommendation submitted",
        ]
    );
}

async fn the_trail_says_who_did_what_by_an_old_client(plant: &Plant, entry: &str, test: &str) {
    let trail = "SELECT concat_ws('|', action, actor, reason, new_text::jsonb ->> 'status')
                 FROM audit_entries WHERE entity_id = $1 AND feed = 'plant-a' ORDER BY seq";
    assert_eq!(
        plant.read(trail, entry).await,
        [
            "created|sec-off-1|legacy client: create gate entry|Awaiting GRN",
            "changed|scm-wh-1|legacy client: create GRN|Awaiting QA",
            "changed|qa-man-1|legacy client: request sampling|Sampling Requested",
        ]
    );
    assert_eq!(
        plant.read(trail, test).await,
        [
            "created|qa-man-1|legacy client: request sampling|Not Started",
            "changed|qc-man-1|legacy client: assign test|In Progress",
            "changed|qc-op-1|legacy client: submit test|Submitted for Review",
            "changed|qc-man-1|legacy client: review test|Returned for Correction",
            "changed|qc-op-1|legacy client: start test|In Progress",
            "changed|qc-op-1|legacy client: submit test|Submitted for Review",
            "changed|qc-man-1|legacy client: review test|Submitted to QA Manager",
            "changed|qa-man-1|legacy client: assign QA officer|QA Officer Review",
            "changed|qa-op-1|legacy client: recommend on test|QA Recommendation Submitted",
            "changed|qa-man-1|legacy client: decide on test|Accepted - Warehouse",
            "changed|scm-wh-1|legacy client: warehouse action|Accepted - Warehouse",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_material_goes_back_and_never_onto_the_shelf() {
    let plant = Plant::start().await;
    let (_, test) = plant.sampled().await;
    let at = |step: &str| format!("/api/quality-tests/{test}/{step}");
    plant.post("qc_manager", &at("assign"), 200, json!({"employee_id": "qc-op-1"})).await;
    plant.post("qc_operator", &at("submit"), 200, json!({"result_data": {}})).await;
    plant.post("qc_manager", &at("review"), 200, json!({"action": "SendToQA"})).await;
    plant.post("qa_manager", &at("qa-assign"), 200, json!({"officer_id": "qa-op-1"})).await;
    plant.post("qa_operator", &at("qa-officer-review"), 200, json!({"recommendation": "Approve"})).await;
    let decided = plant.post("qa_manager", &at("qa-manager-decision"), 200, json!({"decision": "Reject"})).await;
    assert_eq!(decided["status"], "Rejected - Return to Supplier");
    let refused = plant.refused("warehouse", &at("warehouse-action"), 400, json!({"action": "Accepted"})).await;
    assert_eq!(refused, "QA has rejected this material; it can only be rejected.");
    plant.post("warehouse", &at("warehouse-action"), 200, json!({"action": "Rejected"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_and_days_are_the_plants_and_codes_widen_after_999() {
    let plant = Plant::start().await;
    plant.grn(&plant.gate_entry().await).await;
    sqlx::raw_sql(
        "UPDATE counters SET value = 999 WHERE name = 'GRN-26'; INSERT INTO counters (name, value) VALUES ('GATE-1226', 999)",
    )
    .execute(&mut plant.app.database.superuser().await)
    .await
    .unwrap();
    // The evening in London is the first of December in Hyderabad.
    let evening = chrono::DateTime::parse_from_rfc3339("2026-11-30T20:00:00Z").unwrap().to_utc();
    plant.app.clock.advance(evening - plant.app.clock.now());
    for (name, email) in [("security", "jennifer.lee@pharma.com"), ("warehouse", "james.wilson@pharma.com")] {
        plant.log_in(name, email, PASSWORD).await;
    }
    let entry = plant.gate_entry().await;
    assert_eq!(entry["entry_code"], "12261000");
    let grn = plant.post("warehouse", "/api/grn", 201, grn_for(&entry)).await;
    assert_eq!((&grn["grn_code"], &grn["document_date"]), (&json!("GRN-26-1000"), &json!("2026-12-01")));
    assert_eq!((&grn["net_total"], &grn["items"]), (&json!(0.0), &json!([])));
}
