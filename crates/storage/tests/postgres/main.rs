//! Tests of the storage on a real PostgreSQL, the cluster of `DATABASE_URL`; each makes a database of its own.

#[cfg(test)]
#[path = "../../../test-support/src/database.rs"]
mod database;
#[cfg(test)]
mod demo;
#[cfg(test)]
#[path = "../../../test-support/src/legacy.rs"]
mod legacy;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod migration;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod trail;
