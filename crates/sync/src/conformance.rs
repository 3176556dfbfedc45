//! What every store must do, as one suite: SQLite, PostgreSQL and memory pass the same.
//!
//! A suite panics where a store fails it. `make` gives an empty store each time it is called;
//! a store with foreign keys holds [`world`]'s plant, people, batch and stations.

pub mod dice;
mod log;
mod plant;
mod replica;
pub mod world;

pub use log::operation_log;
pub use plant::plant_store;
pub use replica::{ReadBack, replica};
