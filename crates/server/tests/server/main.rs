//! The server as its callers see it: each test has a server, a database and a clock of its own.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect must fail where it stands")]

mod accounts;
mod attest;
mod audit;
mod backups;
mod batches;
mod browsers;
mod cancelled;
mod docs;
mod feed;
mod identity_provider;
mod legacy;
mod legacy_administration;
mod legacy_flow;
mod legacy_people;
mod legacy_races;
mod legacy_refusals;
mod legacy_routes;
mod legacy_transcript;
mod lists;
mod matrix;
mod notifications;
mod operating;
mod outage;
mod plants;
mod program;
mod raw;
mod replicas;
mod restart;
mod second_factor;
mod secret_exchange;
mod sessions;
mod single_sign_on;
mod single_sign_on_accounts;
mod start;
mod stations;
mod store;
mod sync;
mod throttle;
mod tls;
mod tokens;
mod trail;
mod user_races;
mod users;
