//! API keys of machines and reports (check 14).

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::ConnectInfo};
use chrono::TimeDelta;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tower::ServiceExt;
use viruj_api::{
    api_keys::{ApiKey, ApiKeyQuery, ApiKeyRevocationCause, CreateApiKey, CreatedApiKey},
    users::ChangeReason,
};
use viruj_client::Client;
use viruj_domain::{
    api_key::ApiKeyState,
    capability::Capability,
    clock::Clock,
    ids::{PlantId, UserId},
    role::{Department, Role},
};
use viruj_storage::people::{self, NewPerson};
use viruj_sync::conformance::world::batch;
use viruj_test_support::{Reach, TestApp, over_both_transports, world};

use crate::{
    matrix::{Knocker, token_of},
    raw,
    sessions::problem,
    users::because,
};

over_both_transports! {
    sec_14_a_key_is_kept_as_a_hash_and_shown_once,
    sec_14_a_key_reads_what_its_scopes_say,
    sec_14_nobody_gives_what_they_have_not,
    sec_14_a_key_runs_out,
    sec_14_a_key_reads_rows_of_its_plants,
    sec_14_a_key_is_managed_by_who_sees_all_its_plants,
    sec_14_a_key_ends_with_its_makers_account,
    pi041_at_a_revocation_says_why_and_is_for_ever,
}

/// Opens a session of the head of a plant, who reads everything in it.
async fn head_of(app: &TestApp, plant: &str) -> String {
    let id = UserId(format!("head-of-{plant}"));
    let person = NewPerson {
        id: id.clone(),
        name: "Helen Head",
        email: &format!("head-of-{plant}@example.invalid"),
        password_hash: "none: nobody signs in with it",
        role: Role::PlantHead,
        department: Department::Production,
        plant_ids: vec![plant.into()],
        must_change_password: false,
        created_at: app.clock.now(),
    };
    let mut unit = app.application.state().begin_for_system("test", "a head of a plant").await.unwrap();
    people::create(&mut unit, &person).await.unwrap();
    unit.commit().await.unwrap();
    token_of(app, &id, Knocker::Person(Role::PlantHead)).await
}

async fn admin(app: &TestApp, client: &Client) -> String {
    app.sign_in(client, &world::email("admin")).await.access_token
}

fn wanted(plants: &[&str], scopes: &[Capability]) -> CreateApiKey {
    CreateApiKey {
        name: "Yield report".into(),
        plant_ids: plants.iter().map(|plant| PlantId::from(*plant)).collect(),
        scopes: scopes.to_vec(),
        valid_days: None,
    }
}

async fn make(client: &Client, token: &str, new: &CreateApiKey) -> (ApiKey, String) {
    let key = uuid::Uuid::now_v7().to_string();
    let CreatedApiKey { api_key, secret } = client.create_api_key(token, &key, new).await.unwrap();
    (api_key, secret.unwrap())
}

async fn get(app: &TestApp, path: &str, key: &str) -> raw::Answer {
    raw::send(app, Method::GET, path, Some(key), "").await
}

async fn status_at(router: &Router, path: &str, key: &str) -> StatusCode {
    let request = Request::builder().uri(path).header(header::AUTHORIZATION, format!("Bearer {key}"));
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
}

async fn state_of(client: &Client, token: &str, key: &ApiKey) -> ApiKey {
    let page = client.api_keys(token, &ApiKeyQuery::default()).await.unwrap();
    page.items.into_iter().find(|found| found.id == key.id).unwrap()
}

/// Every row of every table, as a text.
async fn everything_that_is_kept(app: &TestApp) -> Vec<String> {
    let mut database = app.database.superuser().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    assert!(tables.iter().any(|table| table == "public.api_keys"));
    let mut rows = Vec::new();
    for table in tables {
        let sql = format!("SELECT t::text FROM {table} AS t");
        rows.extend(sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch_all(&mut database).await.unwrap());
    }
    rows
}

