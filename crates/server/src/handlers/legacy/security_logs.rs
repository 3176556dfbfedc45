//! Deliveries at the gate.

pub mod create;
pub mod list;
