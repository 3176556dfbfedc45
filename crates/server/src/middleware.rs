//! What surrounds every route: request id, log line, panic guard, time and size limits, headers, problem documents.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer};
use tracing::Instrument;
use uuid::Uuid;
use viruj_api::problem::Problem;

use crate::{
    application::AppState,
    error::{ApiError, ProblemCode},
};

/// Larger bodies are refused: the largest push stays far below.
pub const LARGEST_BODY: usize = 2 * 1024 * 1024;
/// A request that takes longer is given up; its transaction is rolled back.
pub const LONGEST_REQUEST: Duration = Duration::from_secs(20);

const REQUEST_ID: &str = "x-request-id";

/// Puts the layers around the routes, the outermost last.
pub fn around(router: Router<AppState>) -> Router<AppState> {
    router
        .fallback(|| async { ApiError::new(ProblemCode::NotFound) })
        .method_not_allowed_fallback(|| async { ApiError::new(ProblemCode::MethodNotAllowed) })
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(from_fn(within_time))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            ApiError::internal("a handler panicked").into_response()
        }))
        .layer(from_fn(observe))
}

async fn within_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST_REQUEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(ProblemCode::TimedOut).retry_after(5).into_response(),
    }
}

/// Gives the request an id, logs it once it is answered, and writes problem documents and headers.
async fn observe(request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        method = %request.method(),
        // The pattern and not the address: what people search for stays out of the log.
        route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str),
    );
    let started = Instant::now();
    async {
        let mut response = next.run(request).await;
        // A limit of the framework answers with a bare status.
        if response.status() == StatusCode::PAYLOAD_TOO_LARGE && response.extensions().get::<ApiError>().is_none() {
            response = ApiError::new(ProblemCode::BodyTooLarge).into_response();
        }
        let code = response.extensions().get::<ApiError>().map(|error| error.code.code());
        tracing::info!(
            status = response.status().as_u16(),
            code,
            milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
        if let Some(error) = response.extensions_mut().remove::<ApiError>() {
            response = problem(error, &id);
        }
        add_headers(&mut response, &id);
        response
    }
    .instrument(span)
    .await
}

/// A caller's id is kept when it is a plain word; it goes into logs.
fn request_id(request: &Request) -> String {
    request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
        .map_or_else(|| Uuid::now_v7().to_string(), ToOwned::to_owned)
}

fn problem(error: ApiError, id: &str) -> Response {
    let status = error.code.status();
    if let Some(cause) = &error.cause {
        if status.is_server_error() {
            tracing::error!(code = error.code.code(), cause = %with_causes(cause.as_ref()), "the request failed");
        } else {
            tracing::debug!(code = error.code.code(), cause = %with_causes(cause.as_ref()), "the request was refused");
        }
    }
    let problem = Problem {
        kind: format!("urn:viruj:problem:{}", error.code.code()),
        title: error.code.title().to_owned(),
        status: status.as_u16(),
        code: error.code.code().to_owned(),
        detail: error.detail,
        request_id: Some(id.to_owned()),
        retry_after_seconds: error.retry_after_seconds,
    };
    let mut response = Response::new(Body::from(serde_json::to_vec(&problem).unwrap_or_default()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after_seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn add_headers(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
