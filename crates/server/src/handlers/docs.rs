//! The interface as a page for people; its assets are part of the program (`assets/swagger-ui/README.md`).

pub mod file;
pub mod show;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, header};

const INDEX: &str = include_str!("../../assets/swagger-ui/index.html");
const START: &str = include_str!("../../assets/swagger-ui/start.js");
const STYLE: &[u8] = include_bytes!("../../assets/swagger-ui/swagger-ui.css.gz");
const BUNDLE: &[u8] = include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js.gz");

/// The page may load its own files and call this server, and nothing else; its pictures stand in its style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the page is made of.
enum Page {
    Index,
    Start,
    Style,
    Bundle,
    Contract(String),
}

fn page(page: Page) -> Response {
    let typed = |kind: &'static str| (header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let packed = (header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    let policy: (HeaderName, HeaderValue) = (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    match page {
        Page::Index => ([typed("text/html; charset=utf-8"), policy], INDEX).into_response(),
        Page::Start => ([typed("text/javascript; charset=utf-8")], START).into_response(),
        // Every client of this page reads gzip; a browser never asks without.
        Page::Style => ([typed("text/css; charset=utf-8"), packed], STYLE).into_response(),
        Page::Bundle => ([typed("text/javascript; charset=utf-8"), packed], BUNDLE).into_response(),
        Page::Contract(text) => ([typed("application/json")], text).into_response(),
    }
}