async fn sec_14_a_key_is_kept_as_a_hash_and_shown_once(app: TestApp, client: Client) {
    let token = head_of(&app, "plant-a").await;
    let new = wanted(&["plant-a"], &[Capability::BatchRead]);
    let made = client.create_api_key(&token, "report-0001", &new).await.unwrap();
    let secret = made.secret.clone().unwrap();
    assert!(secret.starts_with("vk_") && secret.contains(&made.api_key.id.0.simple().to_string()));
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.status, 200);
    // The answer that is given again has no secret: it could be had back otherwise for as long as it is kept.
    let again = client.create_api_key(&token, "report-0001", &new).await.unwrap();
    assert_eq!((again.api_key, again.secret), (made.api_key.clone(), None));
    let other = CreateApiKey { name: "Another".into(), ..new.clone() };
    let reused = client.create_api_key(&token, "report-0001", &other).await;
    assert_eq!(problem(reused).code, "idempotency_key_reused");
    let (chance, list) = (secret.rsplit('_').next().unwrap(), get(&app, "/api/v1/api-keys", &token).await);
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1));
    assert!(!list.body.to_string().contains(chance) && !list.body.to_string().contains("hash"), "SEC-22");
    assert!(!format!("{made:?}").contains(chance));
    let rows = everything_that_is_kept(&app).await;
    assert!(rows.iter().any(|row| row.contains(&made.api_key.id.to_string())), "the key is looked for where it is");
    for secret in [secret.clone(), chance.to_owned(), hex::encode(&secret), hex::encode(chance)] {
        assert!(!rows.iter().any(|row| row.contains(&secret)), "the secret is kept");
    }
    // The trail says that the key was made, and not even its hash.
    let mut database = app.database.superuser().await;
    let (actor, text): (String, String) =
        sqlx::query_as("SELECT actor, new_text FROM audit_entries WHERE entity = 'api_keys' AND action = 'created'")
            .fetch_one(&mut database)
            .await
            .unwrap();
    assert_eq!(actor, "head-of-plant-a");
    let text: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&text["scopes"], &text["plant_ids"]), (&json!(["batch.read"]), &json!(["plant-a"])));
    assert!(text.get("secret_hash").is_none() && text.get("last_used_at").is_none(), "{text}");
}

async fn sec_14_a_key_reads_what_its_scopes_say(app: TestApp, client: Client) {
    let token = head_of(&app, "plant-a").await;
    let new = wanted(&["plant-a"], &[Capability::MaterialRead, Capability::BatchRead, Capability::BatchRead]);
    let (key, secret) = make(&client, &token, &new).await;
    assert_eq!(key.scopes, [Capability::BatchRead, Capability::MaterialRead], "each scope once");
    for path in ["/api/v1/batches", "/api/v1/materials"] {
        assert_eq!(get(&app, path, &secret).await.status, 200, "{path}");
    }
    for path in ["/api/v1/gate-entries", "/api/v1/audit", "/api/v1/audit/export?format=csv", "/api/v1/plants"] {
        let refused = get(&app, path, &secret).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_authorised"), "{path}");
    }
    // A scope that the program no longer gives to machines is worth nothing, whatever the row says.
    let mut database = app.database.superuser().await;
    sqlx::raw_sql(
        "BEGIN; SET LOCAL viruj.actor = 'system:test'; SET LOCAL viruj.reason = 'test';
                   UPDATE api_keys SET scopes = '{batch.release,user.manage,no.such,batch.read}'; COMMIT",
    )
    .execute(&mut database)
    .await
    .unwrap();
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.status, 200);
    assert_eq!(get(&app, "/api/v1/users", &secret).await.code(), "not_for_api_keys");
    assert_eq!(state_of(&client, &token, &key).await.scopes, [Capability::BatchRead]);
}

