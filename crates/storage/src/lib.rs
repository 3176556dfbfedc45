//! PostgreSQL repositories, roles and migrations of the plant database.
//!
//! [`migrate::migrate`] prepares a database, [`database::Database`] serves from it: reads through one small pool per set
//! of plants, writes through a [`unit_of_work::UnitOfWork`], whose transaction carries the author of every change.
//! The audit trail is written by the database itself, last in the transaction (`migrations/server/0005_audit_trail.sql`).

pub mod access_changes;
pub mod accounts;
pub mod api_keys;
pub mod attachments;
pub mod attempts;
pub mod audit;
pub mod backup;
pub mod batch_documents;
pub mod batch_record;
pub mod batches;
mod bootstrap;
pub mod capas;
pub mod conflicts;
pub mod counters;
pub mod database;
pub mod demo;
pub mod deviations;
pub mod equipment;
pub mod error;
pub mod feed;
pub mod gate_entries;
pub mod goods_receipts;
pub mod idempotency;
pub mod identities;
pub mod installation;
mod keyset;
pub mod leases;
pub mod legacy_plants;
pub mod legacy_users;
pub mod lists;
pub mod live_sessions;
pub mod lots;
pub mod master_records;
pub mod migrate;
pub mod notifications;
pub mod people;
pub mod person_keys;
pub mod phase_claims;
pub mod plant_store;
pub mod plants;
pub mod qualifications;
pub mod quality_samples;
pub mod quality_tests;
pub mod record_signatures;
pub mod registers;
pub mod releases;
pub mod reviews;
pub mod second_factors;
pub mod sessions;
pub mod set_up;
pub mod statements;
pub mod stations;
pub mod tables;
pub mod tasks;
pub mod trail;
pub mod unit_of_work;
pub mod users;

pub use database::Database;
pub use error::StorageError;
pub use set_up::set_up_plant;
pub use unit_of_work::{ChangeContext, UnitOfWork};
