//! The server as its callers see it: each test has a server, a database and a clock of its own.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail where it stands")]

mod attest;
mod audit;
mod backups;
mod browsers;
mod cancelled;
mod feed;
mod legacy;
mod legacy_routes;
mod lists;
mod operating;
mod outage;
mod program;
mod raw;
mod restart;
mod sessions;
mod start;
mod stations;
mod store;
mod sync;
mod throttle;
mod tokens;
mod trail;
