use http::{Method, Request, header};
use serde_json::json;
use viruj_api::sessions::SignInRequest;
use viruj_client::Client;
use viruj_test_support::{TestApp, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    sec_12_guessing_closes_the_account_at_that_place_for_a_while,
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
