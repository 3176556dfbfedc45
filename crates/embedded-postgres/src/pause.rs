//! The pause between two looks at something that tells nobody when it changes: a process, a file, an account.

use std::time::Duration;

/// Only inside a loop that asks for its condition and has a deadline.
#[expect(clippy::disallowed_methods, reason = "the loops around it wait for a condition with a deadline")]
pub(crate) fn before_looking_again(pause: Duration) {
    std::thread::sleep(pause);
}
