//! Accounts and plants, by old clients.

use serde_json::{Value, json};

use crate::legacy_people::{Plant, id};

fn asha() -> Value {
    json!({"name": "Asha Rao", "email": "asha.rao@pharma.com", "role": "QC Operator", "department": "Quality Control",
        "plant_id": "plant-a", "password": "12345678", "is_admin": true})
}

async fn login(plant: &Plant, email: &str, password: &str) -> (u16, String) {
    plant.app.clock.advance_seconds(60);
    let body = json!({"email": email, "password": password}).to_string();
    let answer = crate::raw::send(&plant.app, http::Method::POST, "/api/auth/login", None, body).await;
    (answer.status.as_u16(), answer.body["detail"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_200_3_a_password_that_an_administrator_sets_must_be_changed_by_its_owner() {
    let plant = Plant::start().await;
    let made = plant.post("admin", "/api/users", 201, asha()).await;
    assert_eq!(
        (&made["plant_id"], &made["is_active"], &made["updated_at"]),
        (&json!("plant-a"), &json!(true), &Value::Null)
    );
    assert!(made.as_object().unwrap().keys().all(|name| !name.contains("password")), "SEC-22: {made}");
    let (status, text) = login(&plant, "asha.rao@pharma.com", "12345678").await;
    assert_eq!((status, text.contains("Viruj Station")), (403, true), "{text}");
    assert_eq!(login(&plant, "asha.rao@pharma.com", "87654321").await.0, 401);

    // The same holds for a password that is set later, and the old token is good for nothing.
    assert_eq!(plant.get("qc_operator", "/api/auth/me").await["id"], "qc-op-1");
    let changed = plant.call("admin", "PUT", "/api/users/qc-op-1", json!({"password": "a new one, 9"})).await;
    assert_eq!((changed.status.as_u16(), &changed.body["name"]), (200, &json!("Lisa Anderson")));
    assert_eq!(login(&plant, "lisa.anderson@pharma.com", "a new one, 9").await.0, 403);
    assert_eq!(login(&plant, "lisa.anderson@pharma.com", "demo123").await.0, 401);
    gone(&plant, "qc_operator").await;
    let trail = "SELECT concat_ws('|', action, actor, reason, new_text::jsonb ->> 'must_change_password')
                 FROM audit_entries WHERE entity = 'users' AND entity_id = $1 AND actor = 'admin-1' ORDER BY seq";
    assert_eq!(plant.read(trail, id(&made)).await, ["created|admin-1|legacy client: create user|true"]);
    assert_eq!(plant.read(trail, "qc-op-1").await, ["changed|admin-1|legacy client: update user|true"]);
}

/// What was found alive is believed for a second, so the token dies within two.
async fn gone(plant: &Plant, name: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(2);
    loop {
        let answer = plant.call(name, "GET", "/api/auth/me", Value::Null).await;
        if answer.status == 401 {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{name} still gets {}", answer.status);
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_100_an_address_is_never_given_to_somebody_else() {
    let plant = Plant::start().await;
    let made = plant.post("admin", "/api/users", 201, asha()).await;
    let taken = |email: &str| {
        let mut user = asha();
        user["email"] = email.into();
        user
    };
    let text = "Email already registered";
    assert_eq!(plant.refused("admin", "/api/users", 409, taken("ASHA.RAO@pharma.com")).await, text);
    let path = format!("/api/users/{}", id(&made));
    let changed = plant.call("admin", "PUT", &path, json!({"email": "asha@pharma.com", "name": "Asha R. Rao"})).await;
    assert_eq!((changed.status.as_u16(), &changed.body["email"]), (200, &json!("asha@pharma.com")));
    assert_eq!((&changed.body["name"], &changed.body["role"]), (&json!("Asha R. Rao"), &json!("QC Operator")));
    // The address that she has given up, the one that she has, and that of somebody who left.
    let left = plant.call("admin", "DELETE", "/api/users/sales-1", Value::Null).await;
    assert_eq!((left.status.as_u16(), left.body), (200, json!({"message": "User deactivated successfully"})));
    for email in ["asha.rao@pharma.com", "asha@pharma.com", "alex.thompson@pharma.com"] {
        assert_eq!(plant.refused("admin", "/api/users", 409, taken(email)).await, text, "{email}");
        let other = plant.call("admin", "PUT", "/api/users/fin-off-1", json!({"email": email})).await;
        assert_eq!((other.status.as_u16(), &other.body["detail"]), (409, &json!(text)), "{email}");
    }
    let back = plant.call("admin", "PUT", &path, json!({"email": "asha.rao@pharma.com"})).await;
    assert_eq!(back.status, 200, "her own address is hers again: {}", back.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_7_who_is_deactivated_or_moved_is_logged_out() {
    let plant = Plant::start().await;
    for (name, person, method, body) in [
        ("security", "sec-off-1", "DELETE", Value::Null),
        ("warehouse", "scm-wh-1", "PUT", json!({"plant_id": "plant-b"})),
        ("qc_manager", "qc-man-1", "PUT", json!({"role": "QC Operator"})),
        ("qa_operator", "qa-op-1", "PUT", json!({"is_active": false})),
    ] {
        plant.get(name, "/api/auth/me").await;
        let answer = plant.call("admin", method, &format!("/api/users/{person}"), body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        gone(&plant, name).await;
    }
    assert_eq!(
        login(&plant, "jennifer.lee@pharma.com", "demo123").await,
        (401, "Invalid email or password".to_owned())
    );
    let seen = plant.read("SELECT plant_id FROM user_plants WHERE user_id = $1", "scm-wh-1").await;
    assert_eq!(seen, ["plant-b"]);
    // What does not touch what somebody may do leaves them at work.
    let answer = plant.call("admin", "PUT", "/api/users/qa-man-1", json!({"name": "Priya S."})).await;
    assert_eq!(answer.status, 200);
    assert_eq!(plant.get("qa_manager", "/api/auth/me").await["name"], "Priya S.");
    let again = plant.call("admin", "PUT", "/api/users/sec-off-1", json!({"is_active": true})).await;
    assert_eq!((again.status.as_u16(), &again.body["is_active"]), (200, &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_be_is_refused() {
    let plant = Plant::start().await;
    let body = json!({"name": "", "email": "x", "role": "Boss", "department": "", "plant_id": "plant-z", "password": "1234567"});
    let answer = plant.post("admin", "/api/users", 422, body).await;
    let told: Vec<_> = answer["detail"].as_array().unwrap().iter().map(|error| &error["loc"][1]).collect();
    assert_eq!(json!(told), json!(["name", "email", "role", "department", "password", "plant_id"]));
    assert!(!answer.to_string().contains("1234567"), "{answer}");
    for (method, path) in
        [("PUT", "/api/users/nobody"), ("DELETE", "/api/users/nobody"), ("DELETE", "/api/users/a%00b")]
    {
        let answer = plant.call("admin", method, path, json!({})).await;
        assert_eq!((answer.status.as_u16(), &answer.body["detail"]), (404, &json!("User not found")), "{path}");
    }
    for (method, body) in [("DELETE", Value::Null), ("PUT", json!({"role": "Sales Person"}))] {
        let answer = plant.call("admin", method, "/api/users/admin-1", body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["detail"]), (400, &json!("The last System Admin stays one")));
    }
    assert_eq!(plant.get("admin", "/api/auth/me").await["role"], "System Admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn plants_are_shown_to_those_who_see_them() {
    let plant = Plant::start().await;
    let all = plant.get("admin", "/api/plants").await;
    let ids: Vec<_> = all.as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids, ["plant-a", "plant-b", "plant-c"]);
    assert_eq!(
        (&all[0]["running_lines"], &all[0]["oee"], &all[0]["manager_id"]),
        (&json!(8), &json!(0.0), &json!("plant-head-1"))
    );
    assert_eq!(plant.get("operator", "/api/plants").await, json!([all[0]]));
    assert_eq!(plant.get("operator", "/api/plants/plant-a").await, all[0]);
    for (name, path) in
        [("operator", "/api/plants/plant-b"), ("admin", "/api/plants/x"), ("admin", "/api/plants/a%00b")]
    {
        let answer = plant.call(name, "GET", path, Value::Null).await;
        assert_eq!((answer.status.as_u16(), &answer.body["detail"]), (404, &json!("Plant not found")), "{path}");
    }
}