async fn sec_14_nobody_gives_what_they_have_not(app: TestApp, client: Client) {
    let head = head_of(&app, "plant-a").await;
    let admin = admin(&app, &client).await;
    let reads = [Capability::BatchRead];
    let days = |valid_days| CreateApiKey { valid_days: Some(valid_days), ..wanted(&["plant-a"], &reads) };
    let named = |name: &str| CreateApiKey { name: name.into(), ..wanted(&["plant-a"], &reads) };
    for (token, new, code) in [
        (&head, wanted(&["plant-a"], &[]), "scopes_required"),
        (&head, wanted(&["plant-a"], &[Capability::BatchReview]), "scope_not_allowed"),
        (&head, wanted(&["plant-a"], &[Capability::ApiKeyManage]), "scope_not_allowed"),
        (&admin, wanted(&["plant-a"], &[Capability::UserManage]), "scope_not_allowed"),
        (&admin, wanted(&["plant-a"], &reads), "scope_not_allowed"),
        (&head, wanted(&[], &reads), "plants_required"),
        (&head, wanted(&["plant-a", "plant-b"], &reads), "plant_unknown"),
        (&head, wanted(&["plant-z"], &reads), "plant_unknown"),
        (&admin, wanted(&["plant-z"], &[Capability::PlantRead]), "plant_unknown"),
        (&admin, wanted(&["nul\0"], &[Capability::PlantRead]), "plant_unknown"),
        (&head, days(0), "valid_days_invalid"),
        (&head, days(366), "valid_days_invalid"),
        (&head, named("  "), "name_invalid"),
        (&head, named("two\nlines"), "name_invalid"),
    ] {
        let refused = problem(client.create_api_key(token, &uuid::Uuid::now_v7().to_string(), &new).await);
        assert_eq!((refused.status, refused.code.as_str()), (422, code), "{new:?}");
    }
    for (field, value) in [
        ("scopes", json!(["no.such"])),
        ("secret", json!("vk_mine")),
        ("id", json!("00000000-0000-0000-0000-000000000000")),
        ("expires_at", json!("2099-01-01T00:00:00Z")),
        ("valid_days", json!(-1)),
    ] {
        let mut body = serde_json::to_value(wanted(&["plant-a"], &reads)).unwrap();
        body[field] = value;
        let refused = raw::send(&app, Method::POST, "/api/v1/api-keys", Some(&head), body.to_string()).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid_body"), "SEC-21 {field}");
    }
    assert!(client.api_keys(&admin, &ApiKeyQuery::default()).await.unwrap().items.is_empty(), "nothing was made");
    let (made, _) = make(&client, &head, &days(365)).await;
    assert_eq!(made.expires_at - made.created_at, TimeDelta::days(365));
}

async fn sec_14_a_key_runs_out(app: TestApp, client: Client) {
    let head = head_of(&app, "plant-a").await;
    let (key, secret) = make(&client, &head, &wanted(&["plant-a"], &[Capability::BatchRead])).await;
    assert_eq!((key.state, key.expires_at - key.created_at), (ApiKeyState::Active, TimeDelta::days(90)));
    let id = UserId::from("head-of-plant-a");
    for (days, status, state) in
        [(75, 200, ApiKeyState::Active), (1, 200, ApiKeyState::ExpiresSoon), (14, 401, ApiKeyState::Expired)]
    {
        app.clock.advance(TimeDelta::days(days));
        // Sessions end sooner than keys.
        let token = token_of(&app, &id, Knocker::Person(Role::PlantHead)).await;
        assert_eq!(get(&app, "/api/v1/batches", &secret).await.status, status, "{state:?}");
        assert_eq!(state_of(&client, &token, &key).await.state, state);
        for asked in [ApiKeyState::Active, ApiKeyState::ExpiresSoon, ApiKeyState::Expired, ApiKeyState::Revoked] {
            let query = ApiKeyQuery { state: Some(asked), ..ApiKeyQuery::default() };
            let found = client.api_keys(&token, &query).await.unwrap().items.len();
            assert_eq!(found, usize::from(asked == state), "{asked:?} while {state:?}");
        }
    }
}

