//! The machine's clock, for programs; tests bring their own.

use chrono::{DateTime, Utc};
use viruj_domain::clock::Clock;

/// The wall clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
