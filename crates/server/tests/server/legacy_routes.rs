//! The old backend's interface, as its clients see it.

use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use viruj_test_support::{TestApp, world};

use crate::raw::{self, Answer};

async fn get(app: &TestApp, path: &str, token: Option<&str>) -> Answer {
    raw::send(app, Method::GET, path, token, "").await
}

async fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password, "remember_me": true});
    raw::send(app, Method::POST, "/api/auth/login", None, body.to_string()).await
}

async fn token_of(app: &TestApp, email: &str, password: &str) -> String {
    let answer = login(app, email, password).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["access_token"].as_str().unwrap().to_owned()
}

fn refusal(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    (answer.status.as_u16(), answer.body["detail"].as_str().unwrap_or("no text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_client_logs_in_works_and_logs_out() {
    let app = TestApp::start().await;
    let root = get(&app, "/", None).await;
    assert_eq!(
        root.body,
        json!({
            "message": "Viruj Chematrix FastAPI backend is running.",
            "frontend": "http://localhost:5173",
            "docs": "/docs",
        })
    );
    let health = get(&app, "/health", None).await;
    assert_eq!((&health.body["status"], health.body["db_user"].is_string()), (&json!("ok"), true));

    let answer = login(&app, "QA-Manager@example.invalid", world::PASSWORD).await;
    assert_eq!((answer.status, &answer.body["token_type"]), (StatusCode::OK, &json!("bearer")));
    let token = answer.body["access_token"].as_str().unwrap();
    let me = get(&app, "/api/auth/me", Some(token)).await;
    assert_eq!((&me.body, &me.body["plant_id"]), (&answer.body["user"], &json!("plant-a")));
    let people = get(&app, "/api/users", Some(token)).await;
    let roles: Vec<_> = people.body.as_array().unwrap().iter().map(|user| user["role"].as_str().unwrap()).collect();
    assert!(roles.is_sorted() && roles.len() > 5, "{roles:?}");
    let one = get(&app, "/api/users/gone", Some(token)).await;
    assert_eq!((&one.body["name"], &one.body["is_active"]), (&json!("Greta Gone"), &json!(false)));
    assert!(people.body.as_array().unwrap().contains(&one.body));
    assert_eq!(refusal(&get(&app, "/api/users/nobody", Some(token)).await), (404, "User not found"));
    assert_eq!(refusal(&get(&app, "/api/users/a%00b", Some(token)).await), (404, "User not found"));

    // The token lives for an hour, the session for twelve.
    app.clock.advance_seconds(3599);
    let refreshed = raw::send(&app, Method::POST, "/api/auth/refresh", Some(token), "").await;
    assert_eq!(refreshed.body["user"], answer.body["user"]);
    let newer = refreshed.body["access_token"].as_str().unwrap();
    app.clock.advance_seconds(2);
    let late = get(&app, "/api/auth/me", Some(token)).await;
    assert_eq!(refusal(&late), (401, "Could not validate credentials"));
    assert_eq!(late.headers[header::WWW_AUTHENTICATE], "Bearer");
    assert_eq!(get(&app, "/api/auth/me", Some(newer)).await.status, 200);

    let out = raw::send(&app, Method::POST, "/api/auth/logout", Some(newer), "").await;
    assert_eq!((out.status, &out.body), (StatusCode::OK, &json!({"message": "Logged out successfully"})));
    assert_eq!(get(&app, "/api/auth/me", Some(newer)).await.status, 401);
    for token in [Some(newer), Some("x"), None] {
        let again = raw::send(&app, Method::POST, "/api/auth/logout", token, "").await;
        assert_eq!((again.status, again.body), (StatusCode::OK, out.body.clone()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_session_ends_with_its_shift() {
    let app = TestApp::start().await;
    let mut token = token_of(&app, &world::email("qa-manager"), world::PASSWORD).await;
    for _ in 0..14 {
        app.clock.advance_seconds(3000);
        let refreshed = raw::send(&app, Method::POST, "/api/auth/refresh", Some(&token), "").await;
        assert_eq!(refreshed.status, 200);
        token = refreshed.body["access_token"].as_str().unwrap().to_owned();
    }
    app.clock.advance_seconds(1200);
    // What was found alive is believed for a second.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let refused = raw::send(&app, Method::POST, "/api/auth/refresh", Some(&token), "").await;
    assert_eq!(refusal(&refused), (401, "Could not validate credentials"));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_in_the_old_words() {
    let app = TestApp::start().await;
    for path in ["/api/auth/me", "/api/users", "/api/users/gone"] {
        assert_eq!(refusal(&get(&app, path, None).await), (403, "Not authenticated"), "{path}");
        assert_eq!(refusal(&get(&app, path, Some("x")).await), (401, "Could not validate credentials"), "{path}");
    }
    assert_eq!(refusal(&get(&app, "/api/nothing", None).await), (404, "Not Found"));
    assert_eq!(refusal(&get(&app, "/api/auth/login", None).await), (405, "Method Not Allowed"));
    // A token of one interface is none of the other.
    let client = app.client(viruj_test_support::Reach::InProcess);
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    assert_eq!(get(&app, "/api/auth/me", Some(&session.access_token)).await.status, 401);
    let token = token_of(&app, &world::email("qa-manager"), world::PASSWORD).await;
    assert_eq!(get(&app, "/api/v1/me", Some(&token)).await.code(), "invalid_token");

    let text = |kind: &str, field: &str, msg: &str, input: Value| json!({"type": kind, "loc": ["body", field], "msg": msg, "input": input});
    for (body, expected) in [
        (json!({"password": "secret-1"}), json!([text("missing", "email", "Field required", json!({}))])),
        (
            json!({"email": "nobody", "password": ""}),
            json!([
                text("value_error", "email", "value is not a valid email address", json!("nobody")),
                text("string_too_short", "password", "String should have at least 1 character", Value::Null),
            ]),
        ),
        (
            json!({"email": 5, "password": "p".repeat(129)}),
            json!([
                text("string_type", "email", "Input should be a valid string", json!(5)),
                text("string_too_long", "password", "String should have at most 128 characters", Value::Null),
            ]),
        ),
    ] {
        // Each attempt from a minute of its own.
        app.clock.advance_seconds(60);
        let answer = raw::send(&app, Method::POST, "/api/auth/login", None, body.to_string()).await;
        assert_eq!((answer.status.as_u16(), &answer.body["detail"]), (422, &expected));
    }
    for body in ["", "{", "[]"] {
        app.clock.advance_seconds(60);
        let answer = raw::send(&app, Method::POST, "/api/auth/login", None, body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["detail"][0]["loc"]), (422, &json!(["body"])), "{body:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_11_an_old_login_tells_nothing_and_the_sixth_in_a_minute_waits() {
    let app = TestApp::start().await;
    for (email, password) in [
        (world::email("nobody"), world::PASSWORD),
        (world::email("gone"), world::PASSWORD),
        (world::email("qa-manager"), "wrong"),
    ] {
        assert_eq!(refusal(&login(&app, &email, password).await), (401, "Invalid email or password"));
    }
    for _ in 0..2 {
        token_of(&app, &world::email("qa-manager"), world::PASSWORD).await;
    }
    let request = Request::builder()
        .method(Method::POST)
        .uri("/api/auth/login")
        .header("x-forwarded-for", "203.0.113.9")
        .body(json!({"email": world::email("qa-manager"), "password": world::PASSWORD}).to_string().into())
        .unwrap();
    let sixth = raw::send_request(&app, request).await;
    assert_eq!((sixth.status.as_u16(), &sixth.headers[header::RETRY_AFTER]), (429, &"60".parse().unwrap()));
    app.clock.advance_seconds(60);
    token_of(&app, &world::email("qa-manager"), world::PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_must_change_a_password_is_sent_to_the_station() {
    let app = TestApp::start().await;
    let token = token_of(&app, &world::email("security"), world::PASSWORD).await;
    sqlx::raw_sql(
        "SET viruj.actor = 'admin'; SET viruj.reason = 'reset'; UPDATE users SET must_change_password = true",
    )
    .execute(&mut app.database.superuser().await)
    .await
    .unwrap();
    let answer = login(&app, &world::email("security"), world::PASSWORD).await;
    let (status, text) = refusal(&answer);
    assert_eq!((status, text.contains("Viruj Station")), (403, true), "{text}");
    assert_eq!(raw::send(&app, Method::POST, "/api/auth/refresh", Some(&token), "").await.status, 403);
    assert_eq!(refusal(&login(&app, &world::email("security"), "wrong").await).0, 401, "only who knows it is told");
}
