//! Errors on `/api/v1`: problem details (RFC 9457) with a stable code.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use viruj_domain::master::Fault;

use crate::reviews::ReleaseBlocker;

/// One error, as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:viruj:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// Stable, snake case; programs read this and nothing else.
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// When it makes sense to try again; also the header `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// With `master_record_has_faults`: everything that is wrong, each with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// With `blockers_remain`: everything that stands against the review or the release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<ReleaseBlocker>,
}

/// The error with everything that caused it, for whoever repairs things: the outermost error alone says little.
#[must_use]
pub fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let texts: Vec<String> =
        std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect();
    texts.join(": ")
}
