//! The plant server: REST, sync and jobs on PostgreSQL.
//!
//! [`application`] makes a server of settings and a clock; [`Application::router`] is what [`serve::serve`] puts on the
//! network and what a station calls in process. One operation is one file under `handlers/`; every route states who may
//! call it and how it gets into the audit trail (`routes.rs`).

pub mod access_tokens;
mod alerts;
pub mod api_keys;
pub mod application;
mod attempts;
pub mod backup;
pub mod caller;
mod challenges;
pub mod checkpoints;
pub mod cli;
pub mod clock;
pub mod due_versions;
pub mod error;
mod etag;
pub mod exports;
mod extract;
mod files;
mod handlers;
mod heads;
mod idempotency;
pub mod jobs;
mod kept_backups;
pub mod kept_documents;
pub mod live_sessions;
pub mod logging;
pub mod mail;
mod master_record_file;
mod metrics;
mod middleware;
pub mod openapi;
pub mod passwords;
pub mod proxies;
mod receiving;
mod refresh_tokens;
pub mod releases;
mod reset_codes;
pub mod routes;
mod sealing;
mod second_factors;
pub mod secrets;
pub mod serve;
pub mod settings;
pub mod setup;
pub mod signing_keys;
pub mod single_sign_on;
pub mod tls;

pub use application::{AppState, Application, StartError, application};
pub use clock::SystemClock;
pub use secrets::{SecretKey, SecretKeyError};
pub use settings::{Environment, ServerSettings, SettingsError};
