//! Both halves of the sync protocol as functions over store traits.
//!
//! Nothing here does I/O: stores and the way to the other side are traits, time is passed in.
//! So the whole story runs in a deterministic simulation, on SQLite and on PostgreSQL alike.

pub mod canonical;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(any(test, feature = "conformance"))]
pub mod memory;
#[cfg(feature = "conformance")]
pub mod planted;
#[cfg(not(feature = "conformance"))]
mod planted;
pub mod receive;
pub mod round;
pub mod signing;
pub mod snapshot;
pub mod store;
pub mod text;
