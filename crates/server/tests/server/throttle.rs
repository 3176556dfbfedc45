use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use http::{Method, Request, header};
use serde_json::json;
use viruj_api::sessions::SignInRequest;
use viruj_client::{Client, Transport};
use viruj_domain::clock::Clock;
use viruj_server::proxies::TrustedProxies;
use viruj_test_support::{Reach, TestApp, TestStation, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    sec_12_guessing_closes_the_account_at_that_place_for_a_while,
    sec_12_replicas_count_together,
}

fn attempt(email: &str, password: &str) -> SignInRequest {
    SignInRequest { email: email.to_owned(), password: password.to_owned() }
}

async fn sec_12_guessing_closes_the_account_at_that_place_for_a_while(app: TestApp, client: Client) {
    let email = world::email("qa-manager");
    for _ in 0..5 {
        assert_eq!(problem(client.sign_in(&attempt(&email, "wrong")).await).code, "invalid_credentials");
    }
    let closed = problem(client.sign_in(&attempt(&email, world::PASSWORD)).await);
    assert_eq!((closed.code.as_str(), closed.status), ("too_many_attempts", 429));
    assert_eq!(closed.retry_after_seconds, Some(300));
    // A colleague at the same place goes on.
    app.sign_in(&client, &world::email("security")).await;
    app.clock.advance_seconds(300);
    app.sign_in(&client, &email).await;
    let mut trail = app.database.superuser().await;
    let failures: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_entries WHERE action = 'sign_in_failed' AND entity_id = 'qa-manager'",
    )
    .fetch_one(&mut trail)
    .await
    .unwrap();
    assert_eq!(failures, 5, "P11-300d: attempts at misuse are in the trail");
}

async fn sec_12_replicas_count_together(app: TestApp, client: Client) {
    let replica = app.replica().await;
    let there = Client::new(Transport::in_process(replica.router()));
    let email = world::email("qa-manager");
    // One account from the same place, half of it here and half of it there: the in-process address is one.
    let here = app.client(Reach::InProcess);
    for number in 0..5 {
        let client = if number % 2 == 0 { &here } else { &there };
        assert_eq!(problem(client.sign_in(&attempt(&email, "wrong")).await).code, "invalid_credentials");
    }
    for client in [&here, &there] {
        assert_eq!(problem(client.sign_in(&attempt(&email, world::PASSWORD)).await).code, "too_many_attempts");
    }
    drop(client);
    replica.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_fifty_guesses_at_once_are_five() {
    let app = TestApp::start().await;
    let client = app.client(Reach::Http);
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let (client, request) = (client.clone(), attempt(&world::email("qa-manager"), "wrong"));
            tokio::spawn(async move { problem(client.sign_in(&request).await).code })
        })
        .collect();
    let mut judged = 0;
    for one in tries {
        match one.await.unwrap().as_str() {
            "invalid_credentials" => judged += 1,
            other => assert_eq!(other, "too_many_attempts"),
        }
    }
    assert_eq!(judged, 5);
}

/// A request that a trusted proxy on loopback passes on from `address`.
async fn from(app: &TestApp, address: &str, email: &str, password: &str) -> raw::Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/api/v1/sessions")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", format!("192.0.2.1, {address}"))
        .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))))
        .body(json!({"email": email, "password": password}).to_string().into())
        .unwrap();
    raw::send_request(app, request).await
}

/// So many at once: each refusal takes half a second.
async fn for_all(count: u32, one: impl AsyncFn(u32)) {
    let one = &one;
    futures_util::future::join_all((0..count).map(|number| one(number))).await;
}

