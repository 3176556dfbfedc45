//! Slows down guessing: failed attempts are counted for a while, and too many of them close the door for a while.
//!
//! Only failures count, so people who know their passwords are never slowed down by their colleagues, and the account
//! is counted together with the address: who guesses from one place locks the account out at that place and not at the
//! plant. Forwarding headers are not read.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// So many failures within the window are allowed.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub failures: usize,
    pub window: TimeDelta,
}

/// Counts failures by key.
pub struct Throttle<K> {
    limit: Limit,
    failures: Mutex<HashMap<K, Vec<DateTime<Utc>>>>,
}

/// More keys than this are not remembered; the oldest go first.
const MOST_KEYS: usize = 20_000;

impl<K: Eq + Hash + Clone> Throttle<K> {
    #[must_use]
    pub fn new(limit: Limit) -> Self {
        Self { limit, failures: Mutex::new(HashMap::new()) }
    }

    /// Seconds until the next attempt is allowed; `None` when it is allowed now.
    #[must_use]
    pub fn wait(&self, key: &K, now: DateTime<Utc>) -> Option<u64> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let recent: Vec<_> = failures.get(key)?.iter().filter(|at| **at + self.limit.window > now).collect();
        let first_that_must_pass = recent.len().checked_sub(self.limit.failures).and_then(|index| recent.get(index))?;
        let left = (**first_that_must_pass + self.limit.window - now).num_milliseconds();
        Some(u64::try_from(left).unwrap_or(0).div_ceil(1000).max(1))
    }

    /// Forgets the failures of these keys.
    pub fn forget_if(&self, is_meant: impl Fn(&K) -> bool) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| !is_meant(key));
    }

    /// Counts a failure and says how many there are within the window.
    pub fn failed(&self, key: K, now: DateTime<Utc>) -> usize {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MOST_KEYS && !failures.contains_key(&key) {
            failures.retain(|_, times| times.iter().any(|at| *at + self.limit.window > now));
            if failures.len() >= MOST_KEYS {
                let oldest = failures.iter().min_by_key(|(_, times)| times.last().copied()).map(|(key, _)| key.clone());
                oldest.map(|key| failures.remove(&key));
            }
        }
        let times = failures.entry(key).or_default();
        times.retain(|at| *at + self.limit.window > now);
        times.push(now);
        times.len()
    }

    /// The person has shown to know the password.
    pub fn succeeded(&self, key: &K) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_again_when_the_oldest_failure_has_passed() {
        let throttle = Throttle::new(Limit { failures: 3, window: TimeDelta::minutes(5) });
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for second in [0, 10, 20] {
            assert_eq!(throttle.wait(&"account", start), None);
            throttle.failed("account", start + TimeDelta::seconds(second));
        }
        assert_eq!(throttle.wait(&"account", start + TimeDelta::seconds(20)), Some(280));
        assert_eq!(throttle.wait(&"other", start), None);
        assert_eq!(throttle.wait(&"account", start + TimeDelta::minutes(5)), None);
        throttle.failed("account", start + TimeDelta::minutes(5));
        assert_eq!(throttle.wait(&"account", start + TimeDelta::minutes(5)), Some(10));
        throttle.succeeded(&"account");
        assert_eq!(throttle.wait(&"account", start + TimeDelta::minutes(5)), None);
    }
}
