//! What surrounds every route: request id, log line, panic guard, time and size limits, headers, problem documents,
//! compression, and the leave for the old web client's pages.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
    cors::{AllowOrigin, CorsLayer},
};
use tracing::Instrument;
use uuid::Uuid;
use viruj_api::problem::{Problem, with_causes};

use crate::error::{ApiError, ProblemCode};

/// Larger bodies are refused: the largest push stays far below.
pub const LARGEST_BODY: usize = 2 * 1024 * 1024;
/// A request that takes longer is given up; its transaction is rolled back.
pub const LONGEST_REQUEST: Duration = Duration::from_secs(20);

/// Smaller answers fit into one packet as they are.
const SMALLEST_COMPRESSED: u16 = 1024;
/// Seconds for which a browser remembers what it was told about another origin's requests.
const PREFLIGHT_REMEMBERED: Duration = Duration::from_secs(600);

const REQUEST_ID: &str = "x-request-id";

/// 24 November 2026, 00:00 UTC.
const OLD_PATHS_DEPRECATED_AT: &str = "@1795478400";

/// Puts the layers around the routes, the outermost last.
///
/// Pages of `frontend` may call the server and pages of no other origin; `longest` is the time that a request has.
pub fn around<S>(router: Router<S>, frontend: Option<&HeaderValue>, longest: Duration) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let router = router
        .fallback(|| async { ApiError::new(ProblemCode::NotFound) })
        .method_not_allowed_fallback(|| async { ApiError::new(ProblemCode::MethodNotAllowed) })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(move |request: Request, next: Next| within_time(longest, request, next)))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            ApiError::internal("a handler panicked").into_response()
        }));
    let router = match frontend {
        Some(origin) => router.layer(leave_for(origin)),
        None => router,
    };
    // No cookie makes a browser send a token for a stranger's page, so the length of an answer tells it nothing.
    // An event waits for no block of the compressor to be full.
    let when = SizeAbove::new(SMALLEST_COMPRESSED).and(NotForContentType::SSE);
    let compression = CompressionLayer::new().compress_when(when);
    router.layer(from_fn(observe)).layer(compression)
}

async fn within_time(longest: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(ProblemCode::TimedOut).retry_after(5).into_response(),
    }
}

/// The one origin by name, no credentials that a browser keeps, and the methods and headers that clients use.
fn leave_for(origin: &HeaderValue) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list([origin.clone()]))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static(REQUEST_ID),
        ])
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, HeaderName::from_static(REQUEST_ID)])
        .max_age(PREFLIGHT_REMEMBERED)
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
        // Whose machine it is, where a key was shown.
        api_key = tracing::field::Empty,
    );
    let started = Instant::now();
    let is_legacy = is_legacy(request.uri().path());
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
            let mut headers = std::mem::take(response.headers_mut());
            // Those of the bare status; the others say what a page of another origin may read.
            headers.remove(header::CONTENT_LENGTH);
            headers.remove(header::CONTENT_TYPE);
            response = if is_legacy { legacy(&error) } else { problem(error, &id) };
            response.headers_mut().extend(headers);
        }
        add_headers(&mut response, &id);
        if is_legacy {
            say_deprecated(&mut response);
        }
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

/// The paths of the old backend, whose clients read its words.
pub fn is_legacy(path: &str) -> bool {
    let under = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    under("/api") && !under("/api/v1")
}

fn log_cause(error: &ApiError) {
    if let Some(cause) = &error.cause {
        if error.code.status().is_server_error() {
            tracing::error!(code = error.code.code(), cause = %with_causes(cause.as_ref()), "the request failed");
        } else {
            tracing::debug!(code = error.code.code(), cause = %with_causes(cause.as_ref()), "the request was refused");
        }
    }
}

fn legacy(error: &ApiError) -> Response {
    log_cause(error);
    let (status, body) = error.legacy();
    let body = serde_json::to_vec(&body).unwrap_or_default();
    answer_with(status, "application/json", body, error.retry_after_seconds)
}

fn problem(error: ApiError, id: &str) -> Response {
    log_cause(&error);
    let status = error.code.status();
    let problem = Problem {
        kind: format!("urn:viruj:problem:{}", error.code.code()),
        title: error.code.title().to_owned(),
        status: status.as_u16(),
        code: error.code.code().to_owned(),
        detail: error.detail,
        request_id: Some(id.to_owned()),
        retry_after_seconds: error.retry_after_seconds,
        faults: error.faults.into_vec(),
        blockers: error.blockers.into_vec(),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    answer_with(status, "application/problem+json", body, error.retry_after_seconds)
}

fn answer_with(status: StatusCode, kind: &'static str, body: Vec<u8>, retry_after: Option<u64>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry_after {
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

/// What is deprecated says so, since when, and where it is written what takes its place (RFC 9745); it still works.
///
/// There is no `Sunset` (RFC 8594): no day is set on which the old paths go.
fn say_deprecated(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("deprecation"), HeaderValue::from_static(OLD_PATHS_DEPRECATED_AT));
    headers.append(header::LINK, HeaderValue::from_static("</docs>; rel=\"deprecation\"; type=\"text/html\""));
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;

    async fn answer(handler: axum::routing::MethodRouter) -> (Response, Value) {
        let router = around(Router::new().route("/it", handler), None, Duration::from_millis(50));
        let request = Request::builder().uri("/it").header(REQUEST_ID, "request-0001").body(Body::empty()).unwrap();
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = axum::body::to_bytes(body, 4096).await.unwrap();
        let value = serde_json::from_slice(&bytes).unwrap();
        (Response::from_parts(parts, Body::empty()), value)
    }

    #[tokio::test]
    async fn a_handler_that_takes_too_long_is_given_up() {
        struct Dropped(std::sync::Arc<std::sync::atomic::AtomicBool>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.store(true, std::sync::atomic::Ordering::SeqCst);
            }
        }
        let is_over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let held = is_over.clone();
        let slow = get(move || async move {
            let _what_it_holds = Dropped(held);
            std::future::pending::<()>().await;
        });
        let (response, problem) = answer(slow).await;
        assert_eq!((response.status().as_u16(), &problem["code"]), (503, &Value::from("timed_out")));
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
        assert!(is_over.load(std::sync::atomic::Ordering::SeqCst), "what the handler held is let go");
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_a_problem_that_tells_nothing() {
        async fn panics() -> StatusCode {
            let nothing: Option<StatusCode> = std::hint::black_box(None);
            nothing.expect("the secret of the inside")
        }
        let (response, problem) = answer(get(panics)).await;
        assert_eq!((response.status().as_u16(), &problem["code"]), (500, &Value::from("internal")));
        assert_eq!(problem["request_id"], "request-0001");
        assert_eq!(response.headers()[REQUEST_ID], "request-0001");
        assert!(!problem.to_string().contains("secret"), "{problem}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
