//! The interface as a page.

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt;
use viruj_test_support::TestApp;

async fn get(app: &TestApp, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(path).header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
    let (parts, body) = app.application.router().oneshot(request).await.unwrap().into_parts();
    (parts.status, parts.headers, axum::body::to_bytes(body, 4 << 20).await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_interface_loads_from_this_server_only() {
    let app = TestApp::empty().await;
    let (status, headers, page) = get(&app, "/docs").await;
    let page = String::from_utf8(page).unwrap();
    assert_eq!((status, headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "text/html; charset=utf-8"));
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
    assert!(!page.contains("http") && !page.contains("<style") && !page.contains(" style="), "{page}");
    let loaded: Vec<&str> = page
        .split('"')
        .filter(|text| text.starts_with("/docs/"))
        .map(|path| path.trim_start_matches("/docs/"))
        .collect();
    assert_eq!(loaded, ["swagger-ui.css", "swagger-ui-bundle.js", "start.js"]);
    for (file, kind, first) in [
        ("swagger-ui.css", "text/css; charset=utf-8", &[0x1f, 0x8b][..]),
        ("swagger-ui-bundle.js", "text/javascript; charset=utf-8", &[0x1f, 0x8b]),
        ("start.js", "text/javascript; charset=utf-8", b"//"),
    ] {
        let (status, headers, body) = get(&app, &format!("/docs/{file}")).await;
        assert_eq!((status, headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, kind), "{file}");
        assert!(body.starts_with(first), "{file}");
        assert_eq!(headers.contains_key(header::CONTENT_ENCODING), first.len() == 2 && first[0] == 0x1f, "{file}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{file}");
    }
    for (missing, code) in [("other.js", 404), ("..%2f..%2fCargo.toml", 404), ("swagger-ui.css.gz", 404)] {
        assert_eq!(get(&app, &format!("/docs/{missing}")).await.0, code, "{missing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_that_the_server_gives_is_the_committed_one() {
    let app = TestApp::empty().await;
    let request = Request::get("/docs/openapi.json").body(Body::empty()).unwrap();
    let answer = app.application.router().oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(answer.into_body(), 4 << 20).await.unwrap();
    let committed = include_str!("../../../../openapi/viruj-server.json");
    assert_eq!(std::str::from_utf8(&body).unwrap(), committed);
    assert!(committed.contains("\"openapi\": \"3.1.0\""));
}
