//! Requests whose client hangs up in the middle.

use std::{future::Future, pin::pin, task::Poll, time::Duration};

use axum::{body::Body, response::Response};
use http::{Method, Request, header};
use serde_json::{Value, json};
use sqlx::PgPool;
use tower::ServiceExt;
use viruj_api::sessions::OpenSession;
use viruj_client::Client;
use viruj_domain::plant::PlantScope;
use viruj_storage::ChangeContext;
use viruj_test_support::{Reach, TestApp, world};

/// Lets the request go on `steps` times and drops it where it then waits; `None` when it was dropped.
async fn dropped_after(app: &TestApp, request: Request<Body>, steps: usize) -> Option<Response> {
    let mut answer = pin!(app.application.router().oneshot(request));
    let mut taken = 0;
    std::future::poll_fn(|context| {
        taken += 1;
        match answer.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer.unwrap())),
            Poll::Pending if taken >= steps => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

fn request(method: Method, path: &str, token: Option<&str>, body: &Value) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) }).unwrap()
}

/// What a borrower of each of the pool's connections finds: settings of the one before, and whether a transaction is open.
async fn found_in(pool: &PgPool) -> Vec<(String, bool)> {
    // A dropped connection finds its way back by itself.
    for _ in 0..500 {
        if pool.num_idle() == pool.size() as usize {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(pool.num_idle(), pool.size() as usize, "every connection is given back");
    let mut borrowed = Vec::new();
    let mut found = Vec::new();
    for _ in 0..pool.size() {
        let mut connection = pool.acquire().await.unwrap();
        let settings: String = sqlx::query_scalar(
            "SELECT concat_ws('|', current_user, current_setting('viruj.plants', true),
                 nullif(current_setting('viruj.actor', true), ''), nullif(current_setting('viruj.station', true), ''),
                 nullif(current_setting('viruj.operation', true), ''), nullif(current_setting('viruj.reason', true), ''))",
        )
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        // There is no savepoint without a transaction around it.
        let is_open = sqlx::raw_sql("SAVEPOINT probe").execute(&mut *connection).await.is_ok();
        found.push((settings, is_open));
        borrowed.push(connection);
    }
    found
}

/// How many connections wait in a transaction that nobody ends; one that was dropped is given the time to roll back.
async fn left_open(app: &TestApp) -> i64 {
    let mut watcher = app.database.superuser().await;
    let mut open = 0;
    for _ in 0..500 {
        open = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        )
        .fetch_one(&mut watcher)
        .await
        .unwrap();
        if open == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    open
}

async fn nothing_is_left_behind(app: &TestApp, what: &str) {
    assert_eq!(left_open(app).await, 0, "{what}: a transaction stays open");
    for (settings, is_open) in found_in(app.storage().system()).await {
        assert!(!is_open, "{what}: the next borrower finds an open transaction");
        assert_eq!(settings.trim_end_matches('|'), "viruj_runtime", "{what}: the next borrower finds an old context");
    }
    for (scope, plants) in [(PlantScope::All, "*"), (PlantScope::only("plant-a".into()), "plant-a")] {
        for (settings, is_open) in found_in(&app.storage().reader(&scope)).await {
            assert!(!is_open, "{what}: the next reader finds an open transaction");
            assert_eq!(settings, format!("viruj_runtime|{plants}"), "{what}: the next reader finds another context");
        }
        for _ in 0..6 {
            let settings: String = sqlx::query_scalar(
                "SELECT concat_ws('|', current_user, current_setting('viruj.plants', true),
                     nullif(current_setting('viruj.actor', true), ''))",
            )
            .fetch_one(&app.storage().statements(&scope))
            .await
            .unwrap();
            assert_eq!(settings, format!("viruj_runtime|{plants}"), "{what}: the next statement finds another context");
        }
    }
    // The next change has its own author and its own plants.
    let context = ChangeContext::person(PlantScope::only("plant-b".into()), "next", Some("the next one"));
    let mut unit = app.storage().begin(context).await.unwrap();
    let seen: (String, String, i64) = sqlx::query_as(
        "SELECT current_setting('viruj.actor'), current_setting('viruj.plants'), (SELECT count(*) FROM production_batches)",
    )
    .fetch_one(unit.connection())
    .await
    .unwrap();
    assert_eq!(seen, ("next".into(), "plant-b".into(), 0), "{what}");
    unit.rollback().await.unwrap();
}

type Make = fn(&OpenSession) -> Request<Body>;

const REQUESTS: &[(&str, Make)] = &[
    ("a list", |session| request(Method::GET, "/api/v1/gate-entries", Some(&session.access_token), &Value::Null)),
    ("a sign-in", |session| {
        let body = json!({"email": session.person.email, "password": world::PASSWORD});
        request(Method::POST, "/api/v1/sessions", None, &body)
    }),
    ("a refresh", |session| {
        let body = json!({"refresh_token": session.refresh_token});
        request(Method::POST, "/api/v1/sessions/refresh", None, &body)
    }),
    ("a sign-out", |session| {
        request(Method::DELETE, "/api/v1/sessions/current", Some(&session.access_token), &Value::Null)
    }),
];

/// Drops the request at its first await, its second, and so on until it is answered; gives how often it was dropped.
async fn drop_at_every_await(app: &TestApp, client: &Client, name: &str, make: Make) -> usize {
    let mut dropped = 0;
    loop {
        let session = app.sign_in(client, &world::email("security")).await;
        let answer = dropped_after(app, make(&session), dropped + 1).await;
        nothing_is_left_behind(app, &format!("{name} after {} steps", dropped + 1)).await;
        match answer {
            Some(answer) => {
                assert!(answer.status().is_success(), "{name}: {}", answer.status());
                return dropped;
            }
            None => dropped += 1,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_20_a_cancelled_request_leaves_nothing_to_the_next() {
    let app = TestApp::start().await;
    let client = app.client(Reach::InProcess);
    for (name, make) in REQUESTS {
        // How often a request waits depends on how fast the database answers, so it is tried until it was dropped twice.
        let mut dropped = 0;
        for _ in 0..50 {
            dropped += drop_at_every_await(&app, &client, name, *make).await;
            if dropped >= 2 {
                break;
            }
        }
        assert!(dropped >= 2, "{name} was dropped {dropped} times");
    }
    let open: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'",
    )
    .fetch_one(&mut app.database.superuser().await)
    .await
    .unwrap();
    assert_eq!(open, 0);
}
