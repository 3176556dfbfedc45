//! Old clients that do the same thing at the same time (security check 24).

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use crate::legacy_people::{Plant, grn_for};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_24_of_two_receipts_of_one_delivery_one_is_refused() {
    let plant = Plant::start().await;
    for _ in 0..5 {
        let entry = plant.gate_entry().await;
        let both = join_all((0..4).map(|_| plant.call("warehouse", "POST", "/api/grn", grn_for(&entry)))).await;
        let mut statuses: Vec<_> = both.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409]);
        let refused = both.iter().find(|answer| answer.status == 409).unwrap();
        assert_eq!(refused.body, json!({"detail": "A GRN already exists for this gate entry"}));
    }
    let codes: Vec<_> = plant.get("warehouse", "/api/grn").await.as_array().unwrap().clone();
    let codes: BTreeSet<_> = codes.iter().map(|grn| grn["grn_code"].as_str().unwrap().to_owned()).collect();
    let expected: BTreeSet<_> = (1..=5).map(|number| format!("GRN-26-{number:03}")).collect();
    assert_eq!(codes, expected, "a refusal takes no code");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_24_a_hundred_deliveries_at_once_have_a_hundred_codes() {
    let plant = Plant::start().await;
    let body = json!({"material_name": "Lactose", "vehicle_number": "TS 09"});
    let all = join_all((0..100).map(|_| plant.call("security", "POST", "/api/security/logs", body.clone()))).await;
    for answer in &all {
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let codes: BTreeSet<_> = all.iter().map(|answer| answer.body["entry_code"].as_str().unwrap().to_owned()).collect();
    let expected: BTreeSet<_> = (1..=100).map(|number| format!("1126{number:03}")).collect();
    assert_eq!(codes, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_24_a_step_is_taken_once() {
    let plant = Plant::start().await;
    let (_, test) = plant.sampled().await;
    let at = |step: &str| format!("/api/quality-tests/{test}/{step}");
    plant.post("qc_manager", &at("assign"), 200, json!({"employee_id": "qc-op-1"})).await;
    let results = json!({"result_data": {"assay": 1}});
    let path = at("submit");
    let all = join_all((0..8).map(|_| plant.call("qc_operator", "POST", &path, results.clone()))).await;
    let taken: Vec<_> = all.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(taken.len(), 1);
    assert!(all.iter().all(|answer| answer.status == 200 || answer.status == 400));

    let grn = plant.grn(&plant.gate_entry().await).await;
    let path = format!("/api/grn/{}/request-sampling", grn["id"].as_str().unwrap());
    let all = join_all((0..8).map(|_| plant.call("qa_manager", "POST", &path, json!({})))).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 200).count(), 1);
    let samples = plant.get("qc_manager", "/api/quality-samples/unassigned").await;
    let of_it = samples.as_array().unwrap().iter().filter(|sample| sample["grn_id"] == grn["id"]).count();
    assert_eq!(of_it, 1, "one request, one sample");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sec_24_of_many_accounts_with_one_address_one_is_made() {
    let plant = Plant::start().await;
    let user = |email: &str| {
        json!({"name": "Asha Rao", "email": email, "role": "QC Operator", "department": "Quality Control",
            "plant_id": "plant-a", "password": "Str0ng!Passw0rd"})
    };
    let addresses = ["asha@pharma.com", "ASHA@pharma.com", "Asha@Pharma.com", "asha@pharma.com"];
    let all = join_all(addresses.iter().map(|email| plant.call("admin", "POST", "/api/users", user(email)))).await;
    let mut statuses: Vec<_> = all.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
    let people = plant.get("admin", "/api/users").await;
    let made = people.as_array().unwrap().iter().filter(|user| user["name"] == "Asha Rao").count();
    assert_eq!(made, 1);
}
