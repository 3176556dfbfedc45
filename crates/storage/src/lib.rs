//! PostgreSQL repositories, roles and migrations of the plant database.
//!
//! [`migrate::migrate`] prepares a database, [`database::Database`] serves from it: reads through one small pool per set
//! of plants, writes through a [`unit_of_work::UnitOfWork`], whose transaction carries the author of every change.
//! The audit trail is written by the database itself, last in the transaction (`migrations/server/0005_audit_trail.sql`).

pub mod audit;
pub mod backup;
mod bootstrap;
pub mod counters;
pub mod database;
pub mod demo;
pub mod error;
pub mod feed;
pub mod installation;
pub mod legacy_users;
pub mod lists;
pub mod migrate;
pub mod people;
pub mod plant_store;
pub mod sessions;
pub mod set_up;
pub mod stations;
pub mod tables;
pub mod trail;
pub mod unit_of_work;

pub use database::Database;
pub use error::StorageError;
pub use set_up::set_up_plant;
pub use unit_of_work::{ChangeContext, UnitOfWork};