async fn behind_a_proxy() -> TestApp {
    TestApp::start_with(|settings| settings.trusted_proxies = TrustedProxies::read("127.0.0.1").unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_behind_a_trusted_proxy_each_client_is_its_own_place() {
    let app = behind_a_proxy().await;
    let email = world::email("qa-manager");
    for _ in 0..5 {
        assert_eq!(from(&app, "203.0.113.9", &email, "wrong").await.code(), "invalid_credentials");
    }
    assert_eq!(from(&app, "203.0.113.9", &email, world::PASSWORD).await.code(), "too_many_attempts");
    assert_eq!(from(&app, "203.0.113.10", &email, world::PASSWORD).await.status, 201);
    let mut database = app.database.superuser().await;
    let address: String =
        sqlx::query_scalar("SELECT client_address FROM sessions").fetch_one(&mut database).await.unwrap();
    assert_eq!(address, "203.0.113.10");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_guessing_from_everywhere_locks_but_not_where_the_person_works() {
    let app = behind_a_proxy().await;
    let email = world::email("qa-manager");
    assert_eq!(from(&app, "203.0.113.1", &email, world::PASSWORD).await.status, 201);
    for_all(20, async |number| {
        let address = format!("198.51.100.{number}");
        assert_eq!(from(&app, &address, &email, "wrong").await.code(), "invalid_credentials", "{address}");
    })
    .await;
    let elsewhere = from(&app, "198.51.100.99", &email, world::PASSWORD).await;
    assert_eq!(elsewhere.code(), "too_many_attempts");
    assert_eq!(from(&app, "203.0.113.1", &email, world::PASSWORD).await.status, 201);
    // Somebody who does not exist is locked alike, so the lock tells nothing.
    let nobody = world::email("nobody");
    for_all(20, async |number| {
        let address = format!("198.51.101.{number}");
        assert_eq!(from(&app, &address, &nobody, "wrong").await.code(), "invalid_credentials");
    })
    .await;
    assert_eq!(from(&app, "198.51.101.99", &nobody, "wrong").await.code(), "too_many_attempts");
    let mut database = app.database.superuser().await;
    let locked: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_entries WHERE action = 'account_locked' AND entity_id IN ('qa-manager', 'unknown')",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(locked, 2);
    let until: bool =
        sqlx::query_scalar("SELECT locked_until = '2026-11-24T08:15:00Z' FROM users WHERE id = 'qa-manager'")
            .fetch_one(&mut database)
            .await
            .unwrap();
    assert!(until, "P11-300d: the lock is in the account");
    app.clock.advance_seconds(15 * 60);
    assert_eq!(from(&app, "198.51.100.99", &email, world::PASSWORD).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_an_address_that_tries_every_account_does_not_stop_the_plant() {
    let app = behind_a_proxy().await;
    let plant = "203.0.113.1";
    assert_eq!(from(&app, plant, &world::email("qa-manager"), world::PASSWORD).await.status, 201);
    for_all(50, async |number| {
        let guessed = from(&app, plant, &world::email(&format!("guessed-{number}")), "wrong").await;
        assert_eq!(guessed.code(), "invalid_credentials");
    })
    .await;
    assert_eq!(from(&app, plant, &world::email("security"), world::PASSWORD).await.code(), "too_many_attempts");
    assert_eq!(from(&app, plant, &world::email("qa-manager"), world::PASSWORD).await.status, 201);
    let wrong = from(&app, plant, &world::email("qa-manager"), "wrong").await;
    assert_eq!(wrong.code(), "too_many_attempts", "whose account it is, the answer does not tell");
    let mut database = app.database.superuser().await;
    let told: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM notifications WHERE user_id IN ('admin', 'security') AND type = 'warning'
         AND message LIKE '50 sign-ins failed from 203.0.113.1%'",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(told, 2, "P11-300d: the security role is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_a_registered_station_is_a_place_of_its_own() {
    let app = TestApp::start().await;
    let client = app.client(Reach::Http);
    let station = TestStation::register(&app, &client).await;
    let token = station.exchange.station_token(app.clock.now()).await.unwrap();
    let email = world::email("qa-manager");
    for _ in 0..5 {
        problem(client.sign_in(&attempt(&email, "wrong")).await);
    }
    assert_eq!(problem(client.sign_in(&attempt(&email, world::PASSWORD)).await).code, "too_many_attempts");
    client.sign_in_at(Some(&token), &attempt(&email, world::PASSWORD)).await.unwrap();
    // A token that is none makes no place.
    let refused = problem(client.sign_in_at(Some("made-up"), &attempt(&email, world::PASSWORD)).await);
    assert_eq!(refused.code, "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_300d_the_fifth_failure_tells_the_security_role() {
    let app = TestApp::start().await;
    let client = app.client(Reach::Http);
    for _ in 0..5 {
        problem(client.sign_in(&attempt(&world::email("operator-b"), "wrong")).await);
    }
    let mut database = app.database.superuser().await;
    let told: Vec<(String, Option<String>)> =
        sqlx::query_as("SELECT user_id, plant_id FROM notifications ORDER BY user_id")
            .fetch_all(&mut database)
            .await
            .unwrap();
    // The Security Officer of the other plant has nothing to do with it.
    assert_eq!(told, [("admin".to_owned(), Some("plant-b".to_owned()))]);
    let closed: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_entries WHERE action = 'sign_in_closed' AND entity_id = 'operator-b'",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(closed, 1);
    let kept: bool = sqlx::query_scalar("SELECT bool_or(encode(key, 'escape') LIKE '%operator%') FROM attempts")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert!(!kept, "what people typed is kept nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_12_a_forwarding_header_moves_no_bucket() {
    let app = TestApp::start().await;
    let body = json!({"email": world::email("qa-manager"), "password": "wrong"}).to_string();
    let mut last = None;
    for number in 0..6 {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/sessions")
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", format!("203.0.113.{number}"))
            .header("forwarded", format!("for=203.0.113.{number}"))
            .body(body.clone().into())
            .unwrap();
        last = Some(raw::send_request(&app, request).await);
    }
    let last = last.unwrap();
    assert_eq!(last.code(), "too_many_attempts");
    assert_eq!(last.headers[header::RETRY_AFTER], "300");
}