async fn sec_14_a_key_reads_rows_of_its_plants(app: TestApp, client: Client) {
    let reads = [Capability::BatchRead, Capability::PlantRead, Capability::AuditRead];
    let (_, here) = make(&client, &head_of(&app, "plant-a").await, &wanted(&["plant-a"], &reads)).await;
    let (_, there) = make(&client, &head_of(&app, "plant-b").await, &wanted(&["plant-b"], &reads)).await;
    let path = format!("/api/v1/batches/{}", batch().id);
    assert_eq!(get(&app, &path, &here).await.status, 200);
    let (hidden, absent) = (get(&app, &path, &there).await, get(&app, "/api/v1/batches/no-such", &there).await);
    let said = |answer: &raw::Answer| {
        let mut body = answer.body.clone();
        body["request_id"] = Value::Null;
        (answer.status, body)
    };
    assert_eq!(said(&hidden), said(&absent), "SEC-16: what is in another plant is not there");
    assert_eq!(hidden.code(), "not_found");
    let items = async |path: &str, key: &str| get(&app, path, key).await.body["items"].as_array().unwrap().clone();
    assert_eq!(items("/api/v1/batches", &here).await.len(), 1);
    assert!(items("/api/v1/batches", &there).await.is_empty(), "SEC-19");
    let plants = items("/api/v1/plants", &there).await;
    assert_eq!(plants.iter().map(|plant| &plant["id"]).collect::<Vec<_>>(), [&json!("plant-b")]);
    let feeds = items("/api/v1/audit?limit=200", &there).await;
    assert!(!feeds.is_empty() && feeds.iter().all(|entry| entry["feed"] != "plant-a"), "of its plants and the system");
    // A plant that is gone from the row is gone from the key: nothing of it is remembered between requests.
    let mut database = app.database.superuser().await;
    sqlx::raw_sql(
        "BEGIN; SET LOCAL viruj.actor = 'system:test'; SET LOCAL viruj.reason = 'test';
                   UPDATE api_keys SET plant_ids = '{plant-b}'; COMMIT",
    )
    .execute(&mut database)
    .await
    .unwrap();
    assert_eq!(get(&app, &path, &here).await.status, 404);
}

async fn sec_14_a_key_is_managed_by_who_sees_all_its_plants(app: TestApp, client: Client) {
    let (here, there) = (head_of(&app, "plant-a").await, head_of(&app, "plant-b").await);
    let admin = admin(&app, &client).await;
    let (of_here, _) = make(&client, &here, &wanted(&["plant-a"], &[Capability::BatchRead])).await;
    app.clock.advance_seconds(1);
    let (of_both, _) = make(&client, &admin, &wanted(&["plant-a", "plant-b"], &[Capability::PlantRead])).await;
    let ids = async |token: &str| {
        let mut query = ApiKeyQuery { limit: Some(1), ..ApiKeyQuery::default() };
        let mut found = Vec::new();
        loop {
            let page = client.api_keys(token, &query).await.unwrap();
            found.extend(page.items.into_iter().map(|key| key.id));
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return found;
            }
        }
    };
    assert_eq!(ids(&admin).await, [of_both.id, of_here.id], "the newest first, page by page");
    assert_eq!(ids(&here).await, [of_here.id]);
    assert!(ids(&there).await.is_empty());
    for (token, id) in [(&there, of_here.id), (&here, of_both.id), (&there, uuid::Uuid::now_v7().into())] {
        let refused = problem(client.revoke_api_key(token, id, &because("not mine")).await);
        assert_eq!((refused.status, refused.code.as_str()), (404, "not_found"), "SEC-16");
    }
    let refused =
        raw::send(&app, Method::POST, "/api/v1/api-keys/no-id/revoke", Some(&admin), r#"{"reason":"x"}"#).await;
    assert_eq!(refused.code(), "not_found");
    let revoked = client.revoke_api_key(&admin, of_here.id, &because("not needed")).await.unwrap();
    assert_eq!(revoked.state, ApiKeyState::Revoked);
}

