//! Tests of the storage on a real PostgreSQL, the cluster of `DATABASE_URL`; each makes a database of its own.

#[path = "../../../test-support/src/database.rs"]
mod database;
mod demo;
#[path = "../../../test-support/src/legacy.rs"]
mod legacy;
mod migration;
mod replay;
mod trail;
