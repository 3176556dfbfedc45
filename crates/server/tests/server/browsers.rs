//! What pages of other origins may do, and answers that travel compressed.

use std::sync::Arc;

use axum::{Router, body::Body};
use http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt;
use viruj_domain::plant::PlantScope;
use viruj_server::{ServerSettings, application};
use viruj_storage::ChangeContext;
use viruj_test_support::{Reach, TestApp, world};

const FRONTEND: &str = "https://viruj.example";

/// A replica that knows the old web client.
async fn with_frontend(app: &TestApp) -> Router {
    let settings = ServerSettings { frontend_url: Some(FRONTEND.to_owned()), ..app.settings.clone() };
    application(&settings, Arc::new(app.clock.clone())).await.unwrap().router()
}

async fn send(
    router: &Router,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    (parts.status, parts.headers, axum::body::to_bytes(body, 4 << 20).await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_frontend_may_call_and_no_others() {
    let app = TestApp::start().await;
    let router = with_frontend(&app).await;
    let asked = [("access-control-request-method", "POST"), ("access-control-request-headers", "authorization")];
    let (status, headers, _) =
        send(&router, Method::OPTIONS, "/api/v1/sessions", &[&[("origin", FRONTEND)], &asked[..]].concat()).await;
    assert_eq!(status, 200);
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], FRONTEND);
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_METHODS], "GET,POST,PUT,DELETE");
    assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS), "a browser keeps nothing for us");
    // An answer, a problem and what is not there can all be read by the page.
    for path in ["/api/v1/server", "/api/v1/me", "/api/v1/nothing"] {
        let (_, headers, body) = send(&router, Method::GET, path, &[("origin", FRONTEND)]).await;
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], FRONTEND, "{path}");
        assert_eq!(headers[header::ACCESS_CONTROL_EXPOSE_HEADERS], "etag,location,retry-after,x-request-id", "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        let length = headers.get(header::CONTENT_LENGTH).map(|length| length.to_str().unwrap().parse().unwrap());
        assert!(length.is_none_or(|length: usize| length == body.len()), "{path}");
    }
    for origin in [
        "https://viruj.example.evil.example",
        "https://evil-viruj.example",
        "http://viruj.example",
        "https://viruj.example:8443",
        "https://sub.viruj.example",
        "null",
    ] {
        for (method, path) in [(Method::OPTIONS, "/api/v1/sessions"), (Method::GET, "/api/v1/server")] {
            let (_, headers, _) = send(&router, method, path, &[&[("origin", origin)], &asked[..]].concat()).await;
            assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{origin}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_frontend_no_page_may_call() {
    let app = TestApp::start().await;
    let router = app.application.router();
    for method in [Method::OPTIONS, Method::GET] {
        let headers = [("origin", FRONTEND), ("access-control-request-method", "GET")];
        let (status, headers, _) = send(&router, method.clone(), "/api/v1/server", &headers).await;
        assert_eq!(status, if method == Method::GET { 200 } else { 405 });
        assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_answers_are_compressed_for_those_who_ask() {
    let app = TestApp::start().await;
    let context = ChangeContext::person(PlantScope::All, "admin", Some("materials"));
    let mut unit = app.storage().begin(context).await.unwrap();
    sqlx::query(
        "INSERT INTO materials (id, name, type, default_unit)
         SELECT 'm-' || n, 'Metformin Hydrochloride ' || n, 'Raw Material', 'kg' FROM generate_series(1, 60) AS n",
    )
    .execute(unit.connection())
    .await
    .unwrap();
    unit.commit().await.unwrap();
    let session = app.sign_in(&app.client(Reach::InProcess), &world::email("qa-manager")).await;
    let bearer = format!("Bearer {}", session.access_token);
    let router = app.application.router();
    let (_, plain_headers, plain) =
        send(&router, Method::GET, "/api/v1/materials", &[("authorization", &bearer)]).await;
    assert!(plain.len() > 1024, "{} bytes are a large answer", plain.len());
    assert!(!plain_headers.contains_key(header::CONTENT_ENCODING));
    // The first bytes of a gzip member (RFC 1952) and of a Zstandard frame (RFC 8878).
    for (encoding, magic) in [("gzip", &[0x1f, 0x8b][..]), ("zstd", &[0x28, 0xb5, 0x2f, 0xfd][..])] {
        let asked = [("authorization", bearer.as_str()), ("accept-encoding", encoding)];
        let (status, headers, packed) = send(&router, Method::GET, "/api/v1/materials", &asked).await;
        assert_eq!((status.as_u16(), headers[header::CONTENT_ENCODING].to_str().unwrap()), (200, encoding));
        assert!(headers.get_all(header::VARY).iter().any(|value| value == "accept-encoding"));
        assert!(packed.starts_with(magic) && packed.len() < plain.len() / 2, "{encoding}: {} bytes", packed.len());
        let (_, headers, small) =
            send(&router, Method::GET, "/api/v1/server/nothing", &[("accept-encoding", encoding)]).await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING) && small.starts_with(b"{"));
    }
}
