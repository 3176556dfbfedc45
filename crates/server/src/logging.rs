//! JSON log lines on the standard error stream; people read them through a tool.

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging at `level`, a word like `info` or a filter like `info,sqlx=warn`. A second call changes nothing.
pub fn start(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
    let _ = tracing_subscriber::registry().with(filter).with(lines.with_writer(std::io::stderr)).try_init();
}