async fn sec_14_a_key_ends_with_its_makers_account(app: TestApp, client: Client) {
    let head = head_of(&app, "plant-a").await;
    let admin = admin(&app, &client).await;
    let (key, secret) = make(&client, &head, &wanted(&["plant-a"], &[Capability::BatchRead])).await;
    let (other, others) = make(&client, &admin, &wanted(&["plant-a"], &[Capability::PlantRead])).await;
    let maker = UserId::from("head-of-plant-a");
    let etag = client.user(&admin, &maker).await.unwrap().etag;
    client.set_user_active(&admin, &maker, &etag, false, &because("has left")).await.unwrap();
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.code(), "invalid_token");
    assert_eq!(get(&app, "/api/v1/plants", &others).await.status, 200, "a key of somebody else goes on");
    let ended = state_of(&client, &admin, &key).await.revocation.unwrap();
    assert_eq!((ended.cause, ended.by.as_str()), (ApiKeyRevocationCause::MakerDeactivated, "admin"));
    assert_eq!(ended.at, app.clock.now());
    assert_eq!(state_of(&client, &admin, &other).await.state, ApiKeyState::Active);
    let mut database = app.database.superuser().await;
    let (actor, reason): (String, String) = sqlx::query_as(
        "SELECT actor, reason FROM audit_entries WHERE entity = 'api_keys' AND action = 'changed' AND entity_id = $1",
    )
    .bind(key.id.to_string())
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!((actor.as_str(), reason.as_str()), ("admin", "has left"));
    // Whoever comes back makes another one.
    let etag = client.user(&admin, &maker).await.unwrap().etag;
    client.set_user_active(&admin, &maker, &etag, true, &because("is back")).await.unwrap();
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.code(), "invalid_token");
}

async fn pi041_at_a_revocation_says_why_and_is_for_ever(app: TestApp, client: Client) {
    let head = head_of(&app, "plant-a").await;
    let (key, secret) = make(&client, &head, &wanted(&["plant-a"], &[Capability::BatchRead])).await;
    let silent = problem(client.revoke_api_key(&head, key.id, &ChangeReason { reason: " ".into() }).await);
    assert_eq!(silent.code, "change_reason_required");
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.status, 200);
    let revoked = client.revoke_api_key(&head, key.id, &because("the report has moved")).await.unwrap();
    let how = revoked.revocation.clone().unwrap();
    assert_eq!((how.cause, how.by_name.as_deref()), (ApiKeyRevocationCause::ByAPerson, Some("Helen Head")));
    app.clock.advance_seconds(5);
    let again = client.revoke_api_key(&head, key.id, &because("once more")).await.unwrap();
    assert_eq!(again, revoked, "what has ended does not end again");
    let mut database = app.database.superuser().await;
    let reasons: Vec<String> = sqlx::query_scalar(
        "SELECT reason FROM audit_entries WHERE entity = 'api_keys' AND action = 'changed' ORDER BY entry_id",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    assert_eq!(reasons, ["the report has moved"]);
    // Nobody who serves can bring it back, or make it another one.
    for change in ["revoked_at = NULL, revoked_by = NULL, revoked_cause = NULL", "plant_ids = '{plant-b}'"] {
        let sql = format!("SET ROLE viruj_runtime; UPDATE api_keys SET {change}");
        let refused = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut app.database.superuser().await).await;
        assert!(refused.is_err(), "{change}");
    }
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.code(), "invalid_token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_14_a_key_is_unable_to_sign_and_is_nobody() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let head = head_of(&app, "plant-a").await;
    let reads: Vec<_> = viruj_domain::api_key::scopes_of(Role::PlantHead).collect();
    let (key, secret) = make(&client, &head, &wanted(&["plant-a"], &reads)).await;
    for (method, path) in [
        (Method::POST, "/api/v1/signatures/attest".to_owned()),
        (Method::POST, "/api/v1/audit/reviews".to_owned()),
        (Method::DELETE, "/api/v1/sessions/current".to_owned()),
        (Method::POST, "/api/v1/sync/push".to_owned()),
        (Method::GET, "/api/v1/sync/feeds/plant-a".to_owned()),
        (Method::GET, "/api/v1/me".to_owned()),
        (Method::GET, "/api/v1/me/account".to_owned()),
        (Method::POST, "/api/v1/me/password".to_owned()),
        (Method::GET, "/api/v1/notifications".to_owned()),
        (Method::GET, "/api/v1/users".to_owned()),
        (Method::POST, "/api/v1/stations".to_owned()),
        (Method::POST, "/api/v1/backups".to_owned()),
        (Method::GET, "/api/v1/api-keys".to_owned()),
        (Method::POST, "/api/v1/api-keys".to_owned()),
        (Method::POST, format!("/api/v1/api-keys/{}/revoke", key.id)),
    ] {
        let refused = raw::send(&app, method.clone(), &path, Some(&secret), "{}").await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "not_for_api_keys"), "{method} {path}");
    }
    let old = raw::send(&app, Method::GET, "/api/grn", Some(&secret), "").await;
    assert_eq!((old.status.as_u16(), &old.body["detail"]), (401, &json!("Could not validate credentials")));
    // Nor is it a refresh token, and nobody signs in with it.
    let body = json!({ "refresh_token": secret }).to_string();
    assert_eq!(
        raw::send(&app, Method::POST, "/api/v1/sessions/refresh", None, body).await.code(),
        "invalid_refresh_token"
    );
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.status, 200, "and all the same it reads");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_14_a_key_that_is_revoked_on_one_replica_is_refused_on_the_other_within_a_second() {
    let app = TestApp::start().await;
    let client = app.client(Reach::Http);
    let head = head_of(&app, "plant-a").await;
    let (key, secret) = make(&client, &head, &wanted(&["plant-a"], &[Capability::BatchRead])).await;
    let replica = app.replica().await;
    let there = replica.router();
    for _ in 0..3 {
        assert_eq!(status_at(&there, "/api/v1/batches", &secret).await, StatusCode::OK);
    }
    let begun = Instant::now();
    client.revoke_api_key(&head, key.id, &because("lost")).await.unwrap();
    assert_eq!(status_at(&there, "/api/v1/batches", &secret).await, StatusCode::UNAUTHORIZED);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    replica.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_14_whatever_is_wrong_with_a_key_the_answer_is_one() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let head = head_of(&app, "plant-a").await;
    let new = wanted(&["plant-a"], &[Capability::BatchRead]);
    let (revoked, ended) = make(&client, &head, &new).await;
    client.revoke_api_key(&head, revoked.id, &because("lost")).await.unwrap();
    let (_, expired) = make(&client, &head, &CreateApiKey { valid_days: Some(1), ..new.clone() }).await;
    app.clock.advance(TimeDelta::days(1));
    let head = token_of(&app, &UserId::from("head-of-plant-a"), Knocker::Person(Role::PlantHead)).await;
    let (_, good) = make(&client, &head, &new).await;
    let other_chance = format!("{}{}", &good[..good.len() - 52], &ended[ended.len() - 52..]);
    let unknown = good.replacen(&good[3..35], &uuid::Uuid::now_v7().simple().to_string(), 1);
    let upper = good.to_uppercase().replacen("VK_", "vk_", 1);
    let mut answers = Vec::new();
    for bad in [&ended, &expired, &other_chance, &unknown, &upper, &good[..good.len() - 1], "vk_", "vk_' OR 1=1 --"] {
        let mut answer = get(&app, "/api/v1/batches", bad).await;
        answer.body["request_id"] = Value::Null;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "invalid_token"), "{bad}");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(get(&app, "/api/v1/batches", &good).await.status, 200);
}

