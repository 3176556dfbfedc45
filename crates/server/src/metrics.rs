//! What the server counts of its own work, for a monitor that asks from time to time (OpenMetrics 1.0).
//!
//! The names are those of the old backend's instrumentation, so its dashboards go on; nothing is counted by person,
//! plant or address.

use std::{
    fmt::Error,
    sync::atomic::AtomicU64,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{Method, StatusCode};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use crate::application::AppState;

/// Seconds; a request ends after twenty.
const BUCKETS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0];
/// What is on no route is one handler, so that nobody makes the counts grow by asking.
const NO_ROUTE: &str = "none";

pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter<u64, AtomicU64>>,
    durations: Family<Asked, Histogram, fn() -> Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    handler: String,
    method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    handler: String,
    method: &'static str,
    status: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let durations = Family::new_with_constructor(histogram);
        registry.register("http_request_duration_seconds", "Time to the answer", durations.clone());
        Self { registry, requests, durations }
    }
}

impl Metrics {
    /// # Errors
    /// When the text cannot be written; the caller reports an internal error.
    pub fn text(&self) -> Result<String, Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn count(&self, handler: &str, method: &Method, status: StatusCode, took: Duration) {
        let method = name_of(method);
        let answered = Answered { handler: handler.to_owned(), method, status: class_of(status) };
        self.requests.get_or_create(&answered).inc();
        let asked = Asked { handler: handler.to_owned(), method };
        self.durations.get_or_create(&asked).observe(took.as_secs_f64());
    }
}

/// The layer around every route.
pub async fn count(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let handler = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    app.metrics.count(handler, &method, response.status(), started.elapsed());
    response
}

/// A method that nobody knows is one of few, too.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
