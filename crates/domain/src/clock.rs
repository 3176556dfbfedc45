//! Time is passed in, so that every rule can be tested at any moment.

use chrono::{DateTime, Utc};

/// Where a program takes its time from.
pub trait Clock: Send + Sync {
    /// The wall-clock time, in UTC.
    fn now(&self) -> DateTime<Utc>;
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }
}
