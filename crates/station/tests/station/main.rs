//! A real station against a real server on a real PostgreSQL, with a real keychain.
//!
//! Run inside `tests/support/with-keyring.sh`: without Secret Service these tests fail.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod batches;
mod devices;
mod export;
mod files;
mod keys;
mod leases;
mod offline;
mod person_keys;
mod resources;
mod secrets;
mod signing;
mod support;
mod timers;
mod trouble;
mod updates;
