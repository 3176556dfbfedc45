//! A station: its encrypted store, outbox, keychain and offline sessions.
//!
//! [`StationCore`] is what the program around it drives. An entry goes one path, online and offline:
//! [`StationCore::record_entry`] makes it durable, a push brings it to the server, the verdict comes back.

mod core;
mod devices;
mod durable;
mod error;
pub mod keychain;
mod machine;
mod numbers;
mod options;
pub mod overlay;
mod person_keys;
pub mod recovery_file;
mod secrets;
pub mod store;
mod views;

pub use core::StationCore;
pub use devices::DeviceError;
pub use error::StationError;
pub use machine::{Machine, SystemClock, ThisMachine};
pub use options::{Listener, Registrar, StationEvent, StationOptions};
pub use secrets::{SecretKey, SecretText};
pub use store::facts::StationIdentity;
