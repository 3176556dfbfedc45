use http::{Method, header};
use viruj_client::Client;
use viruj_test_support::{TestApp, TestStation, over_both_transports, world};

use crate::{raw, sessions::problem};

over_both_transports! {
    sec_05_an_access_token_ends_after_fifteen_minutes,
    sec_06_a_refresh_token_opens_no_door,
}

async fn sec_05_an_access_token_ends_after_fifteen_minutes(app: TestApp, client: Client) {
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    app.clock.advance_seconds(15 * 60 - 1);
    client.me(&session.access_token).await.unwrap();
    app.clock.advance_seconds(1);
    assert_eq!(problem(client.me(&session.access_token).await).code, "invalid_token");
}

async fn sec_06_a_refresh_token_opens_no_door(app: TestApp, client: Client) {
    let session = app.sign_in(&client, &world::email("qa-manager")).await;
    for token in [session.refresh_token.as_str(), "", "x", "a.b.c"] {
        assert_eq!(problem(client.me(token).await).status, 401, "{token:?}");
    }
    let station = TestStation::register(&app, &client).await;
    station.push(&[]).await.unwrap();
    assert_eq!(problem(client.pull(&session.access_token, "system", None, None).await).code, "invalid_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_says_which_key_it_asks_for() {
    let app = TestApp::start().await;
    let answer = raw::send(&app, Method::GET, "/api/v1/me", None, "").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (401, "not_authenticated"));
    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(answer.body["request_id"], answer.headers["x-request-id"].to_str().unwrap());
}

/// Who may read which list; the rule stands at the route, the capability in the domain.
#[tokio::test(flavor = "multi_thread")]
async fn p11_10d_a_role_without_the_capability_is_refused_before_the_body_is_read() {
    let app = TestApp::start().await;
    let client = app.client(viruj_test_support::Reach::InProcess);
    let sales = app.sign_in(&client, &world::email("sales")).await;
    for path in ["gate-entries", "goods-receipts", "quality-samples", "quality-tests", "materials"] {
        let answer = raw::send(&app, Method::GET, &format!("/api/v1/{path}"), Some(&sales.access_token), "").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "not_authorised"), "{path}");
    }
    let answer = raw::send(&app, Method::POST, "/api/v1/stations", Some(&sales.access_token), "not json").await;
    assert_eq!(answer.code(), "not_authorised");
}