async fn from(app: &TestApp, address: [u8; 4], key: &str) -> raw::Answer {
    let request = Request::builder()
        .uri("/api/v1/batches?limit=1")
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .extension(ConnectInfo(std::net::SocketAddr::from((address, 50_000))));
    raw::send_request(app, request.body(Body::empty()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_12_keys_that_fail_close_their_address_for_what_fails_only() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let head = head_of(&app, "plant-a").await;
    let (_, good) = make(&client, &head, &wanted(&["plant-a"], &[Capability::BatchRead])).await;
    let bad = "vk_nothing";
    for _ in 0..50 {
        assert_eq!(from(&app, [192, 0, 2, 7], bad).await.code(), "invalid_token");
    }
    let closed = from(&app, [192, 0, 2, 7], bad).await;
    assert_eq!((closed.status.as_u16(), closed.code()), (429, "too_many_attempts"));
    assert_eq!(closed.headers[header::RETRY_AFTER], "300");
    assert_eq!(from(&app, [192, 0, 2, 7], &good).await.status, 200, "machines beside the guesser go on");
    assert_eq!(from(&app, [192, 0, 2, 8], bad).await.code(), "invalid_token", "another address is another one");
    let mut database = app.database.superuser().await;
    let told: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_entries WHERE entity = 'api_keys' AND action = 'address_closed'",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(told, 1, "P11-300d");
    app.clock.advance_seconds(300);
    assert_eq!(from(&app, [192, 0, 2, 7], bad).await.code(), "invalid_token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_14_a_key_asks_so_often_and_no_oftener_on_all_replicas_together() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let head = head_of(&app, "plant-a").await;
    let new = wanted(&["plant-a"], &[Capability::MaterialRead]);
    let ((_, busy), (_, calm)) = (make(&client, &head, &new).await, make(&client, &head, &new).await);
    let replica = app.replica().await;
    let routers = [app.application.router(), replica.router()];
    let (mut let_in, mut refused) = (0, 0);
    // 32 at a time, as a machine that has gone mad would.
    for round in 0..25 {
        let asked = (0..32).map(|number| status_at(&routers[(round + number) % 2], "/api/v1/materials?limit=1", &busy));
        for status in futures_util::future::join_all(asked).await {
            match status {
                StatusCode::OK => let_in += 1,
                StatusCode::TOO_MANY_REQUESTS => refused += 1,
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!((let_in, refused), (600, 200), "600 a minute, counted together");
    let answer = get(&app, "/api/v1/materials", &busy).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (429, "too_many_requests"));
    assert_eq!(answer.headers[header::RETRY_AFTER], "60");
    assert_eq!(get(&app, "/api/v1/materials", &calm).await.status, 200, "another key is another one");
    app.clock.advance_seconds(60);
    assert_eq!(get(&app, "/api/v1/materials", &busy).await.status, 200);
    replica.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_use_of_a_key_is_kept_to_the_hour_and_is_no_change() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let head = head_of(&app, "plant-a").await;
    let (key, secret) = make(&client, &head, &wanted(&["plant-a"], &[Capability::BatchRead])).await;
    assert_eq!(key.last_used_at, None);
    let first = app.clock.now();
    for (seconds, kept) in [(0, 0), (600, 0), (2999, 0), (1, 3600)] {
        app.clock.advance_seconds(seconds);
        assert_eq!(get(&app, "/api/v1/batches", &secret).await.status, 200);
        let token = token_of(&app, &UserId::from("head-of-plant-a"), Knocker::Person(Role::PlantHead)).await;
        let seen = state_of(&client, &token, &key).await.last_used_at.unwrap();
        assert_eq!(seen, first + TimeDelta::seconds(kept));
    }
    let mut database = app.database.superuser().await;
    let entries: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_entries WHERE entity = 'api_keys'")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(entries, 1, "that it was made");
}

/// Log lines, as the program writes them.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Those of all tests of this process: a subscriber of one thread loses what another thread comes to first.
    fn of_this_process() -> &'static Self {
        static LINES: OnceLock<Lines> = OnceLock::new();
        LINES.get_or_init(|| {
            let lines = Self::default();
            let writer = lines.clone();
            tracing_subscriber::fmt()
                .json()
                .with_env_filter("viruj_server=info")
                .with_writer(move || writer.clone())
                .init();
            lines
        })
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_14_the_log_says_which_key_asked_and_never_its_text() {
    let lines = Lines::of_this_process();
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let head = head_of(&app, "plant-a").await;
    let (key, secret) = make(&client, &head, &wanted(&["plant-a"], &[Capability::BatchRead])).await;
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.status, 200);
    client.revoke_api_key(&head, key.id, &because("lost")).await.unwrap();
    assert_eq!(get(&app, "/api/v1/batches", &secret).await.status, 401);
    let text = lines.text();
    let id = format!("\"api_key\":\"{}\"", key.id);
    let of_key: Vec<_> = text.lines().filter(|line| line.contains(&id)).collect();
    let [answered, ended] = of_key[..] else { panic!("{of_key:?}") };
    assert!(answered.contains("answered") && answered.contains("\"status\":200"), "{answered}");
    assert!(ended.contains("a key that has ended was shown") && ended.contains("Revoked"), "{ended}");
    assert!(!text.contains(secret.rsplit('_').next().unwrap()));
}
