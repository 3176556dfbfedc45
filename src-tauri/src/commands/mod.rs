//! What the window may ask of the station. A command takes typed values, asks the core, and answers a view or a code.

pub mod audit;
pub mod backups;
pub mod batches;
pub mod lists;
pub mod registration;
pub mod session;
pub mod settings;
pub mod start;
pub mod status;
