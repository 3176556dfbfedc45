//! Signing in at the company's identity provider.

pub mod begin;
pub mod finish;

use crate::{
    error::{ApiError, ProblemCode},
    single_sign_on::SingleSignOnError,
};

/// What the caller is told; the reason stays in the log.
fn failed(error: SingleSignOnError) -> ApiError {
    let code = match error {
        SingleSignOnError::Expired => ProblemCode::SingleSignOnExpired,
        SingleSignOnError::Unavailable(_) => ProblemCode::SingleSignOnUnavailable,
        SingleSignOnError::Refused(_) => ProblemCode::SingleSignOnRefused,
    };
    tracing::warn!(%error, "a single sign-on has failed");
    ApiError::new(code)
}
