//! Requests that no typed client would send.

use axum::body::{Body, Bytes};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;
use viruj_test_support::TestApp;

pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    /// As it came.
    pub text: String,
    /// What the text says, when it is JSON.
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }
}

/// Sends a request to the router in process.
pub async fn send(app: &TestApp, method: Method, path: &str, token: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    send_request(app, request.body(body.into()).unwrap()).await
}

pub async fn send_request(app: &TestApp, request: Request<Body>) -> Answer {
    let answer = app.application.router().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    // A stream of events does not end.
    let is_stream = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let bytes = if is_stream { Bytes::new() } else { axum::body::to_bytes(body, 4 << 20).await.unwrap() };
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status: parts.status, headers: parts.headers, text, body }
}
