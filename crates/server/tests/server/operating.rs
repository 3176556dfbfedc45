use std::time::Duration;

use http::{Method, header};
use serde_json::json;
use viruj_api::sessions::SignInRequest;
use viruj_test_support::{Reach, TestApp, world};

use crate::raw;

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_finishes_what_is_in_flight() {
    let mut app = TestApp::start().await;
    let client = app.client(Reach::Http);
    // A bcrypt hash takes a quarter of a second to check.
    let request = SignInRequest { email: world::LEGACY_EMAIL.to_owned(), password: world::LEGACY_PASSWORD.to_owned() };
    let in_flight = tokio::spawn({
        let client = client.clone();
        async move { client.sign_in(&request).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!in_flight.is_finished(), "the request is under way when the server is asked to stop");
    app.stop().await;
    in_flight.await.unwrap().unwrap();
    assert_eq!(client.server().await.unwrap_err().code(), "server_unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_the_server_says_so() {
    let app = TestApp::start().await;
    assert_eq!(raw::send(&app, Method::GET, "/health", None, "").await.status, 200);
    let other = viruj_test_support::database::empty_database().await;
    let mut superuser = other.superuser().await;
    let statement = format!("DROP DATABASE {} WITH (FORCE)", app.database.name);
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut superuser).await.unwrap();
    for path in ["/health", "/api/v1/server"] {
        let answer = raw::send(&app, Method::GET, path, None, "").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (503, "database_unreachable"), "{path}");
        assert_eq!(answer.headers[header::RETRY_AFTER], "5");
        assert!(!answer.body.to_string().contains("viruj_test"), "nothing of the inside is sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers_that_browsers_need() {
    let app = TestApp::start().await;
    for path in ["/health", "/api/v1/server", "/api/v1/nothing", "/"] {
        let answer = raw::send(&app, Method::GET, path, None, "").await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        assert!(answer.headers.contains_key("x-request-id"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_paths_say_that_they_are_deprecated_and_nothing_else_does() {
    let app = TestApp::start().await;
    for (path, status, is_old) in [
        ("/api/users", 403, true),
        ("/api/nothing", 404, true),
        ("/api/v1/me", 401, false),
        ("/api/v1/server", 200, false),
        ("/health", 200, false),
    ] {
        let answer = raw::send(&app, Method::GET, path, None, "").await;
        let said = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap());
        let expected = is_old.then_some(("@1795478400", "</docs>; rel=\"deprecation\"; type=\"text/html\""));
        assert_eq!((answer.status.as_u16(), said("deprecation").zip(said("link"))), (status, expected), "{path}");
        assert_eq!(said("sunset"), None, "no day is set on which they go");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_cannot_be_read_are_problems() {
    let app = TestApp::start().await;
    let huge = "x".repeat(2 * 1024 * 1024 + 1);
    for (method, path, body, expected) in [
        (Method::GET, "/api/v1/nothing", String::new(), (404, "not_found")),
        (Method::PUT, "/api/v1/sessions", String::new(), (405, "method_not_allowed")),
        (Method::POST, "/api/v1/sessions", "{".to_owned(), (400, "malformed_json")),
        (Method::POST, "/api/v1/sessions", json!({"email": 1}).to_string(), (422, "invalid_body")),
        (Method::POST, "/api/v1/sessions", huge, (413, "body_too_large")),
    ] {
        let answer = raw::send(&app, method, path, None, body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), expected, "{path}");
        assert_eq!(answer.body["type"], format!("urn:viruj:problem:{}", expected.1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_21_an_unknown_field_is_refused() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    let admin = app.sign_in(&client, &world::email("admin")).await;
    let token = Some(admin.access_token.as_str());
    let sign_in = json!({"email": "a@b.c", "password": "x", "role": "System Admin"});
    let station = json!({
        "station_id": uuid::Uuid::nil(), "name": "S", "plant_id": "plant-a", "public_key": "", "program_version": "1",
        "registered_at": "2026-01-01T00:00:00Z",
    });
    for (path, body) in [
        ("/api/v1/sessions", sign_in),
        ("/api/v1/sessions/refresh", json!({"refresh_token": "x", "session_id": "y"})),
        ("/api/v1/stations", station),
        (
            "/api/v1/signatures/attest",
            json!({"station_id": uuid::Uuid::nil(), "statement": "", "password": "", "signed_at": 1}),
        ),
    ] {
        let answer = raw::send(&app, Method::POST, path, token, body.to_string()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, "invalid_body"), "{path}: {}", answer.body);
        assert!(answer.body["detail"].as_str().unwrap().contains("unknown field"), "{}", answer.body);
    }
    let security = app.sign_in(&client, &world::email("security")).await;
    let path = "/api/v1/gate-entries?sort=created_by";
    let answer = raw::send(&app, Method::GET, path, Some(&security.access_token), "").await;
    assert_eq!(answer.code(), "invalid_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_is_counted_by_route_and_never_by_what_was_asked_for() {
    let app = TestApp::start().await;
    for path in ["/health", "/health", "/api/v1/users/somebody", "/nowhere/secret-path"] {
        raw::send(&app, Method::GET, path, None, "").await;
    }
    let url = format!("http://{}/metrics", app.address);
    let answer = reqwest::get(&url).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = answer.text().await.unwrap();
    for line in [
        r#"http_requests_total{handler="/health",method="GET",status="2xx"} 2"#,
        r#"http_requests_total{handler="/api/v1/users/{user_id}",method="GET",status="4xx"} 1"#,
        r#"http_requests_total{handler="none",method="GET",status="4xx"} 1"#,
        r#"http_request_duration_seconds_count{handler="/health",method="GET"} 2"#,
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(!text.contains("somebody") && !text.contains("secret-path"), "{text}");
}
