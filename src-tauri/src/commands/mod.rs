//! What the window may ask of the station. A command takes typed values, asks the core, and answers a view or a code.

pub mod account;
pub mod api_keys;
pub mod audit;
pub mod backups;
pub mod batches;
pub mod lists;
pub mod plants;
pub mod registration;
pub mod roles;
pub mod session;
pub mod settings;
pub mod start;
pub mod status;
pub mod users;
