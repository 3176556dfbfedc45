//! Why a request brought no usable answer.

use viruj_api::problem::Problem;

/// Why a request brought no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// No answer came; whether the server has acted is unknown.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The server answered with an error; its `code` is stable.
    #[error("the server refused: {} ({})", .0.code, .0.status)]
    Problem(Box<Problem>),
    /// What answered is not a Viruj server, or one that this program does not understand.
    #[error("the answer with status {status} is not one that a Viruj server gives: {detail}")]
    BadAnswer { status: u16, detail: String },
}

impl ClientError {
    /// The stable code that the user interface translates: the server's own, `server_unreachable` or `bad_answer`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable(_) => "server_unreachable",
            Self::Problem(problem) => &problem.code,
            Self::BadAnswer { .. } => "bad_answer",
        }
    }

    /// Whether the same request may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Problem(problem) => problem.status >= 500 || problem.status == 429,
            Self::BadAnswer { status, .. } => *status >= 500,
        }
    }
}
