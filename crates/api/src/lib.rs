//! Wire types: the REST interface, the sync protocol and the station's own commands.
//!
//! Nothing here decides anything; rules live in `viruj-domain`.

pub mod audit;
pub mod backups;
pub mod batches;
pub mod legacy;
pub mod lists;
pub mod people;
pub mod problem;
pub mod server;
pub mod sessions;
pub mod signatures;
pub mod statement;
pub mod station;
pub mod stations;
pub mod sync;
